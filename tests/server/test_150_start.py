"""Child start: `start=yes`, PythonImport, PythonWarmUp, and what fails there."""

from __future__ import annotations

import re

from harness import Conf, Server


class TestImport:
    """PythonImport, in the order of the configuration, for the named interpreters."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Three imports in one name, one in another, one in a virtual host."""
        directory = conf.install("start")
        conf.add(
            f'PythonInterpreterOptions * "python-path={directory}"',
            "PythonImport first::prepare one",
            "PythonImport second one",
            "PythonImport failing two",
            "PythonImport second two",
        )
        conf.app("start").handler("first", "first", "PythonInterpreter one")
        conf.vhost("v.test", "PythonImport second three")

    def test_before_the_first_request_in_order(self, server: Server) -> None:
        server.log.expect("ValueError: not today")
        server.log.allow("PythonImport failing")
        lines = server.log.wait_for("(import|call) of .* in one", count=3)
        order = [re.findall(r"(\w+) of (\w+) in", line.raw)[0] for line in lines]
        assert order == [("import", "first"), ("call", "first"), ("import", "second")]
        server.log.wait_for("import of second in two")

    def test_in_a_virtual_host_too(self, server: Server) -> None:
        server.log.wait_for("import of second in three")

    def test_the_function_was_called(self, server: Server) -> None:
        assert server.client.get("/first").text == "True\n"


class TestStart:
    """`start=yes` makes the interpreters before a request asks for them."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """One that starts, one that waits; warm-up modules, one of which does not exist."""
        conf.add(
            "PythonInterpreterOptions early start=yes replicas=2",
            "PythonInterpreterOptions late start=no",
            "PythonWarmUp colorsys nowhere_at_all",
        )
        app = conf.app("names").handler("main", "names", "PythonInterpreter main_interpreter")
        for name in ("early", "late"):
            app.handler(name, "names", f"PythonInterpreter {name}")

    def test_early_is_ready_before_late(self, server: Server) -> None:
        server.log.allow("nowhere_at_all")
        server.log.wait_for(r"MPY\d+.*early")
        assert not server.log.find(r"MPY\d+.*late")
        late, early = (server.client.get(f"/{name}").json() for name in ("late", "early"))
        assert early["identity"] < late["identity"]

    def test_warm_up_imports_into_the_main_interpreter(self, server: Server) -> None:
        assert "colorsys" in server.client.get("/main").json()["modules"]

    def test_a_warm_up_that_fails_is_said(self, server: Server) -> None:
        assert server.log.wait_for(r"MPY\d+.*nowhere_at_all")
