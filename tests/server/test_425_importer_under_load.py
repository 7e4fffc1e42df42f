"""Modules that change while many clients ask: no request fails, and each child ends at the last version."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from harness import Conf, Server, wait


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
        until = time.monotonic() + 4

        def ask(number: int) -> set[int]:
            found = set()
            while time.monotonic() < until:
                found.add(server.client.get("/watching", host=("one.test", "two.test")[number % 2]).status_code)
            return found

        with ThreadPoolExecutor(16) as pool:
            asked = [pool.submit(ask, number) for number in range(16)]
            for version in range(12):
                new = file.with_suffix(".new")
                new.write_text(f"TEXT = 'version {version}'\n" + "#" * version)
                new.rename(file)
                time.sleep(0.3)
        assert set.union(*(future.result() for future in asked)) == {200}
        for host in ("one.test", "two.test"):
            wait.until(partial(self.is_last, server, host), f"the last version in {host}")

    def is_last(self, server: Server, host: str) -> bool:
        return {answer.text for answer in server.client.several(["/watching"] * 8, host=host)} == {"version 11"}
