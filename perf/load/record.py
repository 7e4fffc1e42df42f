"""The record of a measurement: numbers, and where and with what they were seen, as one JSON file in results/."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from servers import HERE, Installation, run

RESULTS = HERE / "results"


def median(values: Iterable[float]) -> float:
    """The median, rounded so that it reads."""
    return round(statistics.median(values), 3)


def machine() -> dict[str, object]:
    """The computer."""
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").open() if line.startswith("model name")), "")
    return {"cpu": cpu or platform.machine(), "processors": os.cpu_count(), "kernel": platform.release()}


def versions(installation: Installation) -> dict[str, object]:
    """The programs; Python only when it was measured."""
    known: dict[str, object] = {"httpd": run(installation.httpd, "-v").split()[2]}
    if "module" in vars(installation):
        known["python"] = run(installation.python, "-c", "import platform; print(platform.python_version())")
    return known


def commit() -> str:
    """The commit of this tree, with a mark when files differ from it."""
    described = subprocess.run(
        ["git", "-C", HERE, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return described.stdout.strip() or "unknown"


class Record:
    """The file of one measurement, begun now; written again whenever there is more to store."""

    def __init__(self, kind: str, installation: Installation) -> None:
        self.kind = kind
        self.installation = installation
        self.begun = datetime.now(UTC)

    def write(self, figures: dict[str, Any]) -> Path:
        """Store all figures so far; the path below the top of the tree."""
        record = {
            "kind": self.kind,
            "when": self.begun.isoformat(timespec="seconds"),
            "commit": commit(),
            "machine": machine(),
            "versions": versions(self.installation),
            "figures": figures,
        }
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.begun:%Y-%m-%d-%H%M%S}-{self.kind}.json"
        path.write_text(json.dumps(record, indent=2) + "\n")
        return path.relative_to(HERE.parents[1])


def write(kind: str, installation: Installation, figures: dict[str, Any]) -> None:
    """Store the figures of one measurement, and say where."""
    print(f"stored as {Record(kind, installation).write(figures)}")
