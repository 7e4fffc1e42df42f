"""The scenario `peers`: what a site can choose from, in one run, with the same applications behind the same httpd.

A row that cannot be had is left out, with its reason in the record. What was measured is stored after each table, so that an
interrupted run keeps it; `report.py` takes the runs of all records of a commit together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

import neighbours
import peers
from bench import Bench, Figures, on_one_processor
from environment import Environment, Unavailable
from neighbours import Pair
from peers import PEERS, Mount, Peer, PeerServer
from wrk import Run

CLIENTS = (1, 16, 64)
WARMING = 8
REPLIES = Mount("app", "replies", "replies_handler")
PAGE = Mount("app", "page")
BUSY = Mount("busy", "busy_wsgi")
SLOW = Mount("slow", "slow_wsgi")


@dataclass(frozen=True)
class Work:
    """What is asked: the application, the query, who has it, and the length of a JSON body to POST."""

    mount: Mount
    query: str = ""
    speak: tuple[str, ...] = ("c", "handler", "wsgi")
    posts: int = 0

    @property
    def path(self) -> str:
        """The same address everywhere."""
        return f"/{self.mount.name}/reply/x?{self.query}"


WORKS = {
    "12 bytes": Work(REPLIES, "12"),
    "10 KB": Work(REPLIES, "10240"),
    "1 MB": Work(REPLIES, "1048576"),
    "POST of 10 KB JSON": Work(REPLIES, "12", posts=10_240),
    "Flask page": Work(PAGE, speak=("wsgi",)),
}
# Neighbours share a process in these; those behind a proxy are processes of their own, as mod_wsgi's daemons are.
TOGETHER = ("mod_python 4, WSGI", "mod_wsgi, embedded", "mod_wsgi, own GIL", "mod_wsgi, daemon")


class Comparison:
    """One run: the figures so far, and which rows are missing and why."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.environment = Environment(bench.installation)
        self.figures: Figures = {"skipped": {}, "seconds": bench.seconds}

    @contextmanager
    def skipping(self, peer: Peer) -> Iterator[None]:
        """What cannot be had or does not start is left out, with its reason."""
        try:
            yield
        except (Unavailable, RuntimeError, TimeoutError, OSError) as error:
            self.figures["skipped"][peer.name] = str(error).strip()[-400:]

    def body(self, work: Work) -> Path | None:
        """A file with what the work posts."""
        if not work.posts:
            return None
        path = self.bench.installation.stage / "body.json"
        items = [{"id": number, "name": f"item {number}"} for number in range(work.posts // 36)]
        path.write_text(json.dumps(items).ljust(work.posts))
        return path

    def table(self, name: str) -> Figures:
        """A work on every server that has it, for every number of clients."""
        work = WORKS[name]
        body = self.body(work)
        started: dict[str, PeerServer] = {}
        with ExitStack() as stack:
            for peer in (peer for peer in PEERS.values() if peer.speaks in work.speak):
                with self.skipping(peer):
                    server = stack.enter_context(peers.make(self.environment, peer, [work.mount]))
                    check(server, work, body)
                    started[peer.name] = server
            return {str(clients): self.bench.in_turn(self._loads(started, work, clients, body)) for clients in CLIENTS}

    def _loads(
        self, started: dict[str, PeerServer], work: Work, clients: int, body: Path | None
    ) -> dict[str, Callable[[], Run]]:
        return {name: self.bench.load(server, work.path, clients, body) for name, server in started.items()}

    def neighbours(self, measure: Callable[[Peer], Figures]) -> Figures:
        """A measurement of two applications, for every row whose applications share a server."""
        figures: Figures = {}
        for name in TOGETHER:
            with self.skipping(PEERS[name]):
                figures[name] = measure(PEERS[name])
        return figures

    def busy(self, peer: Peer) -> Figures:
        """Beside a name that burns its GIL."""
        pair = Pair(WORKS["12 bytes"].path, f"/{BUSY.name}/x")
        mounts = [REPLIES, BUSY]
        with (
            peers.make(self.environment, peer, mounts) as beside,
            peers.make(self.environment, peer, mounts, on_one_processor()) as alone,
        ):
            for server in (beside, alone):
                check(server, WORKS["12 bytes"], None)
                server.client.get(pair.neighbour)
            return neighbours.burning(self.bench, beside, alone, pair)

    def importing(self, peer: Peer) -> Figures:
        """While another name is imported."""
        pair = Pair(WORKS["12 bytes"].path, f"/{SLOW.name}/x")

        def run(during: bool) -> Run:
            with peers.make(self.environment, peer, [REPLIES, SLOW]) as server:
                return neighbours.during_import(server, pair, during)

        return self.bench.in_turn({"nothing going on": lambda: run(False), "during the import": lambda: run(True)})


def check(server: PeerServer, work: Work, body: Path | None) -> None:
    """Load every replica and process; a server that answers something else is not measured."""

    def ask(_: int) -> httpx.Response:
        return server.client.post(work.path, content=body.read_bytes()) if body else server.client.get(work.path)

    with ThreadPoolExecutor(WARMING) as pool:
        for answer in [ask(0), *pool.map(ask, range(4 * WARMING))]:
            if answer.status_code != 200 or (work.query and len(answer.content) != int(work.query)):
                raise RuntimeError(f"answered {answer.status_code} with {len(answer.content)} bytes\n{server.last_words()}")


def measure(bench: Bench) -> Figures:
    """All tables, or those whose name begins with what `--only` says."""
    comparison = Comparison(bench)
    tables: dict[str, Callable[[], Figures]] = {name: lambda name=name: comparison.table(name) for name in WORKS}  # type: ignore[misc]
    tables["neighbour"] = lambda: comparison.neighbours(comparison.busy)
    tables["import"] = lambda: comparison.neighbours(comparison.importing)
    for name, table in tables.items():
        if name.startswith(bench.only):
            comparison.figures[name] = table()
            comparison.figures["peers"] = comparison.environment.versions
            bench.keep(comparison.figures)
    return comparison.figures
