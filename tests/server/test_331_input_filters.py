"""Input filters: bodies of any size on their way to a handler."""

from __future__ import annotations

import random

import pytest

from harness import MPMS, Conf, Server

BODY = b"".join(b"%06d abcdefgh\n" % number for number in range(360_000))
NOISE = random.Random(0).randbytes(5_000_001)
FILTERS = "upper_body piece_of_body lines_of_body passed_body idle_body failing_body".split()


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestInputFilters:
    """A path per filter, over a handler that sends the body back."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Filters are named once for the app."""
        app = conf.app("filters", "PythonDebug Off")
        for name in FILTERS:
            app.add(f"PythonInputFilter filters::{name} {name}")
            app.handler(name, "filters::echo", f"SetInputFilter {name}")
        app.handler("whole", "filters::whole", "SetInputFilter upper_body")
        app.handler("both", "filters::echo", "SetInputFilter upper_body;lines_of_body")
        app.handler("reading_at_run_time", "filters::reading_at_run_time")

    def test_a_small_body(self, server: Server) -> None:
        assert server.client.post("/upper_body", content=b"small\n").content == b"SMALL\n"

    def test_no_body(self, server: Server) -> None:
        assert server.client.get("/upper_body").content == b""

    def test_five_million_bytes(self, server: Server) -> None:
        assert server.client.post("/upper_body", content=BODY).content == BODY.upper()

    def test_five_million_bytes_in_chunks(self, server: Server) -> None:
        chunks = (BODY[start : start + 10_000] for start in range(0, len(BODY), 10_000))
        assert server.client.post("/upper_body", content=chunks).content == BODY.upper()

    def test_read_in_one_go(self, server: Server) -> None:
        assert server.client.post("/whole", content=BODY).text == str(len(BODY))

    def test_a_filter_that_takes_a_piece_at_a_time(self, server: Server) -> None:
        assert server.client.post("/piece_of_body", content=BODY).content == BODY.replace(b"\n", b"")

    def test_a_filter_that_takes_lines(self, server: Server) -> None:
        wanted = b"".join(line[::-1] + b"\n" for line in BODY[:150_000].splitlines())
        assert server.client.post("/lines_of_body", content=BODY[:150_000]).content == wanted

    def test_pass_on(self, server: Server) -> None:
        assert server.client.post("/passed_body", content=NOISE).content == NOISE

    def test_a_filter_that_does_nothing(self, server: Server) -> None:
        assert server.client.post("/idle_body", content=NOISE).content == NOISE

    def test_after_an_exception_the_body_passes(self, server: Server) -> None:
        server.log.expect("PythonInputFilter filters::failing_body: ValueError: in the input filter")
        server.log.allow("MPY0421")
        assert server.client.post("/failing_body", content=b"body").content == b"body"

    def test_one_filter_after_the_other(self, server: Server) -> None:
        assert server.client.post("/both", content=b"abc\ndef\n").content == b"CBA\nFED\n"

    def test_registered_at_run_time(self, server: Server) -> None:
        assert server.client.post("/reading_at_run_time", content=b"body").content == b"BODY"

    def test_the_connection_goes_on(self, server: Server) -> None:
        with server.connect() as raw:
            for size in (10, 100_000, 0):
                head = b"POST /upper_body HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size
                assert raw.send(head + b"x" * size).response()[1] == b"X" * size

    def test_half_a_body_and_gone(self, server: Server) -> None:
        server.log.allow("upper_body", "PythonHandler filters::echo", "OSError", "Traceback", "File ", "read", "data")
        with server.connect() as raw:
            raw.send(b"POST /upper_body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n0123456789").abort()
        assert server.client.post("/upper_body", content=b"next").content == b"NEXT"
