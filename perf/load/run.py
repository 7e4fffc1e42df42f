#!/usr/bin/env python3
"""Throughput and latency by wrk, as ratios of servers measured in turn on the same machine.

perf/load/run.py [--rounds N] [--seconds S] [SCENARIO ...]

    hello      twelve bytes, 1 and 16 clients, one replica and two, against the faster of the two C handlers
    cpu        a page that computes: two names at once, and one name with two replicas, against one interpreter
    neighbour  a trivial page while 16 clients keep another name busy, against one processor less and no neighbour
    import     a trivial page while another name is imported for three seconds, against nothing going on

Figures are medians of the rounds. They are printed and stored, and decide nothing.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import record
import servers
import wrk
from record import median
from servers import Installation, Row, Server, python
from wrk import Load, Run

Measure = Callable[[], Run]
Figures = dict[str, Any]


class Bench:
    """Rounds of measurements, taken in turn, on servers that live until the scenario ends."""

    def __init__(self, installation: Installation, rounds: int, seconds: float, stack: ExitStack) -> None:
        self.installation = installation
        self.rounds = rounds
        self.seconds = seconds
        self.stack = stack

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

    def load(self, server: Server, path: str, clients: int) -> Measure:
        """A measure: these clients on one path."""
        return lambda: wrk.run(servers.url(server, path), clients, self.seconds)

    def loads(self, server: Server, paths: list[str], clients: int) -> Measure:
        """A measure: several paths at once, the clients shared among them; rates add up, latencies are the worst."""
        urls = [servers.url(server, path) for path in paths]

        def measure() -> Run:
            started = [Load(url, clients // len(urls), self.seconds) for url in urls]
            return total([load.finish() for load in started])

        return measure


class OneProcessor(Server):
    """An httpd that may use one processor only."""

    def command(self, *options: str) -> list[str | Path]:
        """The last processor, so that wrk has the others."""
        return ["taskset", "-c", str(servers.processors()[-1]), *super().command(*options)]


def total(runs: list[Run]) -> Run:
    """Runs at the same time as one."""
    worst = {field: max(getattr(run, field) for run in runs) for field in ("p50_us", "p99_us", "max_us")}
    return Run(round(sum(run.rate for run in runs), 1), lost=sum(run.lost for run in runs), **worst)


def summary(runs: list[Run]) -> Figures:
    """Medians, and the runs they come from."""
    fields = ("rate", "p50_us", "p99_us", "max_us")
    medians = {field: median(getattr(run, field) for run in runs) for field in fields}
    return {**medians, "lost": sum(run.lost for run in runs), "runs": [run.as_dict() for run in runs]}


def hello(bench: Bench) -> Figures:
    """The native handler against the C handlers: every row of servers.py."""
    started = {row.name: (bench.server(row), row.path) for row in servers.ROWS.values()}
    figures: Figures = {}
    for clients in (1, 16):
        found = bench.in_turn({name: bench.load(*where, clients) for name, where in started.items()})
        best = max(found["yardstick"]["rate"], found["yardstick-flush"]["rate"])
        ratios = {f"{name} / yardstick": round(found[name]["rate"] / best, 3) for name in ("native", "native-2")}
        figures[f"{clients} client(s)"] = {**found, **ratios}
    return figures


def cpu(bench: Bench) -> Figures:
    """What a second interpreter adds when Python computes."""
    one = bench.server(Row("one", "", python("one/busy")))
    two = bench.server(Row("two", "", python("one/busy", "two/busy")))
    replicas = bench.server(Row("replicas", "", python("one/busy", options=("one replicas=2",))))
    found = bench.in_turn(
        {
            "one name": bench.load(one, "/one/busy/x", 16),
            "two names": bench.loads(two, ["/one/busy/x", "/two/busy/x"], 16),
            "two replicas": bench.load(replicas, "/one/busy/x", 16),
        }
    )
    base = found["one name"]["rate"]
    ratios = {f"{name} / one name": round(found[name]["rate"] / base, 3) for name in ("two names", "two replicas")}
    return {**found, **ratios}


def neighbour(bench: Bench) -> Figures:
    """A trivial page beside a busy name."""
    row = Row("neighbour", "", python("trivial/hello", "one/busy"))
    beside, alone = bench.server(row), bench.server(row, OneProcessor)

    def with_neighbour() -> Run:
        burning = Load(servers.url(beside, "/one/busy/x"), 16, bench.seconds)
        measured = wrk.run(servers.url(beside, "/trivial/hello/x"), 4, max(1, bench.seconds - 1))
        burning.finish()
        return measured

    found = bench.in_turn(
        {"one processor, alone": bench.load(alone, "/trivial/hello/x", 4), "beside a busy name": with_neighbour}
    )
    with_, without = found["beside a busy name"], found["one processor, alone"]
    ratios = {f"{field}, beside / alone": round(with_[field] / without[field], 3) for field in ("rate", "p99_us")}
    return {**found, **ratios}


def importing(bench: Bench) -> Figures:
    """A trivial page while another name is imported; each run has a new server, as an import happens once."""
    row = Row("import", "", python("trivial/hello", "one/slow"))

    def run(during: bool) -> Run:
        with Server(servers.make_conf(bench.installation, row)) as server:
            server.client.get("/trivial/hello/x")
            load = Load(servers.url(server, "/trivial/hello/x"), 4, 5)
            asking = threading.Thread(target=server.client.get, args=("/one/slow/x",))
            if during:
                asking.start()
            found = load.finish()
            if during:
                asking.join()
        return found

    found = bench.in_turn({"nothing going on": lambda: run(False), "during the import": lambda: run(True)})
    with_, without = found["during the import"], found["nothing going on"]
    return {**found, **{f"{field}, during / without": round(with_[field] / without[field], 3) for field in ("rate", "max_us")}}


SCENARIOS: dict[str, Callable[[Bench], Figures]] = {
    "hello": hello,
    "cpu": cpu,
    "neighbour": neighbour,
    "import": importing,
}


def show(figures: Figures, indent: str = "  ") -> None:
    """Print the figures, without the single runs."""
    for name, value in figures.items():
        if isinstance(value, dict) and "runs" in value:
            print(f"{indent}{name:24}" + "  ".join(f"{k} {v:g}" for k, v in value.items() if k != "runs"))
        elif isinstance(value, dict):
            print(f"{indent}{name}")
            show(value, indent + "  ")
        else:
            print(f"{indent}{name:40} {value:g}")


def main() -> None:
    """Run the chosen scenarios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO", help=" ".join(SCENARIOS))
    chosen = parser.parse_args()
    with servers.stage() as installation:
        for name in chosen.scenario or SCENARIOS:
            with ExitStack() as stack:
                figures = SCENARIOS[name](Bench(installation, chosen.rounds, chosen.seconds, stack))
            print(name)
            show(figures)
            record.write(name, installation, figures)


if __name__ == "__main__":
    main()
