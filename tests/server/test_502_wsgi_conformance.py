"""PEP 3333 to the letter: what an application may do, and what the server makes of it when it does not.

docs/wsgi.md has the table of clauses; each of them names its test here or in 500, 501 or 503.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness import Conf, Server
from test_500_wsgi import mount


class TestInput:
    """`wsgi.input`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The applications."""
        mount(conf, "/app")

    def pieces(self, server: Server, ways: str, body: bytes) -> list[object]:
        return list(eval(server.client.post(f"/app/pieces?{ways}", content=body).text))

    @pytest.mark.parametrize(
        ("ways", "wanted"),
        {
            "rrrr": [b"ab\n", b"cde", b"\nfg", b""],
            "lll": [b"ab\n", b"cde\n", b"fg"],
            "sssa": [b"ab", b"\n", b"cd", b"e\nfg"],
            "hl": [[b"ab\n", b"cde\n"], b"fg"],
            "ii": [b"ab\n", b"cde\n"],
            "n": [[b"ab\n", b"cde\n", b"fg"]],
            "ara": [b"ab\ncde\nfg", b"", b""],
            "zlz": [b"", b"ab\n", b""],
            "rl": [b"ab\n", b"cde\n"],
        }.items(),
    )
    def test_every_way_of_reading(self, server: Server, ways: str, wanted: list[object]) -> None:
        assert self.pieces(server, ways, b"ab\ncde\nfg") == wanted

    def test_without_a_body(self, server: Server) -> None:
        assert server.client.get("/app/pieces?arln").text == "[b'', b'', b'', []]"

    def test_a_chunked_body(self, server: Server) -> None:
        answer = server.client.post("/app/echo", content=iter([b"a" * 10_000, b"b", b"c" * 10_000]))
        assert answer.content == b"a" * 10_000 + b"b" + b"c" * 10_000
        assert answer.headers["X-Length"] == "-"

    def test_a_large_body(self, server: Server) -> None:
        body = bytes(range(256)) * 8000
        assert server.client.post("/app/echo", content=body).content == body

    def test_100_continue(self, server: Server) -> None:
        with server.connect() as raw:
            raw.send(b"POST /app/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            assert raw.socket.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
            assert raw.send(b"body").response()[1] == b"body"

    def test_no_100_for_who_does_not_read(self, server: Server) -> None:
        with server.connect() as raw:
            raw.send(b"POST /app/unread HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            assert raw.socket.recv(1000).startswith(b"HTTP/1.1 403 ")

    def test_a_body_that_nobody_reads(self, server: Server) -> None:
        with server.connect() as raw:
            for _ in range(2):
                raw.send(b"POST /app/unread HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody")
                assert raw.response()[0].status == 403

    def test_a_client_that_leaves_while_it_sends(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        with server.connect() as raw:
            raw.send(b"POST /app/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\n\r\nbody").abort()
        server.log.wait_for("OSError: Client read error")


class TestHead:
    """`start_response` and its arguments."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The applications."""
        mount(conf, "/app")

    @pytest.mark.parametrize(
        ("line", "status", "reason"),
        [
            ("200 OK", 200, "OK"),
            ("404 Nowhere", 404, "Nowhere"),
            ("299 Odd", 299, "Odd"),
            ("500 Own page", 500, "Own page"),
            ("418 I'm a caf\xe9", 418, "I'm a caf\xe9"),
            ("451 Unavailable For Legal Reasons", 451, "Unavailable For Legal Reasons"),
        ],
    )
    def test_status_and_reason(self, server: Server, line: str, status: int, reason: str) -> None:
        answer = server.client.post("/app/head", content=json.dumps([line, [["Content-Type", "text/x"]]]))
        assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (status, "body", "text/x")
        assert answer.extensions["reason_phrase"] == reason.encode("latin-1")

    @pytest.mark.parametrize(
        ("status", "headers", "error"),
        [
            ("200", 1, "TypeError: the headers must be a list, not int"),
            ("ok", [], "ValueError: Invalid status line: ok"),
            ("100 Continue", [], "ValueError: Invalid status line: 100 Continue"),
            ("200 O\nK", [], "ValueError: Invalid status line"),
            (200, [], "TypeError: expected str, got int"),
            ("200 \u20ac", [], "UnicodeEncodeError"),
            ("200 OK", [["a"]], "TypeError: a header must be a tuple of its name and its value"),
            ("200 OK", [["A", 1]], "TypeError: expected str, got int"),
            ("200 OK", [["A", "x\r\nB: y"]], "ValueError: header 'A' has a line end or a NUL in its value"),
            ("200 OK", [["A:", "x"]], "ValueError: header 'A:' is no name of a header"),
            ("200 OK", [["", "x"]], "ValueError: header '' is no name of a header"),
            ("200 OK", [["A", "\u20ac"]], "UnicodeEncodeError"),
            ("200 OK", [["connection", "close"]], "ValueError: header 'connection' belongs to the connection"),
            ("200 OK", [["Transfer-Encoding", "chunked"]], "ValueError: header 'Transfer-Encoding' belongs to the connection"),
            ("200 OK", [["Content-Length", "many"]], "ValueError: header 'Content-Length' is no number"),
            ("200 OK", [["Content-Length", "-1"]], "ValueError: header 'Content-Length' is no number"),
        ],
    )
    def test_mistakes(self, server: Server, status: object, headers: object, error: str) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        mark = server.log.mark()
        assert server.client.post("/app/head", content=json.dumps([status, headers])).status_code == 500
        server.log.wait_for(error.replace("(", r"\("), mark)

    def test_exc_info_in_time(self, server: Server) -> None:
        answer = server.client.get("/app/replaced")
        assert (answer.status_code, answer.reason_phrase, answer.text) == (503, "Later", "later")
        assert "X-First" not in answer.headers
        assert (answer.headers["X-Second"], answer.headers["Content-Type"], answer.headers["Content-Length"]) == (
            "2",
            "text/plain",
            "5",
        )

    def test_exc_info_too_late(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        assert broken(server, "/app/replaced-late").endswith(b"begun\r\n")
        server.log.wait_for("KeyError: 'too late'")


def broken(server: Server, path: str) -> bytes:
    """All that comes before the server closes the connection, of which the client could ask for more."""
    with server.connect() as raw:
        return raw.send(f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode()).until_closed()


class TestBody:
    """What an application returns, and how it reaches the client."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The applications."""
        mount(conf, "/app")

    @pytest.mark.parametrize("name", ["paused", "write-paused"])
    def test_no_item_waits_for_the_next(self, server: Server, name: str) -> None:
        with server.connect() as raw:
            raw.send(f"GET /app/{name} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
            data = b""
            while b"first\n" not in data:
                data += raw.socket.recv(1000)
            assert server.client.get("/app/seen").status_code == 204
            while not data.endswith(b"0\r\n\r\n"):
                data += raw.socket.recv(1000)
        assert b"not seen" not in data

    @pytest.mark.parametrize(
        ("path", "body", "asked"), [("closing", b"ab", 3), ("measured?9", b"abcdefghi", 3), ("measured?6", b"abcdef", 2)]
    )
    def test_close(self, server: Server, path: str, body: bytes, asked: int) -> None:
        mark = server.log.mark()
        assert server.client.get(f"/app/{path}").content == body
        server.log.wait_for(f"closed after {asked}$", mark)

    def test_close_after_an_error(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        mark = server.log.mark()
        assert broken(server, "/app/closing-error").endswith(b"a\r\n")
        server.log.wait_for("closed after 2$", mark)

    def test_an_error_in_close(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        assert server.client.get("/app/close-raises").text == "whole"
        server.log.wait_for("KeyError: 'in close'")

    def test_a_client_that_leaves(self, server: Server) -> None:
        mark = server.log.mark()
        with server.connect() as raw:
            raw.send(b"GET /app/endless HTTP/1.1\r\nHost: h\r\n\r\n").socket.recv(100_000)
            raw.abort()
        server.log.wait_for("closed after", mark)

    def test_more_than_content_length(self, server: Server) -> None:
        for path in ("measured", "measured-list"):
            server.log.expect("MPY0430")
            with server.connect() as raw:
                answer = raw.send(f"GET /app/{path}?4 HTTP/1.1\r\nHost: h\r\n\r\n".encode()).response()
                assert (answer[1], answer[0].headers["Content-Length"]) == (b"abcd", "4")
                assert raw.send(b"GET /app/hello HTTP/1.1\r\nHost: h\r\n\r\n").response()[1] == b"hello world\n"

    def test_less_than_content_length(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        assert broken(server, "/app/measured?20").endswith(b"\r\n\r\nabcdefghi")
        server.log.wait_for("the body ends 11 bytes before its Content-Length")
        assert server.client.get("/app/measured-list?20").status_code == 500

    def test_content_length_of_a_body_that_is_not_sent(self, server: Server) -> None:
        for path in ("measured", "measured-list"):
            answer = server.client.request("HEAD", f"/app/{path}?20")
            assert (answer.status_code, answer.headers["Content-Length"]) == (200, "20")

    @pytest.mark.parametrize(
        ("name", "error"),
        {
            "raises": "KeyError: 'at once'",
            "raises-started": "KeyError: 'after start_response'",
            "twice": r"RuntimeError: start_response\(\) was called before, and exc_info is not given",
            "unstarted": r"RuntimeError: start_response\(\) was not called before the body",
            "unstarted-empty": r"RuntimeError: start_response\(\) was not called before the body",
            "text": "TypeError: the body of a WSGI application is made of bytes, not str",
            "none": "TypeError: 'NoneType' object is not iterable",
            "leave": "SystemExit: leaving",
        }.items(),
    )
    def test_errors_before_the_body(self, server: Server, name: str, error: str) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        mark = server.log.mark()
        answer = server.client.get(f"/app/{name}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/html; charset=iso-8859-1")
        assert "X-Mine" not in answer.headers
        server.log.wait_for(error, mark)

    def test_an_error_in_the_body(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        data = broken(server, "/app/raises-streaming")
        assert data.startswith(b"HTTP/1.1 200 OK\r\n")
        assert data.endswith(b"begun\r\n"), "no clean end, no error page"

    def test_an_error_in_the_body_for_http_1_0(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        with server.connect() as raw:
            data = raw.send(b"GET /app/raises-streaming HTTP/1.0\r\n\r\n").until_closed()
        assert data.endswith(b"\r\n\r\nbegun")


class TestFile:
    """`wsgi.file_wrapper`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The applications, with the kernel's sendfile and without."""
        mount(conf, "/app")
        mount(conf, "/kernel")
        conf.block("Location", "/kernel", "EnableSendfile On")

    @pytest.fixture
    def page(self, server: Server) -> bytes:
        """What is in the file."""
        return (server.conf.root / "apps/wsgi/page.txt").read_bytes()

    @pytest.mark.parametrize("base", ["/app", "/kernel"])
    def test_a_file(self, server: Server, page: bytes, base: str) -> None:
        answer = server.client.get(f"{base}/file")
        assert (answer.content, answer.headers["Content-Length"]) == (page, str(len(page)))
        assert server.client.get(f"{base}/file?100").content == page[100:]
        assert server.client.get(f"{base}/file?100000").content == b""
        assert server.client.get(f"{base}/file-measured").content == page[:5]

    @pytest.mark.parametrize("base", ["/app", "/kernel"])
    def test_ranges_are_httpds(self, server: Server, page: bytes, base: str) -> None:
        answer = server.client.get(f"{base}/file", headers={"Range": "bytes=10-19"})
        assert (answer.status_code, answer.content) == (206, page[10:20])
        assert answer.headers["Content-Range"] == f"bytes 10-19/{len(page)}"

    def test_head(self, server: Server, page: bytes) -> None:
        answer = server.client.request("HEAD", "/app/file")
        assert (answer.content, answer.headers["Content-Length"]) == (b"", str(len(page)))

    def test_what_only_looks_like_a_file(self, server: Server) -> None:
        mark = server.log.mark()
        assert server.client.get("/app/file-unreal").text == "unreal"
        server.log.wait_for("unreal closed", mark)

    def test_no_descriptor_is_left(self, server: Server) -> None:
        (child,) = server.children()
        descriptors = Path(f"/proc/{child}/fd")
        before = len(list(descriptors.iterdir()))
        for _ in range(30):
            server.client.get("/app/file")
        assert len(list(descriptors.iterdir())) <= before + 5


@pytest.mark.parametrize("mpm", ["worker", "prefork"], indirect=True)
class TestOtherMpms:
    """The same under the other MPMs."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The applications."""
        mount(conf, "/app")

    def test_replies(self, server: Server) -> None:
        assert [answer.text for answer in server.client.several(["/app/hello"] * 50)] == ["hello world\n"] * 50
        assert server.client.get("/app/stream").text == "one,two"
        assert server.client.post("/app/echo", content=b"x" * 50_000).content == b"x" * 50_000
        assert len(server.client.get("/app/file").content) > 3000
        environ = server.client.get("/app/show").json()
        assert (environ["wsgi.multithread"], environ["wsgi.multiprocess"]) == (server.conf.mpm != "prefork", True)

    def test_a_broken_stream(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        assert broken(server, "/app/raises-streaming").endswith(b"begun\r\n")
        assert server.client.get("/app/hello").text == "hello world\n"


class TestDebug:
    """With PythonDebug the browser shows what the log says."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The applications."""
        mount(conf, "/app")
        conf.add("PythonDebug On")

    def test_the_page(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        answer = server.client.get("/app/raises-started")
        assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
        assert "KeyError: &#x27;after start_response&#x27;" in answer.text
        assert "X-Mine" not in answer.headers

    def test_no_page_in_a_broken_stream(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        assert broken(server, "/app/raises-streaming").endswith(b"begun\r\n")
