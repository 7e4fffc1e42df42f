#!/usr/bin/env python3
"""Throughput and latency by wrk, as ratios of servers measured in turn on the same machine.

perf/load/run.py [--rounds N] [--seconds S] [--quick] [--only TABLE] [SCENARIO ...]

    hello      twelve bytes, 1 and 16 clients, one replica and two, against the faster of the two C handlers
    cpu        a page that computes: two names at once, and one name with two replicas, against one interpreter
    neighbour  a trivial page while 16 clients keep another name busy, against one processor less and no neighbour
    import     a trivial page while another name is imported for three seconds, against nothing going on
    peers      other ways to serve Python behind httpd, in the tables of compare.py; only when it is named

Figures are medians of the rounds. They are printed and stored, and decide nothing.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack

import compare
import neighbours
import record
import servers
from bench import Bench, Figures, OneProcessor
from neighbours import Pair
from servers import Row, Server, python
from wrk import Run


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
    pair = Pair("/trivial/hello/x", "/one/busy/x")
    return neighbours.burning(bench, bench.server(row), bench.server(row, OneProcessor), pair)


def importing(bench: Bench) -> Figures:
    """A trivial page while another name is imported; each run has a new server, as an import happens once."""
    row = Row("import", "", python("trivial/hello", "one/slow"))
    pair = Pair("/trivial/hello/x", "/one/slow/x")

    def run(during: bool) -> Run:
        with Server(servers.make_conf(bench.installation, row)) as server:
            return neighbours.during_import(server, pair, during)

    found = bench.in_turn({"nothing going on": lambda: run(False), "during the import": lambda: run(True)})
    ratios = neighbours.compared(found["during the import"], found["nothing going on"], ("rate", "max_us"))
    return {**found, **{f"{field}, during / without": value for field, value in ratios.items()}}


SCENARIOS: dict[str, Callable[[Bench], Figures]] = {
    "hello": hello,
    "cpu": cpu,
    "neighbour": neighbour,
    "import": importing,
    "peers": compare.measure,
}


def show(figures: Figures, indent: str = "  ") -> None:
    """Print the figures, without the single runs."""
    for name, value in figures.items():
        if isinstance(value, dict) and "runs" in value:
            print(f"{indent}{name:30} " + "  ".join(f"{k} {v:g}" for k, v in value.items() if k != "runs"))
        elif isinstance(value, dict):
            print(f"{indent}{name}")
            show(value, indent + "  ")
        else:
            print(f"{indent}{name:40} {value}")


def main() -> None:
    """Run the chosen scenarios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--quick", action="store_true", help="two rounds of a second")
    parser.add_argument("--only", default="", metavar="TABLE", help="of `peers`: tables whose name begins so")
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO", help=" ".join(SCENARIOS))
    chosen = parser.parse_args()
    rounds, seconds = (2, 1) if chosen.quick else (chosen.rounds, chosen.seconds)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    with servers.stage() as installation:
        for name in chosen.scenario or (known for known in SCENARIOS if known != "peers"):
            stored = record.Record(name, installation)
            with ExitStack() as stack:
                figures = SCENARIOS[name](Bench(installation, rounds, seconds, stack, chosen.only, stored.write))
            print(name)
            show(figures)
            print(f"stored as {stored.write(figures)}")


if __name__ == "__main__":
    main()
