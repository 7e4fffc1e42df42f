"""Output filters: what they see, what they send, and what happens when they fail."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from harness import MPMS, Conf, Server

FILE = random.Random(0).randbytes(5_000_001)
FILTERS = (
    "upper numbered passed_on by_pieces careless swallowing failing returning disabled described keeping Wrapper.around"
).split()


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestOutputFilters:
    """A path per filter, over a file and over a handler."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Filters are named once for the app; `/<filter>.txt` is a file, `/<filter>.py` a handler."""
        app = conf.app("filters", "PythonDebug Off")
        directory = conf.root / "apps/filters"
        for name in FILTERS:
            app.add(f"PythonOutputFilter filters::{name} {name.upper()}")
            (directory / f"{name}.txt").write_bytes((directory / "page.txt").read_bytes())
            app.block("Files", f"{name}.txt", f"SetOutputFilter {name.upper()}")
            app.handler(f"{name}.py", "filters::hello", f"SetOutputFilter {name.upper()}")
        (directory / "file.bin").write_bytes(FILE)
        app.block("Files", "file.bin", "SetOutputFilter BY_PIECES")
        app.handler("much", "filters::much", "SetOutputFilter UPPER")
        app.handler("steps", "filters::steps", "SetOutputFilter UPPER")
        app.handler("two", "filters::hello", "SetOutputFilter UPPER;NUMBERED")
        app.handler("counted", "filters::counted", "SetOutputFilter NUMBERED")
        app.handler("shown", "filters::hello", "SetOutputFilter FAILING", "PythonDebug On")
        app.handler("kept", "filters::kept")
        app.handler("unnamed", "filters::hello", "PythonOutputFilter filters::upper", "SetOutputFilter filters::upper")
        conf.block("Location", "/elsewhere", "PythonOutputFilter filters::upper ELSEWHERE")
        app.handler("lost", "filters::hello", "SetOutputFilter ELSEWHERE")

    @pytest.mark.parametrize(
        ("name", "page"),
        [
            ("upper", "ONE\nTWO\nTHREE\n"),
            ("numbered", "1: one\n2: two\n3: three\n3 lines\n"),
            ("passed_on", "one\ntwo\nthree\n"),
            ("by_pieces", "one\ntwo\nthree\n"),
            ("careless", "<one\ntwo\nthree\n><>"),
            ("swallowing", ""),
            ("disabled", "first one\ntwo\nthree\n"),
            ("Wrapper.around", "[one\ntwo\nthree\n]"),
        ],
    )
    def test_over_a_file(self, server: Server, name: str, page: str) -> None:
        response = server.client.get(f"/{name}.txt")
        assert (response.status_code, response.text) == (200, page)

    @pytest.mark.parametrize(
        ("name", "page"),
        [
            ("upper", "HELLO\nWORLD\n"),
            ("numbered", "1: hello\n2: world\n2 lines\n"),
            ("passed_on", "hello\nworld\n"),
            ("by_pieces", "hello\nworld\n"),
            ("swallowing", ""),
            ("disabled", "first hello\nworld\n"),
        ],
    )
    def test_over_a_handler(self, server: Server, name: str, page: str) -> None:
        assert server.client.get(f"/{name}.py").text == page

    def test_a_small_filtered_reply_has_its_length(self, server: Server) -> None:
        assert server.client.get("/numbered.txt").headers["Content-Length"] == "31"

    def test_head(self, server: Server) -> None:
        assert server.client.request("HEAD", "/numbered.txt").content == b""

    def test_a_connection_is_kept(self, server: Server) -> None:
        with server.connect() as raw:
            for _ in range(50):
                response, data = raw.send(b"GET /upper.txt HTTP/1.1\r\nHost: x\r\n\r\n").response()
                assert (response.status, data) == (200, b"ONE\nTWO\nTHREE\n")

    def test_a_large_file(self, server: Server) -> None:
        assert server.client.get("/file.bin").content == FILE

    def test_much_of_a_handler(self, server: Server) -> None:
        assert server.client.get("/much").content == b"0123456789" * 500_000

    def test_a_flush_goes_through(self, server: Server) -> None:
        go = server.root / "apps/filters/go"
        go.unlink(missing_ok=True)
        with server.connect() as raw:
            raw.send(b"GET /steps HTTP/1.0\r\n\r\n")
            start = b""
            while b"FIRST\n" not in start:
                start += raw.socket.recv(4096)
            assert b"SECOND" not in start
            go.touch()
            assert raw.until_closed().endswith(b"SECOND\nTHIRD\n")

    def test_one_filter_after_the_other(self, server: Server) -> None:
        assert server.client.get("/two").text == "1: HELLO\n2: WORLD\n2 lines\n"

    def test_the_request_carries_what_the_handler_left(self, server: Server) -> None:
        assert server.client.get("/counted").text == "41: a\n41 lines\n"

    def test_without_a_name_the_handler_word_is_the_name(self, server: Server) -> None:
        assert server.client.get("/unnamed").text == "HELLO\nWORLD\n"

    def test_after_an_exception_the_rest_passes(self, server: Server) -> None:
        server.log.expect("MPY0421.*PythonOutputFilter filters::failing: ValueError: in the <filter>")
        server.log.allow("MPY0421")
        response = server.client.get("/failing.txt")
        assert (response.status_code, response.text) == (200, "ONE\nTwo\nthree\n")

    def test_an_exception_is_shown_when_debugging(self, server: Server) -> None:
        server.log.allow("MPY0421")
        response = server.client.get("/shown")
        assert response.status_code == 500
        assert response.headers["Content-Type"].startswith("text/html")
        assert "ValueError: in the &lt;filter&gt;" in response.text
        assert 'Mod_python error: "PythonOutputFilter filters::failing"' in response.text

    def test_server_return_sets_the_status(self, server: Server) -> None:
        response = server.client.get("/returning.txt")
        assert (response.status_code, response.text) == (200, "one\ntwo\nthree\n")

    def test_a_filter_describes_itself(self, server: Server) -> None:
        mark = server.log.mark()
        directory = server.root / "apps/filters"
        assert server.client.get("/described.txt").text.splitlines() == [
            "name='described'",
            "is_input=0",
            "closed=0",
            "handler='filters::described'",
            f"dir='{directory}/'",
            "softspace=0",
            "req=mp_request /described.txt",
            "type=mp_filter other=False",
        ]
        server.log.wait_for("closed=1; I/O operation on closed filter", mark)

    def test_a_filter_object_ends_with_its_call(self, server: Server) -> None:
        assert server.client.get("/keeping.txt").text == "one\ntwo\nthree\n"
        assert server.client.get("/kept").text.splitlines() == [
            "ValueError: I/O operation on closed filter",
            "ValueError: I/O operation on closed filter",
            "ValueError: I/O operation on closed filter",
            "RuntimeError: request is finished",
            "closed=1 name=keeping",
        ]

    def test_a_filter_that_applies_elsewhere(self, server: Server) -> None:
        server.log.expect("MPY0420.*Could not find registered filter 'elsewhere'")
        server.log.allow("PythonHandler filters::hello")
        assert server.client.get("/lost").status_code == 500


def test_the_file_is_what_the_tests_think() -> None:
    assert (Path(__file__).parent / "apps/filters/page.txt").read_text() == "one\ntwo\nthree\n"
