"""Rounds of measurements on servers that live until a scenario ends; medians of what wrk saw.

Runs in the process of `run.py`. Knows nothing of what is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import servers
import wrk
from record import median
from servers import Installation, Row, Server
from wrk import Load, Run

Measure = Callable[[], Run]
Figures = dict[str, Any]
FIELDS = ("rate", "p50_us", "p99_us", "max_us")


@dataclass
class Bench:
    """Rounds of measurements, taken in turn."""

    installation: Installation
    rounds: int
    seconds: float
    stack: ExitStack
    only: str = ""
    """The part of a scenario's tables to measure."""
    keep: Callable[[Figures], object] = field(default=lambda _: None)
    """Stores what was measured so far."""

    def server(self, row: Row, kind: type[Server] = Server) -> Server:
        """Start the server of a row."""
        return self.stack.enter_context(kind(servers.make_conf(self.installation, row)))

    def in_turn(self, measures: dict[str, Measure]) -> Figures:
        """Every measure once a round; the medians."""
        runs: dict[str, list[Run]] = {name: [] for name in measures}
        for _ in range(self.rounds):
            for name, measure in measures.items():
                runs[name].append(measure())
        return {name: summary(found) for name, found in runs.items()}

    def load(self, server: Server, path: str, clients: int, body: Path | None = None) -> Measure:
        """A measure: these clients on one path; with a body they POST it."""
        return lambda: wrk.run(servers.url(server, path), clients, self.seconds, body)

    def loads(self, server: Server, paths: list[str], clients: int) -> Measure:
        """A measure: several paths at once, the clients shared among them; rates add up, latencies are the worst."""
        urls = [servers.url(server, path) for path in paths]

        def measure() -> Run:
            started = [Load(url, clients // len(urls), self.seconds) for url in urls]
            return total([load.finish() for load in started])

        return measure


def on_one_processor() -> list[str]:
    """The beginning of a command that may use the last processor only, so that wrk has the others."""
    return ["taskset", "-c", str(servers.processors()[-1])]


class OneProcessor(Server):
    """An httpd that may use one processor only."""

    def command(self, *options: str) -> list[str | Path]:
        """Pinned by taskset."""
        return [*on_one_processor(), *super().command(*options)]


def total(runs: list[Run]) -> Run:
    """Runs at the same time as one."""
    worst = {field: max(getattr(run, field) for run in runs) for field in ("p50_us", "p99_us", "max_us")}
    return Run(round(sum(run.rate for run in runs), 1), lost=sum(run.lost for run in runs), **worst)


def summary(runs: list[Run]) -> Figures:
    """Medians, and the runs they come from."""
    medians = {field: median(getattr(run, field) for run in runs) for field in FIELDS}
    return {**medians, "lost": sum(run.lost for run in runs), "runs": [run.as_dict() for run in runs]}
