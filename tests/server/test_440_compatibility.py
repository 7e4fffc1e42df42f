"""docs/compatibility.md against a running interpreter and the compiled module: nothing there without a row."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from harness import Conf, Server

TESTS = Path(__file__).parent
DOCUMENT = TESTS.parents[1] / "docs" / "compatibility.md"

# The section of the document, and what gives an object's names; a type where no object is at hand.
OBJECTS = {
    "Request": "req",
    "Connection": "req.connection",
    "Server": "req.server",
    "Table": "apache.table",
    "Filter": "__import__('_apache').mp_filter",
    "hlist": "req.hlist",
    "finfo": "req.finfo",
    "`mod_python.apache`": "apache",
}


# Modules that say themselves which of their names are public.
MODULES = ("util", "Cookie", "Session", "psp", "publisher", "cgihandler", "cache")


def tables() -> dict[str, dict[str, tuple[str, str]]]:
    """Section by section: name -> (state, test)."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    section = ""
    for line in DOCUMENT.read_text().splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif row := re.match(r"\| `([^`]+)` \| (\w+) \| ?([\w ]*?) ?\|", line):
            found.setdefault(section, {})[row[1]] = row[2], row[3]
    return found


def rows_of(prefix: str) -> dict[str, tuple[str, str]]:
    """The rows of all sections that begin so."""
    return {name: row for section, rows in tables().items() if section.startswith(prefix) for name, row in rows.items()}


def compare(there: set[str], rows: dict[str, tuple[str, str]]) -> None:
    """A name that is there needs a row that admits it; a row that promises a name must keep the promise."""
    promised = {name for name, (state, _) in rows.items() if state in ("yes", "new")}
    absent = {name for name, (state, _) in rows.items() if state == "absent"}
    assert there - rows.keys() == set(), "these have no row in docs/compatibility.md"
    assert promised - there == set(), "docs/compatibility.md promises these"
    assert absent & there == set(), "docs/compatibility.md calls these absent"


@pytest.mark.parametrize("section", tables())
def test_each_row_names_its_test(section: str) -> None:
    for name, (state, test) in tables()[section].items():
        assert state in ("yes", "new", "planned", "absent"), name
        assert state in ("planned", "absent") or (TESTS / f"test_{test}.py").exists(), f"{name}: no test_{test}.py"


class TestNames:
    """A running interpreter and the compiled module."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The probe."""
        conf.app("probe").handler("probe", "probe")

    @pytest.mark.parametrize("section", OBJECTS)
    def test_names_of(self, server: Server, section: str) -> None:
        code = f"[name for name in dir({OBJECTS[section]}) if not name.startswith('__')]"
        there = set(server.client.probe(code))
        modules = {"annotations"} | {name for name in there if section.startswith("`") and name.startswith("_")}
        compare(there - modules, rows_of(section))

    @pytest.mark.parametrize("module", MODULES)
    def test_names_of_modules(self, server: Server, module: str) -> None:
        there = server.client.probe(f"__import__('mod_python.{module}').{module}.__all__")
        compare(set(there), rows_of(f"`mod_python.{module}`"))

    def test_the_stub_describes_the_native_module(self, server: Server) -> None:
        stub = ast.parse((TESTS.parents[1] / "python" / "mod_python" / "_apache.pyi").read_text())
        described = {node.name for node in stub.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        described |= {ast.unparse(node.target) for node in stub.body if isinstance(node, ast.AnnAssign)}
        there = server.client.probe("[name for name in dir(__import__('_apache')) if name.isidentifier() and name[:2] != '__']")
        assert set(there) - described == set(), "_apache.pyi lacks these"

    def test_modules(self) -> None:
        package = TESTS.parents[1] / "python" / "mod_python"
        public = {file.stem for file in package.glob("*.py") if not file.stem.startswith("_")}
        compare(public, rows_of("Modules"))

    def test_directives(self, server: Server) -> None:
        path = server.conf.root / "httpd.conf"
        listed = subprocess.run([server.conf.installation.httpd, "-f", path, "-L"], capture_output=True, text=True, check=True)
        there = set(re.findall(r"^(\w+) \((?:mod_python|\w*python\w*)[^)]*\)$", listed.stdout, re.MULTILINE))
        compare(there, rows_of("Directives"))
