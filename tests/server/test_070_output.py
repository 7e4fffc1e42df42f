"""Responses: writes, headers, files, connections kept and lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from harness import Conf, Server

PATHS = ("small", "kinds", "much", "step", "endless", "sends", "sends_between", "sends_nothing", "headers", "failing")
FILE = random.Random(0).randbytes(3_000_001)


class TestOutput:
    """Handlers that answer."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A path per way to answer."""
        app = conf.app("output")
        for name in PATHS:
            app.handler(name, f"output::{name}")
        (conf.root / "apps/output/file.bin").write_bytes(FILE)

    def test_a_small_reply(self, server: Server) -> None:
        response = server.client.get("/small")
        assert response.text == "hello world\n"
        assert response.headers["Content-Length"] == "12"
        assert response.headers["Content-Type"].startswith("text/plain")

    def test_str_and_bytes(self, server: Server) -> None:
        assert server.client.get("/kinds").text == "grün bytes ende\n"

    def test_much(self, server: Server) -> None:
        assert server.client.get("/much").content == b"0123456789" * 1_000_000

    def test_headers(self, server: Server) -> None:
        response = server.client.get("/headers")
        assert (response.status_code, response.text) == (201, "created\n")
        assert response.headers["Content-Type"] == "text/x-test"
        assert response.headers.get_list("X-Many") == ["1", "2"]
        assert (response.headers["X-Out"], response.headers["X-Err"]) == ("out", "err")

    def test_headers_of_a_failed_request(self, server: Server) -> None:
        response = server.client.get("/failing")
        assert response.status_code == 403
        assert response.headers["X-Err"] == "err"
        assert "X-Out" not in response.headers

    @pytest.mark.parametrize("path", ["/small", "/headers", "/sends"])
    def test_head_has_the_headers_and_no_body(self, server: Server, path: str) -> None:
        with server.connect() as raw:
            for method in ("HEAD", "GET", "HEAD"):
                raw.send(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                response, data = raw.response(method)
                assert response.status in (200, 201)
                assert bool(data) == (method == "GET")

    def test_a_connection_is_kept(self, server: Server) -> None:
        with server.connect() as raw:
            for _ in range(100):
                response, data = raw.send(b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n").response()
                assert (response.status, data) == (200, b"hello world\n")

    def test_pipelined(self, server: Server) -> None:
        with server.connect() as raw:
            question = b"GET /small HTTP/1.1\r\nHost: x\r\n"
            raw.send((question + b"\r\n") * 9 + question + b"Connection: close\r\n\r\n")
            assert raw.until_closed().count(b"hello world\n") == 10

    def test_http_1_0(self, server: Server) -> None:
        with server.connect() as raw:
            answer = raw.send(b"GET /kinds HTTP/1.0\r\n\r\n").until_closed()
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith("grün bytes ende\n".encode())

    def test_a_flushed_part_arrives_before_the_rest(self, server: Server) -> None:
        go = server.root / "apps/output/go"
        with server.connect() as raw:
            data = b""
            raw.send(b"GET /step HTTP/1.0\r\n\r\n")
            while b"first\n" not in data:
                data += raw.socket.recv(1000)
            assert b"second" not in data
            go.touch()
            assert raw.until_closed().endswith(b"second\n")

    def test_a_client_that_goes_is_noticed(self, server: Server) -> None:
        mark = server.log.mark()
        with server.connect() as raw:
            raw.send(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").socket.recv(1000)
            raw.abort()
        server.log.wait_for("stopped: ", mark)
        assert server.client.get("/small").status_code == 200


class TestSendfile:
    """Files."""

    configure = TestOutput.configure

    @pytest.mark.parametrize(
        ("arguments", "part"),
        [
            ("", slice(None)),
            ("0", slice(None)),
            ("1000", slice(1000, None)),
            ("0,10", slice(10)),
            ("1000,10", slice(1000, 1010)),
            ("1000,-1", slice(1000, None)),
            ("3000000", slice(3_000_000, None)),
        ],
    )
    def test_whole_and_parts(self, server: Server, arguments: str, part: slice) -> None:
        response = server.client.get(f"/sends?{arguments}")
        assert response.content == FILE[part]
        server.log.wait_for(f"sent {len(FILE[part])}$|sent {len(FILE[part])},")

    def test_between_writes(self, server: Server) -> None:
        assert server.client.get("/sends_between").text == "before\na file\nafter\n"

    def test_a_file_that_is_not_there(self, server: Server) -> None:
        assert server.client.get("/sends_nothing").text.startswith("OSError: ")

    def test_the_file_is_untouched(self, server: Server) -> None:
        server.client.get("/sends")
        assert Path(server.root / "apps/output/file.bin").read_bytes() == FILE
