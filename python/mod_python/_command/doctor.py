"""`mod_python doctor APP`: which extension modules of an application work under a GIL of its own.

The application is imported three times, in processes of its own because it may crash them: in an ordinary interpreter,
in two interpreters with their own GILs, and what is not clear then, module by module. Nothing is imported here.

Exit status: 0 when the application runs under its own GIL, 1 when it needs `gil=main`, 2 when it cannot be imported at
all.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mod_python._command import probe
from mod_python._command.application import ApplicationError, find
from mod_python._command.serve import add_application

WORKS, REFUSES, FELL_BACK = "works", "refuses", "fell back"
OWN_GIL, NEEDS_MAIN, BROKEN = range(3)


@dataclass(frozen=True)
class Module:
    """One extension module: its verdict, and the words of the refusal."""

    name: str
    file: str
    verdict: str
    reason: str = ""


@dataclass(frozen=True)
class Seen:
    """What a probe saw; `error` has `text`, `where` and `module` when the application did not get through."""

    loaded: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] | None = None


@dataclass(frozen=True)
class Report:
    """The findings. `error` is set when the application does not import in an interpreter of its own kind."""

    application: str
    python: str
    own_gil: bool
    directive: str | None
    error: str | None
    modules: list[Module]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `doctor`."""
    add_application(parser)
    parser.add_argument(
        "--name", default="app", help="the name in the directive that is advised (default: %(default)s)"
    )
    parser.add_argument("--all", action="store_true", help="show Python's own extension modules too")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--python-path", action="append", default=[], metavar="DIR", help="a further directory of modules"
    )
    parser.add_argument(
        "--timeout", type=float, default=120, metavar="SECONDS", help="for each import (default: %(default)s)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Examine, print, and give the verdict as exit status."""
    application = find(arguments.app, arguments.type)
    path = [str(application.home), *(os.path.abspath(folder) for folder in arguments.python_path)]
    look = Look(application.imports, path, arguments.timeout)
    ordinary = look("main")
    if ordinary.error is not None:
        broken = ordinary.error
        raise Unimportable(f"{arguments.app} cannot be imported at all\n  {broken['text']}\n  {broken['where']}")
    report = _report(arguments, ordinary, look)
    print(json.dumps(asdict(report), indent=2) if arguments.json else _table(report))
    return OWN_GIL if report.own_gil else NEEDS_MAIN


class Unimportable(ApplicationError):
    """The application does not import in any interpreter."""

    status = BROKEN


@dataclass(frozen=True)
class Look:
    """How to import what: `look(kind)` all of it, `look(kind, names)` these."""

    imports: list[str]
    path: list[str]
    timeout: float

    def __call__(self, kind: str, imports: list[str] | None = None) -> Seen:
        """Import in a process of its own, in interpreters of a kind."""
        with tempfile.TemporaryFile() as answers:
            job = {"kind": kind, "imports": imports or self.imports, "path": self.path, "fd": answers.fileno()}
            ended = _process(job, self.timeout)
            answers.seek(0)
            return _merged([Seen(**json.loads(line)) for line in answers], ended)


def _process(job: probe.Job, timeout: float) -> str:
    """Run the probe; how it ended, in words, or nothing when it ended well. What it prints goes to stderr."""
    package = str(Path(__file__).parents[2])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), package]))}
    try:
        done = subprocess.run(
            [sys.executable, "-P", probe.__file__],
            input=json.dumps(job),
            text=True,
            stdout=2,
            pass_fds=[job["fd"]],
            env=environment,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return f"took longer than {timeout:g} seconds"
    return f"the process died by signal {-done.returncode}" if done.returncode < 0 else "ended" * bool(done.returncode)


def _merged(seen: list[Seen], ended: str) -> Seen:
    """A module works when it came in every interpreter; the first error counts."""
    refused = {name: why for one in reversed(seen) for name, why in one.refused.items()}
    loaded = {name: file for one in seen for name, file in one.loaded.items() if name not in refused}
    error = next((one.error for one in seen if one.error is not None), None)
    if ended:
        error = {"text": ended, "where": "", "module": None}
    return Seen(loaded, refused, error)


def _report(arguments: argparse.Namespace, ordinary: Seen, look: Look) -> Report:
    own = look("own")
    modules = [_judge(name, file, own, look) for name, file in sorted((own.loaded | ordinary.loaded).items())]
    fine = own.error is None
    return Report(
        application=arguments.app,
        python=".".join(map(str, sys.version_info[:3])),
        own_gil=fine,
        directive=None if fine else f"PythonInterpreterOptions {arguments.name} gil=main",
        error=None if own.error is None else own.error["text"],
        modules=[module for module in modules if arguments.all or _worth_telling(module)],
    )


def _judge(name: str, file: str, own: Seen, look: Look) -> Module:
    """The verdict on one module that an ordinary interpreter loads."""
    if name in own.loaded:
        return Module(name, file, WORKS)
    if own.error is None:
        return Module(name, file, FELL_BACK, own.refused.get(name, "its importer did without it"))
    if name in own.refused:
        return Module(name, file, REFUSES, own.refused[name])
    alone = look("own", [name])  # the import never got as far
    if name in alone.loaded:
        return Module(name, file, WORKS)
    reason = alone.refused.get(name) or (alone.error or {"text": "not loaded"})["text"]
    return Module(name, file, REFUSES, reason)


def _worth_telling(module: Module) -> bool:
    """Python's own extension modules work, but for a few on 3.12."""
    own = os.path.join(os.path.dirname(os.__file__), "lib-dynload")
    return module.verdict != WORKS or not module.file.startswith(own)


def _table(report: Report) -> str:
    width = max((len(module.name) for module in report.modules), default=0)
    rows = ((f"{module.name:<{width}}  {module.verdict:<9}", _brief(module.reason)) for module in report.modules)
    lines = [f"{row}  {reason}".rstrip() for row, reason in rows]
    return "\n".join([*(lines or ["no extension modules but Python's own"]), "", *_verdict(report)])


def _brief(text: str) -> str:
    """The last line: some libraries wrap the refusal in advice, and end with it."""
    return text.strip().rpartition("\n")[2]


def _verdict(report: Report) -> list[str]:
    if not report.own_gil:
        why = _brief(report.error or "")
        return [
            f"{report.application} does not run under a GIL of its own (Python {report.python}): {why}",
            f"The line that settles it:  {report.directive}",
        ]
    slower = [module.name for module in report.modules if module.verdict == FELL_BACK]
    advice = [f"Slower than under gil=main: {', '.join(slower)}."] if slower else []
    return [f"{report.application} runs under a GIL of its own (Python {report.python}).", *advice]
