#!/usr/bin/env python3
"""docs/performance.md and its plot, from the stored figures of the scenario `peers`.

perf/load/report.py [RESULT.json ...]     default: all stored results of the newest commit that has some

Runs of several records of the same table are taken together: a table may be measured in slices. Measures nothing itself.
The page is a template filled by Jinja; the plot is drawn by Matplotlib, the field's own, as SVG. Both are in
`requirements.txt`: when this Python lacks them, the one of the peers' environment is asked to do the work.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs"
TEMPLATE = HERE / "performance.md.jinja"
FIELDS = ("rate", "p50_us", "p99_us", "max_us")
YARDSTICKS = ("C handler", "C handler, flushing")
PLOTTED = "16"

Figures = dict[str, Any]


def records(paths: list[str]) -> list[Figures]:
    """The chosen records, or those of the commit that was measured last, oldest first."""
    chosen = [Path(path) for path in paths] or sorted((HERE / "results").glob("*-peers.json"))
    found: list[Figures] = [json.loads(path.read_text()) for path in chosen]
    if not found:
        raise SystemExit("nothing measured yet: perf/load/run.py peers")
    return found if paths else [one for one in found if one["commit"] == found[-1]["commit"]]


def merge(into: Figures, more: Figures) -> Figures:
    """Both trees of figures; the runs of the same place one after the other."""
    for name, value in more.items():
        if name == "runs":
            into[name] = into.get(name, []) + value
        elif isinstance(value, dict):
            merge(into.setdefault(name, {}), value)
        else:
            into[name] = value
    return into


def settle(figures: Figures) -> Figures:
    """The medians of all runs of each place."""
    if "runs" in figures:
        medians = {field: statistics.median(run[field] for run in figures["runs"]) for field in FIELDS}
        return {**figures, **medians, "lost": sum(run["lost"] for run in figures["runs"])}
    return {name: settle(value) if isinstance(value, dict) else value for name, value in figures.items()}


def yardstick(cells: Figures) -> float | None:
    """The rate of the faster C handler."""
    return max((cells[name]["rate"] for name in YARDSTICKS if name in cells), default=None)


def table(work: Figures) -> list[Figures]:
    """A row per server: for each number of clients its figures, and its part of the C handler's rate."""
    servers = dict.fromkeys(name for cells in work.values() for name in cells)
    return [{"server": name, "cells": [cell(cells, name) for cells in work.values()]} for name in servers]


def cell(cells: Figures, server: str) -> Figures | None:
    """One measurement, with its ratio where there is a C handler that does the same."""
    if server not in cells:
        return None
    base = yardstick(cells)
    return {**cells[server], "ratio": cells[server]["rate"] / base if base else None}


def rounds(figures: Figures) -> list[int]:
    """How many runs there are for a figure, from the fewest to the most."""
    counts = {len(cell["runs"]) for work in figures.values() for cells in work.values() for cell in cells.values()}
    return sorted({min(counts), max(counts)})


def plot(figures: Figures, path: Path) -> None:
    """Requests per second of every server, a panel per work."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "mod_python", "svg.fonttype": "none"})
    from matplotlib import pyplot as plt

    works = {name: work[PLOTTED] for name, work in figures.items()}
    servers = list(dict.fromkeys(name for cells in works.values() for name in cells))[::-1]
    fig, panels = plt.subplots(1, len(works), figsize=(3 * len(works), 0.4 * len(servers) + 1), sharey=True, squeeze=False)
    for panel, (name, cells) in zip(panels[0], works.items(), strict=True):
        rates = [cells.get(server, {}).get("rate", 0) for server in servers]
        panel.barh(servers, rates, color=[colour(server) for server in servers])
        panel.set_title(name)
        panel.bar_label(panel.containers[0], labels=[f"{rate:,.0f}" if rate else "" for rate in rates], padding=2, fontsize=8)
        panel.set_xlim(right=1.3 * max(rates))
        panel.spines[["top", "right"]].set_visible(False)
        panel.set_xticks([])
    fig.suptitle(f"Requests per second, {PLOTTED} clients")
    fig.tight_layout()
    fig.savefig(path, metadata={"Date": None})


def colour(server: str) -> str:
    """Ours stand out; the yardstick is grey."""
    if server in YARDSTICKS:
        return "0.6"
    return "tab:blue" if server.startswith("mod_python 4") else "tab:orange"


def works(figures: Figures) -> Figures:
    """The tables of servers by clients."""
    return {name: value for name, value in figures.items() if isinstance(value, dict) and PLOTTED in value}


def page(found: list[Figures], figures: Figures) -> str:
    """The text of the page."""
    import jinja2

    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    text: str = environment.from_string(TEMPLATE.read_text()).render(
        record=found[-1],
        days=sorted({one["when"][:10] for one in found}),
        figures=figures,
        rounds=rounds(works(figures)),
        tables={name: {"clients": list(work), "rows": table(work)} for name, work in works(figures).items()},
    )
    return text


def with_libraries(arguments: Iterable[str]) -> None:
    """Go on in the environment of the peers, when this Python lacks what draws."""
    if importlib.util.find_spec("matplotlib") and importlib.util.find_spec("jinja2"):
        return
    import servers
    from environment import Environment

    with servers.stage() as installation:
        python = Environment(installation).venv / "bin/python"
    os.execv(python, [str(python), __file__, *arguments])


def main(paths: list[str]) -> None:
    """Write the page and the plot."""
    with_libraries(paths)
    found = records(paths)
    figures: Figures = {}
    for record in found:
        merge(figures, record["figures"])
    figures = settle(figures)
    plot(works(figures), DOCS / "performance.svg")
    (DOCS / "performance.md").write_text(page(found, figures))


if __name__ == "__main__":
    main(sys.argv[1:])
