"""The functions for other modules of httpd, used by a module in C that apxs builds."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from harness import MPMS, Conf, Installation, Server


def headers_of_python(installation: Installation) -> Path:
    """Where Python.h of the module's Python lies."""
    folder = "include/python{}.{}".format(*installation.python_version)
    prefixes = [*installation.libpython.parents[1:4], Path("/usr"), Path("/usr/local")]
    found = [prefix / folder for prefix in prefixes if (prefix / folder / "Python.h").exists()]
    if not found:
        pytest.skip(f"no Python.h of Python {installation.python_version}")
    return found[0]


def build(conf: Conf, directory: Path) -> Path:
    """The module, compiled against mod_python.h as the package ships it."""
    if not shutil.which("cc"):
        pytest.skip("no C compiler")
    headers = (conf.installation.module.parent / "include", headers_of_python(conf.installation))
    command = [conf.installation.apxs, *(f"-I{path}" for path in headers), "-Wc,-Wall -Werror", "-c", "mod_glue.c"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return directory / ".libs/mod_glue.so"


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestOptionalFunctions:
    """A handler in C that runs functions of Python's."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The module, and a handler of ours in an interpreter that it uses, too."""
        app = conf.app("glue")
        directory = conf.root / "apps/glue"
        conf.add(f'LoadModule glue_module "{build(conf, directory)}"', "PythonInterpreterOptions two replicas=2")
        conf.add(f'PythonInterpreterOptions * "python-path={directory}"')
        (conf.root / "foreign").mkdir()
        (conf.root / "foreign/pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.9.2\n")
        conf.add(f'PythonInterpreterOptions broken "virtualenv={conf.root}/foreign"')
        app.add("SetHandler glue").handler("later", "glue", "PythonInterpreter one")

    def test_objects_of_every_record(self, server: Server) -> None:
        facts = "{} /facts 127.0.0.1 127.0.0.1 mp_conn".format
        assert server.client.get("/facts?one").text == facts("one")
        assert server.client.get("/facts?two").text == facts("two")
        assert server.client.get("/facts").text == facts("main_interpreter")

    def test_they_nest(self, server: Server) -> None:
        assert server.client.get("/same?one&two").text == "one 0 True\ntwo 0 True\none 1 True"
        assert server.client.get("/same?one&one").text == "one 0 True\none 1 True\none 2 True"

    def test_the_request_can_be_used(self, server: Server) -> None:
        answer = server.client.get("/writes?one")
        assert (answer.headers["X-Glue"], answer.text) == ("one", "written, returned")

    def test_an_exception_reaches_c(self, server: Server) -> None:
        assert server.client.get("/fails?one").text == "no such thing"

    def test_what_is_kept_is_refused_later(self, server: Server) -> None:
        assert server.client.get("/keeps?one").text == "kept"
        lines = server.client.get("/later").text.splitlines()
        assert [line.partition(":")[0] for line in lines] == ["request", "connection"]
        assert all("finished" in line for line in lines)

    def test_an_interpreter_that_cannot_be_had(self, server: Server) -> None:
        server.log.expect(r"MPY0404: \[broken\] mp_acquire_interpreter", r"MPY0104: \[broken\]")
        assert server.client.get("/facts?broken").status_code == 503

    def test_many_at_once(self, server: Server) -> None:
        paths = [f"/same?{outer}&{inner}" for outer in ("one", "two") for inner in ("one", "two")] * 25
        assert {answer.status_code for answer in server.client.several(paths)} == {200}
