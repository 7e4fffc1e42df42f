"""Imports an application in a process that may die of it, in interpreters of one kind; watches its extension modules.

Started by `doctor` as a script of its own, with a job on stdin; what it finds goes to a file descriptor of its own,
because the application may print. It must never be imported by anything but itself, and never finalises Python.

A job: `{"kind": "main"|"own", "imports": [module or path of a file, ...], "path": [directory, ...], "fd": number}`. The
answer: one JSON object a line for each interpreter, as `observe` makes them.
"""

from __future__ import annotations

import datetime  # noqa: F401  before the first subinterpreter: its static types must belong to the main one (gh-136421)
import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import ExtensionFileLoader, SourceFileLoader
from typing import Any

Job = dict[str, Any]

# A module that loads into one interpreter of a process only shows it in the second one.
_OWN_GIL_INTERPRETERS = 2


def main() -> None:
    """Do the job on stdin."""
    job: Job = json.load(sys.stdin)
    if job["kind"] == "main":
        _enter(job)
    else:
        script = f"import sys\nsys.path[:] = {sys.path!r}\nfrom mod_python._command import probe\nprobe._enter({job!r})"
        for _ in range(_OWN_GIL_INTERPRETERS):
            _run_isolated(script)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _run_isolated(script: str) -> None:
    """Run a script in a new interpreter with its own GIL, which stays."""
    try:
        import _interpreters as interpreters  # type: ignore[import-not-found]
    except ImportError:  # Python 3.12
        import _xxsubinterpreters as interpreters  # type: ignore[import-not-found]

        made = interpreters.create(isolated=True)
        _kept.append(made)
        interpreters.run_string(made, script)
        return
    failure = interpreters.exec(interpreters.create("isolated"), script)
    if failure is not None:
        sys.exit(failure.errdisplay)


# On Python 3.12 an interpreter ends when nothing refers to it.
_kept: list[Any] = []


def _enter(job: Job) -> None:
    """In the interpreter that is to be watched: set it up as the module does, import, answer."""
    if job["kind"] == "own" and sys.version_info < (3, 13):
        from mod_python import _environment

        _environment._block_modules()
    sys.path[:0] = job["path"]
    answer = json.dumps(observe(job["imports"]))
    os.write(job["fd"], answer.encode() + b"\n")


def observe(imports: list[str]) -> dict[str, Any]:
    """Import all of these: `loaded` (name -> file) are the extension modules that came, `refused` (name -> why) those
    that did not, `error` what ended it, with the module that caused it if that can be told."""
    loaded: dict[str, str] = {}
    refused: dict[str, str] = {}
    error = None
    try:
        with _watched(loaded, refused):
            for name in imports:
                _import(name)
    except BaseException as raised:  # a module may end itself by SystemExit
        error = _told(raised)
    return {"loaded": loaded, "refused": refused, "error": error}


def _import(name: str) -> None:
    if "/" not in name:
        importlib.import_module(name)
        return
    loader = SourceFileLoader("_application", name)
    spec = importlib.util.spec_from_loader("_application", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["_application"] = module
    loader.exec_module(module)


def _told(error: BaseException) -> dict[str, Any]:
    from mod_python import _refusal

    refusal = _refusal.classify(error)
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}, line {place.tb_lineno}" if place is not None else ""
    return {
        "text": f"{type(error).__name__}: {error}",
        "where": where,
        "module": refusal.module if refusal else None,
    }


@contextmanager
def _watched(loaded: dict[str, str], refused: dict[str, str]) -> Iterator[None]:
    """Note what the loader of extension modules does, in both of its steps."""
    create, execute = ExtensionFileLoader.create_module, ExtensionFileLoader.exec_module

    def watch(step: Callable[..., Any]) -> Callable[..., Any]:
        def watching(self: ExtensionFileLoader, subject: Any) -> Any:
            try:
                result = step(self, subject)
            except BaseException as error:
                refused[self.name] = f"{type(error).__name__}: {error}"
                loaded.pop(self.name, None)
                raise
            loaded[self.name] = self.path
            return result

        return watching

    ExtensionFileLoader.create_module = watch(create)  # type: ignore[method-assign]
    ExtensionFileLoader.exec_module = watch(execute)  # type: ignore[method-assign]
    try:
        yield
    finally:
        ExtensionFileLoader.create_module = create  # type: ignore[method-assign]
        ExtensionFileLoader.exec_module = execute  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
