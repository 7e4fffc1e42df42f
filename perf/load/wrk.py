"""Load from wrk: kept-alive clients for some seconds, and what they saw."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

REPORT = Path(__file__).with_name("report.lua")


@dataclass(frozen=True)
class Run:
    """One run of wrk; `lost` counts connections that broke and answers that took more than ten seconds."""

    rate: float
    p50_us: int
    p99_us: int
    max_us: int
    lost: int

    def as_dict(self) -> dict[str, float]:
        """For the record."""
        return asdict(self)


class Load:
    """A wrk that runs in the background; `finish` waits for it and reads its report."""

    def __init__(self, url: str, clients: int, seconds: float, body: Path | None = None) -> None:
        command: list[str | Path] = [
            "wrk",
            "-t1",
            f"-c{clients}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "10s",
            "-s",
            REPORT,
            url,
        ]
        if body:
            command += ["--", body]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def finish(self) -> Run:
        """The report of this run."""
        out, _ = self.process.communicate()
        last = json.loads(out.strip().splitlines()[-1])
        if failed := last.pop("failed"):
            raise RuntimeError(f"{failed} answers were errors: a server that fails is not measured")
        rate = last.pop("requests") / last.pop("seconds")
        return Run(round(rate, 1), **last)


def run(url: str, clients: int, seconds: float, body: Path | None = None) -> Run:
    """Load one URL alone."""
    return Load(url, clients, seconds, body).finish()
