"""Replicas: several interpreters behind one name; a request belongs to one of them."""

from __future__ import annotations

import os
from collections import Counter

from harness import Conf, Server


class TestReplicas:
    """Two, and as many as there are processors."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A name with two replicas and one with `cores`."""
        conf.add("PythonInterpreterOptions two gil=own replicas=2", "PythonInterpreterOptions all replicas=cores")
        app = conf.app("names", "PythonInterpreter two").handler("two", "names")
        app.handler("all", "names", "PythonInterpreter all")
        app.handler("stack", "stack stack::second")

    def test_both_are_used_under_load(self, server: Server) -> None:
        facts = [answer.json() for answer in server.client.several(["/two"] * 200)]
        used = Counter(fact["replica"] for fact in facts)
        assert set(used) == {0, 1}
        assert {fact["interpreter"] for fact in facts} == {"two"}
        assert len({fact["identity"] for fact in facts}) == 2

    def test_each_keeps_its_own_state(self, server: Server) -> None:
        facts = [answer.json() for answer in server.client.several(["/two"] * 40)]
        for replica in (0, 1):
            counts = [fact["counter"] for fact in facts if fact["replica"] == replica]
            assert len(set(counts)) == len(counts)

    def test_a_thread_stays_with_its_replica(self, server: Server) -> None:
        facts = [server.client.get("/two").json() for _ in range(60)]
        pairs = {(fact["thread"], fact["replica"]) for fact in facts}
        assert len(pairs) == len({thread for thread, _ in pairs})

    def test_all_handlers_of_a_request_see_one_replica(self, server: Server) -> None:
        for answer in server.client.several(["/stack"] * 100):
            first, second = answer.text.split()
            assert first == second

    def test_cores(self, server: Server) -> None:
        facts = [answer.json() for answer in server.client.several(["/all"] * 200)]
        assert {fact["replica"] for fact in facts} == set(range(len(os.sched_getaffinity(0))))
