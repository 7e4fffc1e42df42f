"""Several handlers in one phase: after which result the next is called, and what handlers add at run time."""

from __future__ import annotations

import pytest

from harness import MPMS, Conf, Server

# After OK and after DECLINED: does the list go on?
GOES_ON = {
    "HeaderParser": (True, True),
    "Init": (True, True),
    "Access": (True, True),
    "Authen": (False, True),
    "Authz": (False, True),
    "Type": (False, True),
    "Fixup": (True, True),
    "Handler": (True, True),
}
AUTH = ("AuthType Basic", "AuthName x", "Require valid-user")


class TestStacking:
    """Two handlers per phase."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A path per phase and first result."""
        conf.load("authn_core", "authz_user")
        app = conf.app("phases")
        for phase in GOES_ON:
            show = "" if phase == "Handler" else "results::show"
            auth = (*AUTH, "PythonAuthenHandler results::user") if phase == "Authz" else AUTH if phase == "Authen" else ()
            for first in ("ok", "declined", "forbidden"):
                ok, second = ("user", "user") if phase == "Authen" else ("ok", "ok")
                words = f"results::{ok if first == 'ok' else first} results::{second}"
                lines = (f"Python{phase.removesuffix('Handler')}Handler {words} {'' if show else 'results::show'}",)
                content = [f"PythonHandler {show}"] if show else []
                app.block("Files", f"{phase}-{first}", "SetHandler mod_python", *auth, *lines, *content)

    @pytest.mark.parametrize("phase", GOES_ON)
    def test_after_ok(self, server: Server, phase: str) -> None:
        before = phase == "Authz"
        assert server.client.get(f"/{phase}-ok").text.split() == ["ok"] * (before + 1 + GOES_ON[phase][0])

    @pytest.mark.parametrize("phase", GOES_ON)
    def test_after_declined(self, server: Server, phase: str) -> None:
        assert server.client.get(f"/{phase}-declined").text.split()[-2:] == ["declined", "ok"]

    @pytest.mark.parametrize("phase", GOES_ON)
    def test_after_an_error_never(self, server: Server, phase: str) -> None:
        assert server.client.get(f"/{phase}-forbidden").status_code == 403


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestAddHandler:
    """`req.add_handler`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Handlers that add others."""
        app = conf.app("phases")
        show = ("SetHandler mod_python", "PythonHandler results::show")
        app.block("Files", "adds", *show, "PythonAccessHandler results::adds results::ok")
        app.block("Files", "only", "SetHandler mod_python", "PythonFixupHandler results::adds_elsewhere")
        app.handler("nonsense", "results::adds_nonsense")
        app.handler("itself", "results::adds results::show")
        app.block("Files", "callables", "SetHandler mod_python", "PythonFixupHandler results::adds_callables")
        app.handler("filter", "results::adds_filter")
        # With an interpreter per directive the fixup phase runs in that of the directory, the content in that of the URL.
        path = f"PythonPath \"sys.path + ['{conf.root}/apps/phases']\""
        app.block("Files", "mixed", "PythonFixupHandler results::adds_callables", path)
        mixed = conf.block("Location", "/mixed", "PythonInterpPerDirective On", "SetHandler mod_python")
        mixed.add("PythonHandler results::told")

    def test_the_running_phase_and_later_ones(self, server: Server) -> None:
        mark = server.log.mark()
        assert server.client.get("/adds").text == "adds ok declined ok"
        server.log.wait_for("told: cleanup Log", mark)

    def test_the_content_phase_itself(self, server: Server) -> None:
        assert server.client.get("/itself").text == "adds"

    def test_a_phase_without_handlers_and_another_directory(self, server: Server) -> None:
        assert server.client.get("/only").text == "elsewhere"

    def test_something_to_call(self, server: Server) -> None:
        server.log.expect("PythonLogHandler results::raises_late: LookupError: in the log phase")
        server.log.allow("PythonLogHandler results::raises_late")
        assert server.client.get("/callables").text.splitlines() == [
            "a method in 127.0.0.1: <late> < results::adds_callables True",
            "a word in 127.0.0.1: results::told < results::adds_callables True",
            "a lambda in 127.0.0.1: <<lambda>> < <late> < results::adds_callables True",
        ]

    def test_it_runs_where_it_was_registered(self, server: Server) -> None:
        server.log.expect("PythonLogHandler results::raises_late: LookupError: in the log phase")
        server.log.allow("PythonLogHandler results::raises_late")
        here = f"{server.root}/apps/phases/"
        assert server.client.get("/mixed").text.splitlines() == [
            "a word in /mixed: results::told False",
            f"a method in {here}: <late> < results::adds_callables True",
            "a word in /mixed: results::told < results::adds_callables True",
            f"a lambda in {here}: <<lambda>> < <late> < results::adds_callables True",
        ]

    def test_a_filter_knows_who_registered_it(self, server: Server) -> None:
        assert server.client.get("/filter").text == "shown None results::adds_filter None"

    def test_what_cannot_be_added(self, server: Server) -> None:
        lines = server.client.get("/nonsense").text.splitlines()
        assert lines[0] == "IndexError: Invalid phase: PythonCleanupHandler"
        assert lines[1] == "IndexError: Invalid phase: PythonNoSuchHandler"
        assert lines[2].startswith("ValueError: ''")
        assert lines[3].startswith("TypeError")
