#!/usr/bin/env python3
"""Instructions per keep-alive request in user space: callgrind totals of httpd's child at two request counts, the slope.

perf/load/callgrind.py [ROW ...]     rows of servers.py; default: yardstick yardstick-flush native wsgi

Start-up, shutdown and the first requests are the same in both runs and fall out of the difference. Independent of the
clock, so one run on a busy machine is as good as another.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import record
import servers
from client import requests
from servers import ROWS, Installation, Row, Server

FEW, MANY = 1000, 21000


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

    def total(self, child: int) -> int:
        """Instructions of the whole life of a child, and of its parent until it was forked."""
        text = (self.root / f"cores/callgrind.{child}").read_text()
        found = re.search(r"^(?:summary|totals): (\d+)", text, re.M)
        if not found:
            raise RuntimeError("callgrind wrote no total")
        return int(found[1])


def instructions(installation: Installation, row: Row, count: int) -> int:
    """The total of one run with so many requests."""
    server = Counted(servers.make_conf(installation, row))
    with server:
        requests(server, row.path, count)
        (child,) = server.children()
    return server.total(child)


def slope(installation: Installation, row: Row) -> float:
    """Instructions of one request."""
    few, many = (instructions(installation, row, count) for count in (FEW, MANY))
    return round((many - few) / (MANY - FEW), 1)


def main(chosen: list[str]) -> None:
    """Measure the chosen rows, print each with its ratio to the cheaper yardstick, store them."""
    with servers.stage() as installation:
        figures = {name: slope(installation, ROWS[name]) for name in chosen}
        base = min((value for name, value in figures.items() if name.startswith("yardstick")), default=None)
        for name, value in figures.items():
            compared = f"{value - base:+10.1f}   x {value / base:.3f}" if base else ""
            print(f"{name:20} {value:12.1f} instructions/request {compared}")
        record.write("callgrind", installation, figures)


if __name__ == "__main__":
    main(sys.argv[1:] or ["yardstick", "yardstick-flush", "native", "wsgi"])
