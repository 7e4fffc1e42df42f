"""Configurations as the manual of mod_python prints them."""

from __future__ import annotations

from harness import Conf, Server


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
