"""`req.build_wsgi_env` and `req.wsgi_start_response`."""

from __future__ import annotations

from harness import Conf, Server


class TestCalls:
    """A handler that calls a WSGI application with them."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The application at a base URI, and in a <Location>."""
        app = conf.app("wsgicalls")
        handled = ("SetHandler mod_python", "PythonHandler calls")
        app.handler("plain", "calls")
        path = f"PythonPath \"sys.path + ['{conf.root}/apps/wsgicalls']\""
        conf.block("Location", "/base", *handled, path, "PythonOption mod_python.wsgi.base_uri /base/app")
        conf.block("Location", "/located/", *handled, path)
        conf.block("Location", "/slash", *handled, path, "PythonOption mod_python.wsgi.base_uri /slash/")

    def test_environment_and_reply(self, server: Server) -> None:
        answer = server.client.post("/base/app/grün", content=b"body")
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/json"
        assert [value for name, value in answer.headers.raw if name == b"X-A"] == [b"1", b"\xe9"]
        assert answer.json() == {
            "SCRIPT_NAME": "/base/app",
            "PATH_INFO": "/grün".encode().decode("latin-1"),
            "wsgi.url_scheme": "http",
            "wsgi.multithread": True,
            "REQUEST_METHOD": "POST",
            "body": "body",
            "input": "mp_request",
        }

    def test_the_input_has_lines(self, server: Server) -> None:
        assert server.client.post("/plain?lines", content=b"a\nb\r\nc").json()["body"] == ["a\n", "b\r\n", "c"]

    def test_below_a_location(self, server: Server) -> None:
        answer = server.client.get("/located/a/b").json()
        assert (answer["SCRIPT_NAME"], answer["PATH_INFO"]) == ("/located", "/a/b")
        assert server.client.get("/base/app").json()["PATH_INFO"] == ""
        assert server.client.get("/plain/x").json()["PATH_INFO"] == "/plain/x"

    def test_elsewhere(self, server: Server) -> None:
        assert server.client.get("/base/apple").status_code == 404
        assert "Not Here" not in server.client.get("/base/apple").reason_phrase

    def test_an_error_that_the_application_shows_itself(self, server: Server) -> None:
        answer = server.client.get("/plain?error")
        assert (answer.status_code, answer.reason_phrase, answer.text, answer.headers["X-A"]) == (500, "Oops", "repaired", "0")

    def test_misuse(self, server: Server) -> None:
        server.log.expect("PythonHandler calls")
        for path, error in (
            ("/plain?status", "Invalid status line: bad status"),
            ("/plain?twice", r"start_response\(\) was called before"),
        ):
            mark = server.log.mark()
            assert server.client.get(path).status_code == 500
            server.log.wait_for(error, mark)
        assert server.client.get("/slash/x").status_code == 500
        server.log.wait_for("must not end in a slash")
