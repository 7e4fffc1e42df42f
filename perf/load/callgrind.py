#!/usr/bin/env python3
"""Instructions per keep-alive request in user space, by library: callgrind of httpd's child at two request counts, the slope.

perf/load/callgrind.py [ROW ...]     rows of servers.py; default: yardstick yardstick-flush native wsgi

Start-up, shutdown and the first requests are the same in both runs and fall out of the difference. Independent of the
clock, so one run on a busy machine is as good as another.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import record
import servers
from bench import Figures
from client import requests
from servers import ROWS, Installation, Row, Server

FEW, MANY = 1000, 21000
# Instructions per request in a library.
WORTH_A_LINE = 50
# `ob=` names the library that costs are in from here on, `cob=` the one that is called; a name is spelt out once.
OBJECT = re.compile(r"(?P<called>c?)ob=\((?P<key>\d+)\)(?: (?P<path>.*))?")


class Counted(Server):
    """An httpd under callgrind, whose child is counted."""

    def command(self, *options: str) -> list[str | Path]:
        """`valgrind httpd`: each process leaves its totals in the server root when it ends."""
        out = self.root / "cores/callgrind.%p"
        return [
            "valgrind",
            "--tool=callgrind",
            "--vgdb=no",
            "--quiet",
            f"--callgrind-out-file={out}",
            *super().command(*options),
        ]

    def libraries(self, child: int) -> Counter[str]:
        """Instructions in each library in the whole life of a child, and of its parent until it was forked."""
        return by_library((self.root / f"cores/callgrind.{child}").read_text())


def by_library(profile: str) -> Counter[str]:
    """The self cost of each object file in a profile of callgrind's ("Callgrind Format Specification", valgrind's manual)."""
    known: dict[str, str] = {}
    found: Counter[str] = Counter()
    current, calling = "", False
    for line in profile.splitlines():
        if match := OBJECT.match(line):
            key, path = match["key"], match["path"]
            name = known.setdefault(key, Path(path or "?").name)
            current = current if match["called"] else name
        elif line.startswith("calls="):
            calling = True
        elif line and line[0] in "0123456789+-*":
            # The line behind `calls=` has what the called function cost, which is counted there.
            found[current] += 0 if calling else int(line.split()[1])
            calling = False
    return found


def counted(installation: Installation, row: Row, count: int) -> Counter[str]:
    """One run with so many requests."""
    server = Counted(servers.make_conf(installation, row))
    with server:
        requests(server, row.path, count)
        (child,) = server.children()
    return server.libraries(child)


def slope(installation: Installation, row: Row) -> Figures:
    """Instructions of one request: all of them, and those in each library that matters."""
    few, many = (counted(installation, row, count) for count in (FEW, MANY))
    each = {name: (many[name] - few[name]) / (MANY - FEW) for name in many}
    shown = sorted(((name, round(cost)) for name, cost in each.items() if cost >= WORTH_A_LINE), key=lambda row: -row[1])
    return {"instructions": round(sum(each.values()), 1), "by library": dict(shown)}


def main(chosen: list[str]) -> None:
    """Measure the chosen rows, print each with its ratio to the cheaper yardstick, store them."""
    with servers.stage() as installation:
        figures = {name: slope(installation, ROWS[name]) for name in chosen}
        totals = {name: found["instructions"] for name, found in figures.items()}
        base = min((total for name, total in totals.items() if name.startswith("yardstick")), default=None)
        for name, total in totals.items():
            compared = f"{total - base:+10.1f}   x {total / base:.3f}" if base else ""
            print(f"{name:20} {total:12.1f} instructions/request {compared}")
            print("    " + "  ".join(f"{library} {cost}" for library, cost in figures[name]["by library"].items()))
        record.write("callgrind", installation, figures)


if __name__ == "__main__":
    main(sys.argv[1:] or ["yardstick", "yardstick-flush", "native", "wsgi"])
