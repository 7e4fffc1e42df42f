"""Soaks of minutes: what only shows after a thousand restarts."""

from __future__ import annotations

import pytest

from harness import Conf, Server
from harness.lives import busy, lives, restart_under_load, visit

pytestmark = [pytest.mark.lifecycle, pytest.mark.slow, pytest.mark.timeout(7200)]


class TestIdle:
    """1100 graceful restarts of an idle server."""

    TIMES = 1100

    @staticmethod
    def configure(conf: Conf) -> None:
        """Names that start with the child, so that every generation makes and ends interpreters."""
        lives(conf)
        conf.add("PythonInterpreterOptions own start=yes", "PythonInterpreterOptions shared start=yes")

    def test_every_generation_comes_and_goes(self, server: Server) -> None:
        for _ in range(self.TIMES):
            old = server.children()
            server.graceful()
            server.wait_gone(old, timeout=300)
            server.check_log()
        assert visit(server) in server.children()
        memory = server.memory()
        assert memory < 200_000_000, f"the parent has grown to {memory} bytes"


class TestUnderLoad:
    """Fifty graceful restarts while kept-alive clients ask."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Room for old and new children at once."""
        lives(conf)
        conf.mpm_lines(*busy(servers=60))

    def test_no_request_fails(self, server: Server) -> None:
        restart_under_load(server, times=50, each=500)
