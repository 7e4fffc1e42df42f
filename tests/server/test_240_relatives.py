"""Requests that belong together: internal redirects, subrequests, error documents, several interpreters in one request."""

from __future__ import annotations

import pytest

from harness import MPMS, Conf, Server


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestRedirects:
    """`req.internal_redirect`, `req.prev`, `req.next`, `req.main`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Handlers in two interpreters, a page of parts, a document for errors."""
        conf.load("include")
        conf.add("AddOutputFilter INCLUDES .shtml", "AddType text/html .shtml")
        app = conf.app("relatives", "Options +Includes", "PythonInterpreter one")
        for name in ("start", "target", "goes_elsewhere", "part", "error_document"):
            app.handler(name, f"relatives::{name}")
        app.handler("elsewhere", "relatives::elsewhere", "PythonInterpreter two")
        app.handler("gone", "relatives::gone", "ErrorDocument 410 /error_document")
        app.handler("mixed", "relatives::mixed", "PythonFixupHandler relatives")

    def test_there_and_back(self, server: Server) -> None:
        mark = server.log.mark()
        text = server.client.get("/start").text
        server.log.wait_for("next: from=start /start left by start None", mark)
        assert text == "start through target in one"

    def test_another_interpreter(self, server: Server) -> None:
        assert server.client.get("/goes_elsewhere").text == "/goes_elsewhere nothing in two"
        server.log.wait_for("back in one, here")

    def test_a_part_of_a_page(self, server: Server) -> None:
        assert server.client.get("/page.shtml").text == "before part of /page.shtml after\n"

    def test_an_error_document_sees_the_request_that_failed(self, server: Server) -> None:
        response = server.client.get("/gone")
        assert (response.status_code, response.text) == (410, "410 because moved out")

    def test_phases_share_the_object(self, server: Server) -> None:
        assert server.client.get("/mixed").text == "one one"


class TestPerDirective:
    """Each directive may name another interpreter: then every interpreter has an object of its own."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The fixups of a section in the interpreter of that section, the content in another."""
        conf.add("PythonInterpPerDirective On")
        app = conf.app("relatives", "PythonFixupHandler relatives")
        app.handler("same", "relatives::mixed")
        conf.block("Location", "/other", "SetHandler mod_python", "PythonHandler relatives::mixed")

    def test_the_same_section(self, server: Server) -> None:
        name = f"{server.root}/apps/relatives/"
        assert server.client.get("/same").text == f"{name} {name}"

    def test_another_section(self, server: Server) -> None:
        server.log.allow("relatives")
        assert server.client.get("/other").status_code == 500, "nothing is added to sys.path for a <Location>"


class TestSections:
    """Where the directives stand."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A handler in a <Location>, with and without the old way; an .htaccess; a guarded directory."""
        app = conf.app("relatives", "AllowOverride All")
        directory = f"{conf.root}/apps/relatives"
        conf.add(f"PythonPath \"sys.path + ['{directory}', '{directory}/dotted']\"")
        assert app
        conf.block("Directory", f'"{directory}/guarded"', "Require all denied")
        conf.block("Location", "/", "PythonFixupHandler relatives")
        conf.block("LocationMatch", "^/(page.shtml|here)", "SetHandler mod_python", "PythonHandler relatives::where")
        old = ("PythonOption mod_python.location_no_storage 1", "SetHandler mod_python", "PythonHandler relatives::where")
        conf.block("Location", "/old", *old)

    def test_a_location_keeps_the_file(self, server: Server) -> None:
        assert server.client.get("/page.shtml/more").text == "page.shtml '/more' ^/(page.shtml|here)"

    def test_and_the_rules_of_its_directory(self, server: Server) -> None:
        server.log.expect("AH01630")
        assert server.client.get("/guarded/secret.txt").status_code == 403

    def test_the_old_way_has_no_file(self, server: Server) -> None:
        server.log.allow("AH00029")
        assert server.client.get("/old/x").text == "None None /old"

    def test_htaccess(self, server: Server) -> None:
        assert server.client.get("/dotted/x").text == "htaccess dotted"


class TestExits:
    """`apache.register_cleanup` and `server.register_cleanup`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """In a subinterpreter and in the main one."""
        app = conf.app("relatives")
        app.handler("sub", "exits").handler("main", "exits", "PythonInterpreter main_interpreter")

    def test_at_the_end_of_the_child(self, server: Server) -> None:
        for path in ("/sub", "/main"):
            assert server.client.get(path).text.splitlines() == [
                "first argument must be a callable object",
                "second argument must be a callable object",
                "first argument must be a request object",
            ]
        server.log.allow("python_cleanup: Error calling", "ZeroDivisionError")
        mark = server.log.mark()
        server.client.close_idle()
        server.stop()
        told = [line.raw.split("told: ")[1].strip() for line in server.log.find("told: ", mark)]
        assert sorted(told) == sorted(["last", "None", "first"] * 2)
        assert len(server.log.find("python_cleanup: Error calling cleanup object", mark)) == 2
