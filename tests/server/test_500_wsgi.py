"""WSGI: `environ` and the ordinary reply (PEP 3333)."""

from __future__ import annotations

from typing import Any

from harness import Conf, Server


def mount(conf: Conf, path: str = "/", *options: str) -> None:
    """The applications of `apps/wsgi/pages.py` below a path."""
    directory = conf.install("wsgi")
    conf.add(f"PythonPath \"['{directory}'] + sys.path\"", " ".join(("PythonWSGIAlias", path, "pages", *options)))


class TestEnviron:
    """What an application learns."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The application at the root of the server, with variables of the administrator's."""
        conf.add('SetEnv MINE "of SetEnv"', 'SetEnv REQUEST_METHOD "never"', "SetEnvIf X-Forwarded-Proto ^https$ HTTPS=on")
        directory = conf.install("wsgi")
        conf.add(f"PythonPath \"['{directory}'] + sys.path\"", "PythonWSGIAlias / pages", "AllowEncodedSlashes NoDecode")

    def environ(self, server: Server, path: str, **options: Any) -> dict[str, Any]:
        return dict(server.client.request(options.pop("method", "GET"), path, **options).json())

    def test_of_cgi(self, server: Server) -> None:
        environ = self.environ(server, "/a/b?c=d&e", headers={"Authorization": "Bearer x", "X-Two": "2"})
        port = str(server.conf.port)
        assert {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/a/b",
            "QUERY_STRING": "c=d&e",
            "REQUEST_URI": "/a/b?c=d&e",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": port,
            "SERVER_ADDR": "127.0.0.1",
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_SCHEME": "http",
            "GATEWAY_INTERFACE": "CGI/1.1",
            "HTTP_HOST": f"127.0.0.1:{port}",
            "HTTP_AUTHORIZATION": "Bearer x",
            "HTTP_X_TWO": "2",
            "MINE": "of SetEnv",
        }.items() <= environ.items()
        assert environ["SERVER_SOFTWARE"].startswith("Apache")
        assert environ["REMOTE_PORT"].isdigit()
        assert not {"CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_USER", "HTTPS", "HTTP_CONTENT_TYPE", "PATH"} & environ.keys()
        assert all(isinstance(key, str) for key in environ)

    def test_of_wsgi(self, server: Server) -> None:
        environ = self.environ(server, "/")
        assert {
            "wsgi.version": [1, 0],
            "wsgi.url_scheme": "http",
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
            "mod_python.interpreter": "127.0.0.1",
        }.items() <= environ.items()
        assert "mp_request" in environ["wsgi.input"]
        assert "stderr" in environ["wsgi.errors"]

    def test_each_request_has_a_dict_of_its_own(self, server: Server) -> None:
        first = self.environ(server, "/", headers={"X-Only-Here": "1"})
        assert first["HTTP_X_ONLY_HERE"] == "1"
        assert "HTTP_X_ONLY_HERE" not in self.environ(server, "/")

    def test_bytes_are_latin_1(self, server: Server) -> None:
        environ = self.environ(server, "/gr%C3%BCn/%E9?%C3%BC", headers={b"X-Name": b"caf\xe9"})
        assert environ["PATH_INFO"] == "/gr\xc3\xbcn/\xe9"
        assert environ["HTTP_X_NAME"] == "caf\xe9"
        assert (environ["QUERY_STRING"], environ["REQUEST_URI"]) == ("%C3%BC", "/gr%C3%BCn/%E9?%C3%BC")

    def test_an_escaped_slash_stays(self, server: Server) -> None:
        environ = self.environ(server, "/a%2Fb/c%20d")
        assert (environ["PATH_INFO"], environ["REQUEST_URI"]) == ("/a%2Fb/c d", "/a%2Fb/c%20d")

    def test_headers_that_could_pass_for_others_are_dropped(self, server: Server) -> None:
        question = b"GET / HTTP/1.1\r\nHost: h\r\nX_Real: 1\r\nProxy: evil\r\nX-Real: 2\r\nConnection: close\r\n\r\n"
        with server.connect() as raw:
            _, body = raw.send(question).response()
        assert b'"HTTP_X_REAL": "2"' in body
        assert b"HTTP_PROXY" not in body

    def test_of_a_body(self, server: Server) -> None:
        environ = self.environ(server, "/", method="POST", content=b"{}", headers={"Content-Type": "application/json"})
        assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("application/json", "2")
        assert not {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"} & environ.keys()

    def test_the_scheme_behind_a_proxy(self, server: Server) -> None:
        environ = self.environ(server, "/", headers={"X-Forwarded-Proto": "https"})
        assert [environ[key] for key in ("wsgi.url_scheme", "HTTPS", "REQUEST_SCHEME")] == ["https", "on", "https"]

    def test_a_uri_with_its_host(self, server: Server) -> None:
        with server.connect() as raw:
            raw.send(b"GET http://other.test:81/x?y HTTP/1.1\r\nHost: other.test:81\r\n\r\n")
            environ = raw.response()[1]
        for part in (b'"REQUEST_URI": "/x?y"', b'"SERVER_NAME": "other.test"', b'"SERVER_PORT": "81"', b'"PATH_INFO": "/x"'):
            assert part in environ


class TestReply:
    """Small replies, in one go."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The application at a path."""
        mount(conf, "/app")

    def test_a_small_list(self, server: Server) -> None:
        answer = server.client.get("/app/hello")
        assert (answer.status_code, answer.reason_phrase, answer.text) == (200, "OK", "hello world\n")
        assert (answer.headers["Content-Length"], answer.headers["Content-Type"]) == ("12", "text/plain")

    def test_a_list_of_several(self, server: Server) -> None:
        answer = server.client.get("/app/many")
        assert (answer.text, answer.headers["Content-Length"]) == ("abc", "3")

    def test_large_items(self, server: Server) -> None:
        assert server.client.get("/app/big").content == b"a" * 20_000 + b"b" + b"c" * 100_000

    def test_an_iterator_without_an_item(self, server: Server) -> None:
        answer = server.client.get("/app/nothing")
        assert (answer.status_code, answer.text, answer.headers["Content-Length"]) == (200, "", "0")

    def test_a_generator(self, server: Server) -> None:
        answer = server.client.get("/app/stream")
        assert (answer.text, answer.headers.get("Transfer-Encoding")) == ("one,two", "chunked")

    def test_a_generator_that_starts_late(self, server: Server) -> None:
        answer = server.client.get("/app/late")
        assert (answer.status_code, answer.reason_phrase, answer.text) == (202, "Well", "late")

    def test_write(self, server: Server) -> None:
        assert server.client.get("/app/written").text == "abc"

    def test_the_connection_is_kept(self, server: Server) -> None:
        with server.connect() as raw:
            for path in ("hello", "stream", "written", "nothing", "hello"):
                response, _ = raw.send(f"GET /app/{path} HTTP/1.1\r\nHost: h\r\n\r\n".encode()).response()
                assert response.status == 200

    def test_head(self, server: Server) -> None:
        answer = server.client.request("HEAD", "/app/hello")
        assert (answer.status_code, answer.content) == (200, b"")
        assert server.client.request("HEAD", "/app/stream").content == b""

    def test_without_a_body(self, server: Server) -> None:
        answer = server.client.get("/app/modified")
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", '"x"')

    def test_headers_of_one_name(self, server: Server) -> None:
        answer = server.client.get("/app/cookies", headers={"Cookie": "c=3"})
        assert (answer.headers.get_list("Set-Cookie"), answer.text) == (["a=1", "b=2"], "c=3")
        assert (b"X-Name", b"caf\xe9") in answer.headers.raw

    def test_wsgi_errors(self, server: Server) -> None:
        server.log.expect("a line of wsgi.errors", "and another")
        assert server.client.get("/app/errors").text == "ok"
