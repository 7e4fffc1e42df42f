"""The life of a server: graceful restarts, children that end, and nothing that crashes or hangs on the way."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from harness import MPMS, Conf, Server, wait

pytestmark = pytest.mark.lifecycle


def lives(conf: Conf) -> None:
    """The app that tells its end, in three kinds of interpreters."""
    app = conf.app("lives")
    for kind in ("own", "shared", "main"):
        conf.add(f"PythonInterpreterOptions {kind} gil={kind}")
        app.handler(kind, "exits", f"PythonInterpreter {kind}")
    app.handler("stuck", "exits::stuck", "PythonInterpreter own").handler("endless", "exits::endless", "PythonInterpreter own")


def visit(server: Server) -> int:
    """Ask every kind once; the process that answered."""
    answers = {server.client.get(f"/{kind}").text for kind in ("own", "shared", "main")}
    return int(answers.pop())


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
            server.graceful()
        assert visit(server) in server.children()


class TestUnderLoad:
    """Graceful restarts while kept-alive clients ask: no request fails."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """More processes, for old ones and new ones at once."""
        lives(conf)
        conf.mpm_lines(
            "StartServers 2", "ServerLimit 40", "ThreadsPerChild 8", "MaxRequestWorkers 16", "GracefulShutdownTimeout 20"
        )

    def test_no_request_fails(self, server: Server) -> None:
        assert restart_under_load(server, times=5) > 100


def restart_under_load(server: Server, times: int) -> int:
    """Restart so often while four clients ask, each on a kept connection; the number of answers, all of them right."""
    stop = Event()

    def client(kind: str) -> int:
        answered = 0
        with httpx.Client(base_url=f"http://127.0.0.1:{server.conf.port}", timeout=60, trust_env=False) as http:
            while not stop.is_set():
                response = wait.retried(lambda: http.get(f"/{kind}"), httpx.RemoteProtocolError, httpx.ReadError)
                assert response.status_code == 200, response.text
                answered += 1
        return answered

    with ThreadPoolExecutor() as pool:
        clients = [pool.submit(client, kind) for kind in ("own", "shared", "main", "own")]
        try:
            for _ in range(times):
                server.graceful()
        finally:
            stop.set()
        return sum(each.result() for each in clients)


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

    @pytest.fixture
    def fresh(self, conf: Conf) -> Server:
        """A server of this test's own."""
        return Server(conf)

    @pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGWINCH], ids=["stop", "graceful-stop"])
    def test_idle_interpreters_run_their_exit_functions(self, fresh: Server, how: signal.Signals) -> None:
        mark = fresh.log.mark()
        with fresh:
            pid = visit(fresh)
            fresh.client.close_idle()
            fresh.stop(how)
        for kind in ("own", "shared", "main"):
            fresh.log.wait_for(f"atexit in {kind} of {pid}", mark)
        fresh.log.check()

    def test_a_thread_that_never_ends_does_not_keep_the_child(self, fresh: Server) -> None:
        fresh.log.allow(r"MPY\d+.*own", "AH00045", "AH00046")
        with fresh:
            assert fresh.client.get("/endless").text == "left\n"
            fresh.client.close_idle()
            fresh.stop()
        fresh.log.check()

    def test_a_handler_that_never_ends_does_not_hang_the_stop(self, fresh: Server) -> None:
        fresh.log.allow(r"MPY\d+.*own", "AH00045", "AH00046")
        with fresh, fresh.connect() as raw:
            mark = fresh.log.mark()
            raw.send(b"GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n")
            fresh.log.wait_for("stuck now", mark)
            fresh.stop()
        fresh.log.check()
