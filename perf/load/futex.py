#!/usr/bin/env python3
"""System calls per keep-alive request with one client, seen by strace: futex first of all.

perf/load/futex.py [ROW ...]     rows of servers.py; default: yardstick yardstick-flush native

A lock of ours, or a GIL, that makes a thread wait shows as futex calls beyond those of the C handler (whose threads
wait for their MPM's queue).
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import record
import servers
from client import requests
from servers import ROWS, Installation, Row, Server

WARM, COUNT = 50, 2000
SHOWN = 6


def attach(server: Server) -> subprocess.Popen[str]:
    """A strace that counts for all threads of the only child, from now on."""
    (child,) = server.children()
    command: list[str | Path] = ["strace", "-f", "-c", "-U", "calls,name", "-o", server.root / "strace.out", "-p", str(child)]
    strace = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert strace.stderr is not None
    strace.stderr.readline()
    return strace


def counted(server: Server) -> dict[str, int]:
    """The table that strace wrote."""
    rows = [line.split() for line in (server.root / "strace.out").read_text().splitlines()]
    return {row[1]: int(row[0]) for row in rows if len(row) == 2 and row[0].isdigit() and row[1] != "total"}


def calls(installation: Installation, row: Row) -> dict[str, float]:
    """Calls per request, the most frequent ones and futex."""
    with Server(servers.make_conf(installation, row)) as server:
        requests(server, row.path, WARM)
        strace = attach(server)
        requests(server, row.path, COUNT)
        strace.send_signal(signal.SIGINT)
        strace.wait()
        found = counted(server)
    ranked = sorted(found, key=lambda name: -found[name])[:SHOWN]
    return {name: round(found.get(name, 0) / COUNT, 3) for name in ["futex", *(n for n in ranked if n != "futex")]}


def main(chosen: list[str]) -> None:
    """Count for the chosen rows, print, store."""
    with servers.stage() as installation:
        figures = {name: calls(installation, ROWS[name]) for name in chosen}
        for name, per_request in figures.items():
            print(f"{name:20} " + "  ".join(f"{call} {number:g}" for call, number in per_request.items()))
        record.write("futex", installation, figures)


if __name__ == "__main__":
    main(sys.argv[1:] or ["yardstick", "yardstick-flush", "native"])
