"""The phases of a request: that they run, in which order, what each may say, and what stays between them."""

from __future__ import annotations

import pytest

from harness import MPMS, Conf, Server

IN_SECTION = ("Init", "HeaderParser", "Access", "Authen", "Authz", "Type", "Fixup", "Handler", "Log", "Cleanup")
ALL = "PostReadRequest Trans Init HeaderParser Access Authen Authz Type Fixup Handler"
BASIC = ("AuthType Basic", "AuthName there", "Require valid-user")
ANA = ("ana", "secret")


def handlers(*phases: str) -> list[str]:
    """The directives that let `phases.py` do these phases."""
    return [f"Python{phase.removesuffix('Handler')}Handler phases" for phase in phases]


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestAllPhases:
    """One request through every phase."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Everything that may stand in a section, there; the rest in the server."""
        conf.load("authn_core", "auth_basic", "authn_file", "authz_user")
        app = conf.app("phases", "SetHandler mod_python", *handlers(*IN_SECTION))
        app.block("Files", "*", *BASIC)
        conf.add(f"PythonPath \"sys.path + ['{conf.root}/apps/phases']\"", *handlers("PostReadRequest", "Trans"))

    def test_the_order(self, server: Server) -> None:
        response = server.client.get("/anything", auth=ANA)
        assert (response.status_code, response.text) == (200, ALL)
        assert response.headers["Content-Type"] == "text/x-phases"
        server.log.wait_for("told: cleanup")

    def test_the_order_of_cleanups(self, server: Server) -> None:
        mark = server.log.mark()
        server.client.get("/anything", auth=ANA)
        server.log.wait_for("told: cleanup", mark)
        told = [line.raw.split("told: ")[1] for line in server.log.find("told: ", mark)]
        assert told[-3:] == ["last registered", "first registered", f"cleanup {ALL} Log Cleanup"]

    def test_nobody_is_asked_for_a_password(self, server: Server) -> None:
        response = server.client.get("/anything")
        assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Basic realm="there"')

    def test_somebody_may_not(self, server: Server) -> None:
        assert server.client.get("/anything", auth=("mallory", "secret")).status_code == 403

    def test_cleanup_comes_after_an_error_too(self, server: Server) -> None:
        mark = server.log.mark()
        server.client.get("/anything", auth=("mallory", "secret"))
        server.log.wait_for("told: cleanup .* Authen Authz Log Cleanup", mark)


class TestInit:
    """`PythonInitHandler`: the first of all in the server, the first that knows its section inside."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """In the server, in a directory, and in both."""
        conf.add(f"PythonPath \"sys.path + ['{conf.root}/apps/phases']\"")
        show = ("SetHandler mod_python", "PythonHandler phases", "PythonHeaderParserHandler phases")
        conf.app("phases", *show)
        conf.vhost("server.test", *handlers("Init", "PostReadRequest")).app("phases")
        conf.vhost("section.test", *handlers("PostReadRequest")).app("phases", *handlers("Init"))
        conf.vhost("both.test", *handlers("Init", "PostReadRequest")).app("phases", *handlers("Init"))

    @pytest.mark.parametrize(
        ("host", "order"),
        [
            ("server.test", "Init PostReadRequest HeaderParser Handler"),
            ("section.test", "PostReadRequest Init HeaderParser Handler"),
            ("both.test", "Init PostReadRequest Init HeaderParser Handler"),
        ],
    )
    def test_when(self, server: Server, host: str, order: str) -> None:
        assert server.client.get("/x", host=host).text == order


class TestLate:
    """What happens after the reply."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Handlers that would still like to answer, and files that Python never sees before."""
        app = conf.app("phases")
        app.handler("writes", "results::show", "PythonLogHandler phases::writes_late")
        app.handler("fails", "results::show", "PythonLogHandler phases::fails", "PythonDebug On")
        app.block("Files", "static.txt", "PythonCleanupHandler phases")
        app.block("Files", "nowhere", "PythonLogHandler phases", "PythonCleanupHandler phases")

    def test_nothing_is_written_behind_the_reply(self, server: Server) -> None:
        mark = server.log.mark()
        for _ in range(2):
            assert server.client.get("/writes").content == b""
        server.log.wait_for("told: late Write failed, the reply is already sent", mark, count=2)

    def test_a_failure_is_only_logged(self, server: Server) -> None:
        server.log.expect("phases::fails", "LookupError: failed late")
        assert server.client.get("/fails").status_code == 200

    def test_a_file_has_its_cleanup(self, server: Server) -> None:
        mark = server.log.mark()
        assert server.client.get("/static.txt").text == "a static file\n"
        server.log.wait_for("told: cleanup Cleanup", mark)

    def test_so_has_what_is_not_found(self, server: Server) -> None:
        mark = server.log.mark()
        assert server.client.get("/nowhere").status_code == 404
        server.log.wait_for("told: cleanup Log Cleanup", mark)


class TestEarly:
    """Phases that answer for others."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A handler that maps, one that answers, one that forgets to say who."""
        conf.load("authn_core", "authz_user")
        conf.add(f"PythonPath \"sys.path + ['{conf.root}/apps/phases']\"", "PythonTransHandler phases::maps")
        app = conf.app("phases")
        app.handler("early", "results::show", "PythonFixupHandler results::done")
        app.block("Files", "nobody", "AuthType Basic", "AuthName x", "Require valid-user", "PythonAuthenHandler phases::nobody")

    def test_a_file_of_its_own(self, server: Server) -> None:
        assert server.client.get("/mapped").text == "a static file\n"

    def test_done_is_the_answer(self, server: Server) -> None:
        assert server.client.get("/early").text == "answered early"

    def test_ok_without_a_user_is_an_error(self, server: Server) -> None:
        server.log.expect("did not set req.user")
        assert server.client.get("/nobody").status_code == 500


class TestModule:
    """`PythonHandlerModule`: whatever of a module there is."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A module with two functions of twelve, everywhere; and one that is not there."""
        app = conf.app("phases", "SetHandler mod_python", "PythonHandlerModule some")
        app.block("Files", "absent", "PythonHandlerModule absent")

    def test_what_is_missing_is_no_error(self, server: Server) -> None:
        assert server.client.get("/x").text == "fixed"

    def test_a_missing_module_is_one(self, server: Server) -> None:
        server.log.expect("No module named 'absent'")
        server.log.allow(" absent: ")
        assert server.client.get("/absent").status_code == 500
