"""Configurations as the manual of mod_python prints them."""

from __future__ import annotations

from harness import Conf, Server
from harness.client import Raw
from harness.conf import free_port

ECHO = free_port()


class TestExamples:
    """A handler for an extension, one for everything, one that asks for a password."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Each on a host of its own name."""
        conf.load("authn_core", "authz_user")
        lines = ("PythonHandler examples", "PythonDebug On")
        conf.vhost("extension.test").app("relatives", "AddHandler mod_python .py", *lines)
        conf.vhost("everything.test").app("phases", "SetHandler mod_python", "PythonHandler results::show")
        private = conf.vhost("private.test")
        private.app("connections").block("Files", "*", "SetHandler mod_python", "PythonHandler protocols")
        private.add(f"PythonPath \"sys.path + ['{conf.root}/apps/relatives']\"")
        private.block(
            "Location",
            "/",
            "AuthType Basic",
            'AuthName "Restricted Area"',
            "Require valid-user",
            "PythonAuthenHandler examples",
        )

    def test_an_extension(self, server: Server) -> None:
        assert server.client.get("/anything.py", host="extension.test").text == "Hello World!"
        assert server.client.get("/page.shtml", host="extension.test").text.startswith("before")

    def test_everything(self, server: Server) -> None:
        assert server.client.get("/any/thing", host="everything.test").status_code == 200

    def test_a_password(self, server: Server) -> None:
        response = server.client.get("/x", host="private.test")
        assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Basic realm="Restricted Area"')
        assert server.client.get("/x", host="private.test", auth=("spam", "wrong")).status_code == 401


class TestMoreExamples:
    """The publisher, pages, the diagnostic page, a filter, a protocol, `.htaccess`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Each on a host of its own name, and a port for the protocol."""
        conf.vhost("publisher.test").app("examples", "SetHandler mod_python", "PythonHandler mod_python.publisher")
        conf.vhost("psp.test").app("examples", "AddHandler mod_python .psp .psp_", "PythonHandler mod_python.psp")
        conf.vhost("info.test").block("Location", "/mpinfo", "SetHandler mod_python", "PythonHandler mod_python.testhandler")
        lines = ("PythonHandler mptest", "PythonOutputFilter capitalize CAPITALIZE", "AddOutputFilter CAPITALIZE .py")
        conf.vhost("filter.test").app("examples", "AddHandler mod_python .py", *lines)
        conf.vhost("htaccess.test").app("examples", "AllowOverride FileInfo")
        conf.prologue.append("AcceptFilter http none")
        conf.add(f"Listen 127.0.0.1:{ECHO}", f"PythonPath \"sys.path + ['{conf.root}/apps/examples']\"")
        conf.vhost("echo.test", "PythonConnectionHandler echo", address=f"127.0.0.1:{ECHO}")

    def test_the_publisher(self, server: Server) -> None:
        assert server.client.get("/hello.py/say?what=hello", host="publisher.test").text == "I am saying hello"

    def test_a_page(self, server: Server) -> None:
        assert server.client.get("/page.psp", host="psp.test").text.strip() == "<html>42</html>"

    def test_the_diagnostic_page(self, server: Server) -> None:
        assert "mod_python.testhandler" in server.client.get("/mpinfo", host="info.test").text

    def test_a_filter(self, server: Server) -> None:
        assert server.client.get("/any.py", host="filter.test").text == "HELLO WORLD!"

    def test_a_protocol(self, server: Server) -> None:
        with Raw(ECHO) as raw:
            raw.send(b"one\ntwo\n").socket.shutdown(1)
            assert raw.until_closed() == b"one\ntwo\n"

    def test_htaccess(self, server: Server) -> None:
        assert server.client.get("/dotted/any.py", host="htaccess.test").text == "Hello World!"
