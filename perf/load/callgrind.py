#!/usr/bin/env python3
"""Instructions per keep-alive request in user space: callgrind totals of `httpd -X` at two request counts, the slope.

perf/load/callgrind.py [ROW ...]     rows of servers.py; default: yardstick yardstick-flush native

Start-up, shutdown and the first requests are the same in both runs and fall out of the difference. Independent of the
clock, so one run on a busy machine is as good as another.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Self

import record
import servers
from client import requests
from servers import ROWS, Installation, Row, Server

FEW, MANY = 1000, 11000


class Counted(Server):
    """An httpd under callgrind, in one process."""

    def command(self, *options: str) -> list[str | Path]:
        """`valgrind httpd -X`: the totals are in the server root after the end."""
        plain = [option.replace("-DFOREGROUND", "-X") for option in options]
        return ["valgrind", "--tool=callgrind", f"--callgrind-out-file={self.out}", "--quiet", *super().command(*plain)]

    def start(self) -> Self:
        """Start; httpd gives up root's rights, and callgrind writes its file at the end."""
        super().start()
        self.out.chmod(0o666)
        return self

    @property
    def out(self) -> Path:
        """Where callgrind writes."""
        return self.root / "callgrind.out"

    def works(self, mark: int) -> bool:
        """One process says nothing when it begins: ask it."""
        try:
            self.connect().socket.close()
        except ConnectionRefusedError:
            return False
        return True

    def total(self) -> int:
        """Instructions of the whole run."""
        found = re.search(r"^(?:summary|totals): (\d+)", self.out.read_text(), re.M)
        if not found:
            raise RuntimeError("callgrind wrote no total")
        return int(found[1])


def instructions(installation: Installation, row: Row, count: int) -> int:
    """The total of one run with so many requests."""
    server = Counted(servers.make_conf(installation, row))
    with server:
        requests(server, row.path, count)
        time.sleep(0.5)
    return server.total()


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
    main(sys.argv[1:] or ["yardstick", "yardstick-flush", "native"])
