"""Modules that change while many clients ask: no request fails, and each child ends at the last version."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

from harness import Conf, Server, wait

# Each of another length: an early file system would not tell two of one second apart.
VERSIONS = ["version " + "x" * number for number in range(6)]


class TestUnderLoad:
    """A neighbour of the handler, written anew again and again."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The handler that imports it, in two interpreters of two replicas each."""
        conf.add("PythonInterpreterOptions * replicas=2")
        for name in ("one.test", "two.test"):
            conf.vhost(name).app("importing").handler("watching", "watching")

    def test_no_request_fails(self, server: Server) -> None:
        server.log.allow("AH00484")  # more clients than workers
        file = server.root / "apps/importing/watched.py"
        seen: set[str] = set()
        enough = Event()

        def ask(number: int) -> set[int]:
            found = set()
            while not enough.is_set():
                answer = server.client.get("/watching", host=("one.test", "two.test")[number % 2])
                found.add(answer.status_code)
                seen.add(answer.text)
            return found

        with ThreadPoolExecutor(16) as pool:
            asked = [pool.submit(ask, number) for number in range(16)]
            try:
                for version in VERSIONS:
                    new = file.with_suffix(".new")
                    new.write_text(f"TEXT = '{version}'\n")
                    new.rename(file)
                    wait.until(partial(seen.__contains__, version), version)
            finally:
                enough.set()
        assert set.union(*(future.result() for future in asked)) == {200}
        for host in ("one.test", "two.test"):
            wait.until(partial(self.is_last, server, host), f"the last version in {host}")

    def is_last(self, server: Server, host: str) -> bool:
        answers = server.client.several(["/watching"] * 8, host=host)
        return {answer.text for answer in answers} == {VERSIONS[-1]}
