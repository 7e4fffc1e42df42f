"""`sys.path` as the configuration wants it: the handler's own directory, or the value of `PythonPath`. And the
directories of the option `mod_python.importer.path`, which stay off it.

Runs on request threads before a handler is imported. It must never hold a lock while application code runs, except
the lock of the one `PythonPath` expression that is being evaluated.
"""

from __future__ import annotations

import functools
import os
import sys
import threading

from mod_python import _current

_list_lock = threading.Lock()
_evaluated: set[str] = set()
_expression_locks: dict[str, threading.Lock] = {}


def apply(directory: str | None, is_location: bool, python_path: str | None) -> None:
    """Make ready for the import of a handler that is configured in `directory`.

    `PythonPath` switches the directory rule off; the directory of a `<Location>` is a URL and never added.
    """
    if python_path is not None:
        _evaluate_once(python_path)
    elif directory and not is_location:
        _insert(directory)


def importer_path() -> list[str]:
    """The directories of the option `mod_python.importer.path`; `~` there is the directory of the handler."""
    expression = _current.get_current_options().get("mod_python.importer.path")
    if not expression:
        return []
    root = _current.get_handler_root()
    return [os.path.join(root, entry[2:]) if entry.startswith("~") else entry for entry in _value(expression)]


def _insert(directory: str) -> None:
    with _list_lock:
        if directory not in sys.path:
            sys.path.insert(0, directory)


def _evaluate_once(expression: str) -> None:
    """Each distinct expression counts once per interpreter; one that fails is tried again by the next request."""
    if expression in _evaluated:
        return
    with _expression_locks.setdefault(expression, threading.Lock()):
        if expression not in _evaluated:
            sys.path[:] = _evaluate(expression)
            _evaluated.add(expression)


@functools.cache
def _value(expression: str) -> list[str]:
    return _evaluate(expression, "mod_python.importer.path")


def _evaluate(expression: str, whose: str = "PythonPath") -> list[str]:
    from mod_python import apache  # here, because apache stands above this file

    value = eval(expression, vars(apache))
    if not isinstance(value, list | tuple):
        raise TypeError(f"{whose} {expression!r} gives {type(value).__name__!r}; a list of directories is expected")
    return list(value)
