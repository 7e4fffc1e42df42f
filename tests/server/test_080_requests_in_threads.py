"""A request in the hands of several threads: one at a time, and none once httpd has it back."""

from __future__ import annotations

from harness import Conf, Server

NAMES = ("joined", "reading", "left_reading", "leaves", "tells", "everyone")
HEAD = b" HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\nConnection: close\r\n\r\nhalf"


class TestThreads:
    """Threads that a handler starts."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A path per way to share."""
        app = conf.app("shared")
        for name in NAMES:
            app.handler(name, f"shared::{name}")

    def test_a_thread_works_for_its_handler(self, server: Server) -> None:
        assert server.client.get("/joined").text == "from a thread\nfrom the handler\n"

    def test_one_thread_at_a_time(self, server: Server) -> None:
        mark = server.log.mark()
        with server.connect() as raw:
            raw.send(b"POST /reading" + HEAD)
            server.log.wait_for("meanwhile told", mark)
            body = raw.send(b"done").until_closed().partition(b"\r\n\r\n")[2]
        assert body.decode().splitlines() == [
            "RuntimeError: request is busy in another thread",
            "halfdone",
            "/reading",
        ]

    def test_httpd_waits_for_a_thread_that_is_inside(self, server: Server) -> None:
        mark = server.log.mark()
        with server.connect() as raw:
            raw.send(b"POST /left_reading" + HEAD)
            answer = raw.send(b"done").until_closed()
        assert answer.startswith(b"HTTP/1.1 200")
        server.log.wait_for("read 8 bytes", mark)

    def test_a_thread_that_outlives_the_handler_is_refused(self, server: Server) -> None:
        for _ in range(3):
            assert server.client.get("/leaves").text == "left\n"
            assert server.client.get("/tells").text in (
                "RuntimeError: request is finished",
                "RuntimeError: request is not in the hands of a Python handler now",
            )

    def test_many_at_once(self, server: Server) -> None:
        for _ in range(5):
            mark = server.log.mark()
            assert server.client.get("/everyone").status_code == 200
            line = server.log.wait_for("refusals: ", mark)[0]
            assert line.text.endswith(("[]", "['RuntimeError: request is busy in another thread']")), line.text
