"""Calls that would copy or replace the httpd child are refused, in words that say what to use.

Installed once per interpreter, on the manager thread. CPython refuses most of them in a subinterpreter anyway, but
not in the main one, and without telling what else there is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NoReturn

_FORK = (
    "os.{name}() is refused inside httpd: the copy would have httpd's sockets and locks, but none of its threads. "
    "Start a program with subprocess or os.posix_spawn, or a Python function with "
    "multiprocessing.get_context('spawn').Process"
)
_EXEC = "os.{name}() is refused inside httpd: it would replace the httpd child. Start a program with subprocess"

_REFUSED = {"fork": _FORK, "forkpty": _FORK, "execv": _EXEC, "execve": _EXEC}


def refuse_fork() -> None:
    """Replace the functions; what `os` builds on them (spawnl, execlp, ...) and multiprocessing follow."""
    for name, text in _REFUSED.items():
        setattr(os, name, _refusal(name, text.format(name=name)))


def _refusal(name: str, text: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any) -> NoReturn:
        raise RuntimeError(text)

    refuse.__name__ = refuse.__qualname__ = name
    return refuse
