"""The app `lives` in three kinds of interpreters, and what tests of restarts do with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx

from harness import wait
from harness.conf import Conf
from harness.server import Server


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
