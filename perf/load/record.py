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


def write(kind: str, installation: Installation, figures: dict[str, Any]) -> Path:
    """Store the figures of one measurement and print them."""
    now = datetime.now(UTC)
    record = {
        "kind": kind,
        "when": now.isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "versions": versions(installation),
        "figures": figures,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{now:%Y-%m-%d-%H%M%S}-{kind}.json"
    path.write_text(json.dumps(record, indent=2) + "\n")
    print(f"stored as {path.relative_to(HERE.parents[1])}")
    return path
