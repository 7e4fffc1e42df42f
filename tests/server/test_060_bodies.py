"""Bodies of requests: by length, chunked, read in every way, cut short."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from harness import Conf, Server

READERS = ("whole", "pieces", "lines", "all_lines", "short_lines", "mixed", "twice")
SIZES = (0, 1, 999, 1000, 8191, 8192, 8193, 65_536, 1_000_003)


def body(size: int) -> bytes:
    """Lines of different lengths, with CRLFs and empty ones among them, of that size together."""
    line = b"\n".join(b"%d" % number * (number % 7) for number in range(2000)) + b"\r\n"
    return (line * (size // len(line) + 1))[:size]


class TestBodies:
    """Handlers that read."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A path per reader."""
        app = conf.app("bodies")
        for name in (*READERS, "ignored", "guarded"):
            app.handler(name, f"bodies::{name}")
        app.handler("limited", "bodies::whole", "LimitRequestBody 1000")

    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("reader", READERS)
    def test_with_a_length(self, server: Server, reader: str, size: int) -> None:
        answer = server.client.post(f"/{reader}", content=body(size)).json()
        assert sum(answer["lengths"]) == size
        assert answer["sha256"] == hashlib.sha256(body(size)).hexdigest()

    @pytest.mark.parametrize("reader", READERS)
    def test_chunked(self, server: Server, reader: str) -> None:
        data = body(100_000)

        def chunks() -> Iterator[bytes]:
            for start in range(0, len(data), 7777):
                yield data[start : start + 7777]

        answer = server.client.post(f"/{reader}", content=chunks()).json()
        assert answer["sha256"] == hashlib.sha256(data).hexdigest()

    def test_pieces_are_of_the_size_asked_for(self, server: Server) -> None:
        assert server.client.post("/pieces", content=body(2500)).json()["lengths"] == [1000, 1000, 500]

    def test_lines_end_at_newlines(self, server: Server) -> None:
        for reader in ("lines", "all_lines"):
            answer = server.client.post(f"/{reader}", content=b"a\nbc\r\n\nlast").json()
            assert answer["lengths"] == [2, 4, 1, 4]

    def test_short_lines(self, server: Server) -> None:
        assert server.client.post("/short_lines", content=b"0123456789\n12\n").json()["lengths"] == [5, 5, 1, 3]

    def test_no_body(self, server: Server) -> None:
        assert server.client.get("/whole").json()["lengths"] == [0]

    def test_an_ignored_body_does_not_hurt_the_next_request(self, server: Server) -> None:
        with server.connect() as raw:
            for size in (10, 100_000):
                raw.send(b"POST /ignored HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size).send(b"x" * size)
                assert raw.response()[1] == b"ignored\n"

    def test_expect_100_continue(self, server: Server) -> None:
        with server.connect() as raw:
            raw.send(b"POST /whole HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            assert raw.socket.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            assert b'"lengths": [5]' in raw.send(b"12345").response()[1]

    def test_too_long_for_httpd(self, server: Server) -> None:
        server.log.allow("LimitRequestBody|Request body|larger than", "PythonHandler bodies::whole")
        assert server.client.post("/limited", content=body(2000)).status_code == 413

    @pytest.mark.parametrize(
        "start",
        [
            b"Content-Length: 100\r\n\r\n0123456789",
            b"Transfer-Encoding: chunked\r\n\r\na\r\n01234",
        ],
        ids=["length", "chunked"],
    )
    def test_half_a_body_and_gone(self, server: Server, start: bytes) -> None:
        mark = server.log.mark()
        with server.connect() as raw:
            raw.send(b"POST /guarded HTTP/1.1\r\nHost: x\r\n" + start).abort()
        server.log.wait_for("read gave (OSError|SERVER_RETURN)", mark)
        assert server.client.get("/ignored").status_code == 200
