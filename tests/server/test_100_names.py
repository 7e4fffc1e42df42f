"""Names of interpreters: which one serves a request, and that none sees another's state."""

from __future__ import annotations

from typing import Any

import pytest

from harness import Conf, Server


def ask(server: Server, path: str, **options: Any) -> dict[str, Any]:
    """The facts that the app `names` tells."""
    response = server.client.get(path, **options)
    assert response.status_code == 200, response.text
    return dict(response.json())


class TestNames:
    """The ways to choose a name."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Two virtual hosts; directives in them."""
        one = conf.vhost("one.test").app("names").handler("facts", "names")
        one.handler("named", "names", "PythonInterpreter mine").handler("main", "names", "PythonInterpreter main_interpreter")
        one.handler("per-directory", "names", "PythonInterpPerDirectory On")
        one.handler("per-directive", "names", "PythonInterpPerDirective On")
        one.handler("both", "names", "PythonInterpPerDirectory On", "PythonInterpreter mine")
        one.handler("off", "names", "PythonInterpPerDirectory On", "PythonInterpPerDirectory Off")
        two = conf.vhost("two.test", "ServerAlias alias.test").app("names").handler("facts", "names")
        two.handler("named", "names", "PythonInterpreter mine")

    @pytest.mark.parametrize(
        ("host", "path", "name"),
        [
            ("one.test", "/facts", "one.test"),
            ("two.test", "/facts", "two.test"),
            ("alias.test", "/facts", "two.test"),
            ("one.test", "/named", "mine"),
            ("two.test", "/named", "mine"),
            ("one.test", "/main", "main_interpreter"),
            ("one.test", "/both", "mine"),
            ("one.test", "/off", "one.test"),
        ],
    )
    def test_name(self, server: Server, host: str, path: str, name: str) -> None:
        facts = ask(server, path, host=host)
        assert (facts["interpreter"], facts["asked"]) == (name, name)

    @pytest.mark.parametrize("path", ["/per-directory", "/per-directive"])
    def test_name_by_directory(self, server: Server, path: str) -> None:
        directory = f"{server.root}/apps/names/"
        assert ask(server, path, host="one.test")["interpreter"] == directory

    def test_only_the_main_interpreter_is_the_main_one(self, server: Server) -> None:
        assert ask(server, "/main", host="one.test")["identity"] == 0
        assert ask(server, "/facts", host="one.test")["identity"] != 0

    def test_one_name_in_two_hosts_is_one_interpreter(self, server: Server) -> None:
        one, two = (ask(server, "/named", host=host) for host in ("one.test", "two.test"))
        assert one["identity"] == two["identity"]
        assert two["counter"] == one["counter"] + 1


class TestIsolation:
    """What one name does stays in it."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Three names over one app."""
        app = conf.app("names")
        for name in ("red", "green", "blue"):
            app.handler(name, "names", f"PythonInterpreter {name}")

    def test_globals_environ_and_path(self, server: Server) -> None:
        for count in (1, 2, 3):
            for name in ("red", "green", "blue"):
                facts = ask(server, f"/{name}")
                assert facts["counter"] == count
                assert facts["leak"] == "x" * count
                assert f"/leak/{count}" in facts["path"]
                assert f"/leak/{count + 1}" not in facts["path"]

    def test_each_has_its_interpreter_in_one_process(self, server: Server) -> None:
        facts = [ask(server, f"/{name}") for name in ("red", "green", "blue")]
        assert len({fact["identity"] for fact in facts}) == 3
        assert len({fact["pid"] for fact in facts}) == 1

    def test_argv(self, server: Server) -> None:
        assert ask(server, "/red")["argv"] == ["mod_python"]


class TestManyNames:
    """A hundred names: each is made when it is first asked for, and works."""

    COUNT = 60

    @staticmethod
    def configure(conf: Conf) -> None:
        """A handler per name."""
        app = conf.app("names")
        for number in range(TestManyNames.COUNT):
            app.handler(f"n{number}", "names", f"PythonInterpreter name-{number}")

    def test_all_at_once(self, server: Server) -> None:
        paths = [f"/n{number}" for number in range(self.COUNT)]
        answers = server.client.several(paths, at_once=8)
        assert [answer.json()["interpreter"] for answer in answers] == [f"name-{n}" for n in range(self.COUNT)]

    def test_first_requests_at_once_make_one_interpreter(self, server: Server) -> None:
        server.graceful()
        answers = server.client.several(["/n0"] * 8, at_once=8)
        assert len({(answer.json()["pid"], answer.json()["identity"]) for answer in answers}) == 1
