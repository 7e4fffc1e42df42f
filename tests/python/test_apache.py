"""The public face: names and values of mod_python 3.5, inside httpd and out."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import mod_python
from isolated import PACKAGE, run
from mod_python import _standalone, apache

COUNTS = {"HTTP_": 50, "APLOG_": 9, "REMOTE_": 4, "FINFO_": 13, "URI_": 9, "PROXYREQ_": 4, "M_": 27, "AP_REQ_": 3}
COUNTS |= {"AP_MPMQ_": 15, "REQUEST_": 3, "APR_FINFO_": 23, "AP_CONN_": 3, "REQ_": 4, "MODULE_MAGIC_": 2}

VALUES = {
    "OK": 0,
    "DECLINED": -1,
    "DONE": -2,
    "REQ_PROCEED": 0,
    "REQ_NOACTION": -1,
    "REQ_ABORTED": 500,
    "REQ_EXIT": "REQ_EXIT",
    "HTTP_IM_A_TEAPOT": 418,
    "HTTP_NOT_EXTENDED": 510,
    "APLOG_DEBUG": 7,
    "APLOG_NOERRNO": 0,
    "FINFO_FILETYPE": 12,
    "URI_FRAGMENT": 8,
    "PROXYREQ_RESPONSE": 3,
    "M_PATCH": 7,
    "M_INVALID": 26,
    "AP_REQ_DEFAULT_PATH_INFO": 2,
    "AP_MPMQ_MAX_DAEMONS": 12,
    "REQUEST_CHUNKED_DECHUNK": 2,
    "DIR_MAGIC_TYPE": "httpd/unix-directory",
    "APR_FINFO_NORM": 0x73B170,
}


@pytest.mark.parametrize("prefix", COUNTS)
def test_no_constant_is_missing(prefix: str) -> None:
    assert len([name for name in dir(apache) if name.startswith(prefix)]) == COUNTS[prefix]


@pytest.mark.parametrize("name", VALUES)
def test_values(name: str) -> None:
    assert getattr(apache, name) == VALUES[name]


def test_the_statuses_are_those_of_http() -> None:
    from http import HTTPStatus

    ours = {getattr(apache, name) for name in dir(apache) if name.startswith("HTTP_")}
    assert ours - {status.value for status in HTTPStatus} == {506} - {status.value for status in HTTPStatus}


def test_a_python_path_sees_three_modules() -> None:
    assert all(isinstance(getattr(apache, name), ModuleType) for name in ("os", "sys", "time"))


def test_the_version_is_that_of_the_module() -> None:
    cargo = (PACKAGE.parent / "Cargo.toml").read_text()
    found = re.search(r'^version = "(.+)"', cargo, re.MULTILINE)
    assert found is not None
    assert mod_python.mp_version == found[1]


def test_outside_httpd_everything_of_the_native_module_has_a_double() -> None:
    stub = ast.parse((PACKAGE / "mod_python" / "_apache.pyi").read_text())
    names = {node.name for node in stub.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    names |= {
        node.target.id for node in stub.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    assert names <= set(dir(_standalone))


def test_inside_httpd_the_native_module_is_used() -> None:
    script = """
        import types
        native = types.ModuleType("_apache")
        vars(native).update(vars(_standalone))
        native.interpreter, native.replica = "shop", 3
        sys.modules["_apache"] = native
        for name in [name for name in sys.modules if name.startswith("mod_python")]: del sys.modules[name]
        from mod_python import apache
        show(apache.interpreter, apache.replica, "mod_python._standalone" in sys.modules)
    """
    assert run(script) == ["shop 3 False"]


def test_importing_the_package_imports_nothing_else() -> None:
    script = """
        for name in [name for name in sys.modules if name.startswith("mod_python")]: del sys.modules[name]
        import mod_python
        show(*sorted(name for name in sys.modules if name.startswith("mod_python")))
    """
    assert run(script) == ["mod_python mod_python.version"]


def test_only_the_door_leads_to_the_native_module() -> None:
    for file in Path(PACKAGE / "mod_python").glob("*.py"):
        imports = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Import)]
        names = {alias.name for node in imports for alias in node.names}
        assert "_apache" not in names or file.name == "_native.py"


def test_without_a_server(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stderr__", sys.stderr)
    apache.log_error("to stderr")
    apache.log_error(None)
    assert capsys.readouterr().err == "to stderr\n"
    assert apache.server_root() == str(Path.cwd())
    assert not apache.exists_config_define("X")
    assert (apache.interpreter, apache.replica) == ("main_interpreter", 0)
    with pytest.raises(RuntimeError, match="inside httpd only"):
        apache.mpm_query(apache.AP_MPMQ_IS_THREADED)
    with pytest.raises(TypeError, match="cannot create 'mp_request' instances"):
        _standalone.mp_request()
