"""Threads, processes and event loops of applications; what is refused, and that it says so."""

from __future__ import annotations

import pytest

from harness import Conf, Server

KINDS = ("own", "shared", "main")


@pytest.mark.lifecycle
class TestThreads:
    """The app in each kind of interpreter."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A name per kind."""
        app = conf.app("threads")
        for kind in KINDS:
            conf.add(f"PythonInterpreterOptions {kind} gil={kind}")
            for task in ("thread", "pool", "process", "loop", "refused", "thread_local"):
                app.handler(f"{kind}-{task}", f"tasks::{task}", f"PythonInterpreter {kind}")

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(("task", "answer"), [("thread", None), ("pool", "328350"), ("process", "42"), ("loop", "42")])
    def test_works(self, server: Server, kind: str, task: str, answer: str | None) -> None:
        for _ in range(3):
            response = server.client.get(f"/{kind}-{task}")
            assert (response.status_code, response.text) == (200, answer or kind)

    @pytest.mark.parametrize("kind", KINDS)
    def test_refused_in_clear_words(self, server: Server, kind: str) -> None:
        lines = server.client.get(f"/{kind}-refused").text.splitlines()
        assert len(lines) == 6
        assert all("Error: " in line for line in (*lines[:4], lines[5])), lines
        assert "os.fork() is refused inside httpd" in lines[0]
        if kind == "own":
            assert "daemon" in lines[4]

    def test_thread_local_survives_between_requests(self, server: Server) -> None:
        counts: dict[str, int] = {}
        for _ in range(40):
            thread, count = server.client.get("/own-thread_local").text.split()
            counts[thread] = counts.get(thread, 0) + 1
            assert counts[thread] == int(count)


@pytest.mark.lifecycle
class TestDaemonThreads:
    """`daemon-threads=yes`: on a Python that can end an interpreter with such a thread, and refused on any other."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The line is added by the test."""
        conf.app("threads").handler("daemon", "tasks::daemon", "PythonInterpreter daemons")

    def test_allowed_or_refused(self, idle: Server) -> None:
        idle.conf.add("PythonInterpreterOptions daemons gil=own daemon-threads=yes")
        if idle.conf.installation.python_version < (3, 14):
            done = idle.configtest()
            assert done.returncode != 0
            assert "daemons daemon-threads=yes: needs Python 3.14" in done.stderr
            return
        with idle:
            idle.log.allow("daemon")
            assert idle.client.get("/daemon").text == "started"
