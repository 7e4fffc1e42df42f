"""What a name feels of another one in the same server: one that burns its GIL, and one that is being imported.

Runs in the process of `run.py`; whose server it is, a caller says.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import servers
import wrk
from bench import Bench, Figures
from servers import Server
from wrk import Load, Run

BURNING, ASKING = 16, 4
IMPORT_SECONDS = 5


@dataclass(frozen=True)
class Pair:
    """The paths of a trivial page and of its neighbour."""

    trivial: str
    neighbour: str


def burning(bench: Bench, beside: Server, alone: Server, pair: Pair) -> Figures:
    """A trivial page beside a busy name, against the same on one processor less and without the neighbour.

    And beside a process that has nothing to do with the server: what is felt of that is the kernel's doing.
    """

    def asked() -> Run:
        return wrk.run(servers.url(beside, pair.trivial), ASKING, max(1, bench.seconds - 1))

    def with_neighbour() -> Run:
        load = Load(servers.url(beside, pair.neighbour), BURNING, bench.seconds)
        measured = asked()
        load.finish()
        return measured

    def with_stranger() -> Run:
        with computing():
            return asked()

    found = bench.in_turn(
        {
            "one processor, alone": bench.load(alone, pair.trivial, ASKING),
            "beside a busy name": with_neighbour,
            "beside a process that computes": with_stranger,
        }
    )
    ratios = compared(found["beside a busy name"], found["one processor, alone"], ("rate", "p99_us"))
    return {**found, **{f"{field}, beside / alone": value for field, value in ratios.items()}}


@contextmanager
def computing() -> Iterator[None]:
    """A process that does nothing but compute, on one processor."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def during_import(server: Server, pair: Pair, importing: bool) -> Run:
    """A trivial page in a new server, with or without the neighbour being imported meanwhile."""
    server.client.get(pair.trivial)
    load = Load(servers.url(server, pair.trivial), ASKING, IMPORT_SECONDS)
    asking = threading.Thread(target=server.client.get, args=(pair.neighbour,))
    if importing:
        asking.start()
    found = load.finish()
    if importing:
        asking.join()
    return found


def compared(with_: Figures, without: Figures, fields: tuple[str, ...]) -> dict[str, float]:
    """The ratios of some fields."""
    return {field: round(with_[field] / without[field], 3) for field in fields}
