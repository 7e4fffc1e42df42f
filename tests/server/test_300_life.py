"""The life of a server: graceful restarts, children that end, and nothing that crashes or hangs on the way."""

from __future__ import annotations

import signal

import pytest

from harness import MPMS, Conf, Server, wait
from harness.lives import busy, lives, restart_under_load, visit

pytestmark = pytest.mark.lifecycle


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestGraceful:
    """Restarts of a server that worked."""

    configure = staticmethod(lives)

    def test_every_generation_works_and_ends(self, server: Server) -> None:
        for _ in range(5):
            old = server.children()
            mark = server.log.mark()
            pid = visit(server)
            server.client.close_idle()
            server.graceful()
            server.wait_gone(old)
            for kind in ("own", "shared", "main"):
                server.log.wait_for(f"atexit in {kind} of {pid}", mark)

    def test_idle(self, server: Server) -> None:
        for _ in range(10):
            # The next signal counts once the new child is there.
            wait.until(server.children, "a child")
            old = server.children()
            server.graceful()
            server.wait_gone(old)
        wait.until(server.children, "a child")
        assert visit(server) in server.children()


class TestUnderLoad:
    """Graceful restarts while kept-alive clients ask: no request fails."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """More processes, for old ones and new ones at once."""
        lives(conf)
        conf.mpm_lines(*busy(servers=40))

    def test_no_request_fails(self, server: Server) -> None:
        restart_under_load(server, times=5)


class TestReplacement:
    """Children that end after some connections, while others are asked."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Twenty connections a child."""
        lives(conf)
        conf.add("MaxConnectionsPerChild 20", "KeepAlive Off")

    def test_many_children(self, server: Server) -> None:
        seen = {visit(server) for _ in range(60)}
        assert len(seen) >= 3


class TestStop:
    """The end, with something left in Python that does not want to."""

    configure = staticmethod(lives)

    @pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGWINCH], ids=["stop", "graceful-stop"])
    def test_idle_interpreters_run_their_exit_functions(self, idle: Server, how: signal.Signals) -> None:
        mark = idle.log.mark()
        with idle:
            pid = visit(idle)
            idle.client.close_idle()
            idle.stop(how)
        for kind in ("own", "shared", "main"):
            idle.log.wait_for(f"atexit in {kind} of {pid}", mark)
        idle.check_log()

    def test_a_thread_that_never_ends_does_not_keep_the_child(self, idle: Server) -> None:
        idle.log.allow(r"MPY\d+.*own", "AH00045", "AH00046")
        with idle:
            assert idle.client.get("/endless").text == "left\n"
            idle.client.close_idle()
            idle.stop()
        idle.check_log()

    def test_a_handler_that_never_ends_does_not_hang_the_stop(self, idle: Server) -> None:
        idle.log.allow(r"MPY\d+.*own", "AH00045", "AH00046")
        with idle, idle.connect() as raw:
            mark = idle.log.mark()
            raw.send(b"GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n")
            idle.log.wait_for("stuck now", mark)
            idle.stop()
        idle.check_log()


@pytest.mark.parametrize("mpm", ["event", "prefork"], indirect=True)
class TestStuckGil:
    """The end of a child in which a GIL never comes free: under prefork httpd's main thread has used it itself."""

    configure = staticmethod(lives)

    def test_the_child_ends_all_the_same(self, idle: Server) -> None:
        idle.log.allow("MPY0106.*shared", "AH00045")
        with idle:
            assert idle.client.get("/holding").text == "left\n"
            idle.client.close_idle()
            idle.log.wait_for("holding now")
            idle.stop()
        assert not idle.log.find("AH00046"), "the child ended by itself, nobody had to kill it"
        idle.check_log()
