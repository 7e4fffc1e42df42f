"""The harness itself, with an httpd that has no Python: what it must notice, and what it must let pass."""

from __future__ import annotations

import pytest

from harness import MPMS, Conf, Server
from harness.log import Line, LogError


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestProcesses:
    """Start, graceful restart and stop, waiting for facts."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """An httpd that serves one file."""
        conf.plain()
        conf.app("static")

    def test_serves(self, server: Server) -> None:
        response = server.client.get("/hello.txt")
        assert (response.status_code, response.text) == (200, "hello\n")

    def test_graceful_makes_new_children(self, server: Server) -> None:
        before = server.children()
        assert before
        server.graceful()
        server.wait_gone(before)
        assert server.children()
        assert server.client.get("/hello.txt").status_code == 200

    def test_raw_connection_is_kept(self, server: Server) -> None:
        with server.connect() as raw:
            for _ in range(2):
                response, body = raw.send(b"GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n").response()
                assert (response.status, body) == (200, b"hello\n")

    def test_configtest(self, idle: Server) -> None:
        assert "Syntax OK" in idle.configtest().stderr


class TestLog:
    """The scanner of the error log."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """An httpd in which one path logs an error whenever it is asked."""
        conf.plain().load("access_compat")
        conf.app("static").block("Files", "denied.txt", "Require all denied")

    def test_an_announced_line_passes(self, server: Server) -> None:
        server.log.expect("AH01630")
        assert server.client.get("/denied.txt").status_code == 403

    def test_an_unannounced_line_fails(self, server: Server) -> None:
        server.client.get("/denied.txt")
        with pytest.raises(LogError, match="AH01630"):
            server.log.check()

    def test_a_line_that_never_came_fails(self, server: Server) -> None:
        server.log.expect("MPY9999")
        with pytest.raises(TimeoutError, match="MPY9999"):
            server.log.check()

    @pytest.mark.parametrize(
        ("text", "serious"),
        [
            ("[Sun Nov 22 13:29:41.462124 2026] [core:error] [pid 3:tid 4] AH00124: x", True),
            ("[Sun Nov 22 13:29:41.462124 2026] [python:warn] [pid 3:tid 4] MPY0103: x", True),
            ("[Sun Nov 22 13:29:41.462124 2026] [core:warn] [pid 3:tid 4] AH00111: x", False),
            (
                "[Sun Nov 22 13:29:41.462124 2026] [core:notice] [pid 3] AH00052: child pid 5 exit signal Aborted (6)",
                True,
            ),
            ("free(): invalid pointer", True),
        ],
    )
    def test_what_is_serious(self, text: str, serious: bool) -> None:
        assert Line.parse(text).serious is serious
