"""The app `lives` in three kinds of interpreters, and what tests of restarts do with it."""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx

from harness import wait
from harness.client import CLOSED
from harness.conf import Conf
from harness.server import Server


def lives(conf: Conf) -> None:
    """The app that tells its end, in three kinds of interpreters."""
    app = conf.app("lives")
    for kind in ("own", "shared", "main"):
        conf.add(f"PythonInterpreterOptions {kind} gil={kind}")
        app.handler(kind, "exits", f"PythonInterpreter {kind}")
    app.handler("stuck", "exits::stuck", "PythonInterpreter own").handler("endless", "exits::endless", "PythonInterpreter own")
    app.handler("holding", "exits::holding", "PythonInterpreter shared")


def busy(servers: int) -> tuple[str, ...]:
    """Settings of the event MPM with room for so many processes, old ones and new ones at once."""
    return (
        "StartServers 2",
        f"ServerLimit {servers}",
        "ThreadsPerChild 8",
        "MaxRequestWorkers 64",
        "MinSpareThreads 8",
        "MaxSpareThreads 24",
        "GracefulShutdownTimeout 20",
    )


def visit(server: Server) -> int:
    """Ask every kind once; the process that answered."""
    answers = {server.client.get(f"/{kind}").text for kind in ("own", "shared", "main")}
    return int(answers.pop())


def restart_under_load(server: Server, times: int, each: int = 50) -> None:
    """Restart so often while four clients ask on kept connections; every generation gives `each` answers, all right."""
    stop = Event()
    answered: list[str] = []

    def ask(kind: str) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{server.conf.port}", timeout=60, trust_env=False) as http:
            while not stop.is_set():
                response = wait.retried(lambda: http.get(f"/{kind}"), *CLOSED)
                assert response.status_code == 200, response.text
                answered.append(kind)

    def reached(goal: int) -> bool:
        return len(answered) >= goal or any(client.done() for client in clients)

    with ThreadPoolExecutor() as pool:
        clients = [pool.submit(ask, kind) for kind in ("own", "shared", "main", "own")]
        try:
            for _ in range(times):
                goal = len(answered) + each
                wait.until(functools.partial(reached, goal), f"{each} answers")
                server.graceful()
        finally:
            stop.set()
        for client in clients:
            client.result()
