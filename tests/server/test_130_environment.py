"""The surroundings of an interpreter: virtual environment, variables, sys.path, standard streams."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness import Conf, Server


def facts(server: Server, path: str) -> dict[str, Any]:
    """What the app `environment` tells."""
    response = server.client.get(path)
    assert response.status_code == 200, server.last_words()
    return dict(json.loads(response.text))


class TestVirtualenvs:
    """Two virtual environments in one process, and a name without one."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """red and blue have a package of the same name each."""
        app = conf.app("environment").handler("none", "environment", "PythonInterpreter none")
        for colour in ("red", "blue"):
            home = conf.installation.virtualenv(colour, {"colour": f"name = {colour!r}"})
            conf.add(f'PythonInterpreterOptions {colour} "virtualenv={home}"')
            app.handler(colour, "environment", f"PythonInterpreter {colour}")

    @pytest.mark.parametrize("colour", ["red", "blue", "red"])
    def test_each_has_its_own(self, server: Server, colour: str) -> None:
        told = facts(server, f"/{colour}")
        assert told["colour"] == colour
        assert told["prefix"] == str(server.conf.installation.stage / colour)
        assert told["environ"]["VIRTUAL_ENV"] == told["prefix"]

    def test_a_name_without(self, server: Server) -> None:
        told = facts(server, "/none")
        assert told["colour"] is None
        assert "VIRTUAL_ENV" not in told["environ"]


class TestVariables:
    """`env=`, and writes to os.environ."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Two names with variables, one without."""
        conf.add(
            'PythonInterpreterOptions one env=A=1 "env=GREETING=good morning, grün" env=EMPTY=',
            "PythonInterpreterOptions two env=A=2",
        )
        app = conf.app("environment")
        for name in ("one", "two", "three"):
            app.handler(name, "environment", f"PythonInterpreter {name}")
        app.handler("writes", "environment::writes", "PythonInterpreter two")
        app.handler("cdll", "environment::cdll", "PythonInterpreter two")

    def test_configured(self, server: Server) -> None:
        assert [facts(server, f"/{name}")["environ"].get("A") for name in ("one", "two", "three")] == ["1", "2", None]
        assert facts(server, "/one")["environ"]["GREETING"] == "good morning, grün"
        assert facts(server, "/one")["environ"]["EMPTY"] == ""

    def test_programs_get_the_interpreters_environment(self, server: Server) -> None:
        told = facts(server, "/one")
        assert "A=1" in told["in a program"]
        assert "GREETING=good morning, grün" in told["in a program"]

    def test_writes_stay_in_the_interpreter(self, server: Server) -> None:
        before = facts(server, "/one")["environ"]
        mine = facts(server, "/writes")
        assert mine["environ"]["WRITTEN"] == "here"
        assert "A" not in mine["environ"]
        assert facts(server, "/one")["environ"] == before
        assert server.client.get("/cdll").text == "[]"
        server.graceful()


class TestPaths:
    """`python-path=`, PythonPath, the handler's directory, `switch-interval=`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A name per way."""
        for name in ("first", "second"):
            (conf.root / name).mkdir()
            (conf.root / name / "colour.py").write_text(f"name = {name!r}")
        conf.add(
            f'PythonInterpreterOptions both "python-path={conf.root}/first:{conf.root}/second"',
            "PythonInterpreterOptions relative python-path=second switch-interval=5ms",
        )
        app = conf.app("environment")
        for name in ("both", "relative", "expression"):
            app.handler(name, "environment", f"PythonInterpreter {name}")
        app.block("Files", "expression", f"""PythonPath "['{conf.root}/second', '{conf.root}/apps/environment'] + sys.path" """)

    def test_directories_come_first_in_order(self, server: Server) -> None:
        told = facts(server, "/both")
        assert told["colour"] == "first"
        mine = [entry for entry in told["path"] if entry.startswith(str(server.root))]
        assert mine[-2:] == [f"{server.root}/first", f"{server.root}/second"]

    def test_relative_to_the_server_root(self, server: Server) -> None:
        assert facts(server, "/relative")["colour"] == "second"

    def test_the_directory_of_the_handler_is_there_once(self, server: Server) -> None:
        for _ in range(3):
            path = facts(server, "/both")["path"]
        assert [entry.rstrip("/") for entry in path].count(f"{server.root}/apps/environment") == 1

    def test_an_expression_replaces_sys_path(self, server: Server) -> None:
        told = facts(server, "/expression")
        assert told["colour"] == "second"
        assert told["path"][:2] == [f"{server.root}/second", f"{server.root}/apps/environment"]

    def test_switch_interval(self, server: Server) -> None:
        assert facts(server, "/both")["switch_interval"] == pytest.approx(0.001)
        assert facts(server, "/relative")["switch_interval"] == pytest.approx(0.005)


class TestStreams:
    """`print` in a handler."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The app that writes."""
        app = conf.app("environment").handler("talks", "talks").handler("complains", "talks::complains")
        app.handler("asks", "talks::asks")

    @pytest.mark.parametrize("text", ["to stdout, gr", "two$|two,", "lines$|lines,", "in parts", "as bytes", "unfinished"])
    def test_stdout_becomes_lines_of_the_log(self, server: Server, text: str) -> None:
        mark = server.log.mark()
        server.client.get("/talks")
        (line,) = server.log.wait_for(text, mark)
        assert line.level == "info"
        assert "[client 127.0.0.1" in line.raw

    def test_stderr_is_an_error(self, server: Server) -> None:
        server.log.expect("to stderr")
        server.client.get("/complains")
        (line,) = server.log.wait_for("to stderr")
        assert line.level == "error"

    def test_stdin_is_empty(self, server: Server) -> None:
        assert server.client.get("/asks").text == "''"
