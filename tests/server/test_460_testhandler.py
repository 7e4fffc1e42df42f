"""`mod_python.testhandler`, configured as the manual prints it."""

from __future__ import annotations

from harness import Conf, Server


class TestTesthandler:
    """The diagnostic page."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """`<Location /mpinfo>`, and an option to find."""
        conf.block("Location", "/mpinfo", "SetHandler mod_python", "PythonHandler mod_python.testhandler")
        conf.add("PythonOption shown <here>")

    def test_the_page(self, server: Server) -> None:
        answer = server.client.get("/mpinfo?a=<b>", headers={"X-Mine": "grün".encode()})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        for text in ("mod_python.testhandler", "&lt;here&gt;", "X-Mine", "grün", "replica 0", "threaded, forked", "ServerName"):
            assert text in answer.text
        assert "<here>" not in answer.text

    def test_the_log(self, server: Server) -> None:
        if (server.root / "logs/error.log").stat().st_mode & 0o004:
            assert "resuming normal operations" in server.client.get("/mpinfo?view_log=1").text
