"""The process environment, private to an interpreter.

The C environment belongs to the whole httpd child: all interpreters, httpd and its modules read it without a lock.
So it is never written. Each interpreter has a table of its own in its place, a snapshot at first. `os.putenv` and
`os.unsetenv` write to the table, hence `os.environ` and `os.environb`, which call them, do so too; child processes
that are started without an explicit environment get the table.

`make_private` runs once per interpreter, on the manager thread; the rest on any thread of the interpreter. What C
libraries read for themselves stays httpd's: `time.tzset()` does not see a `TZ` that was set here.
"""

from __future__ import annotations

import _posixsubprocess
import functools
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

_table: dict[bytes, bytes] = {}


def make_private(configured: Mapping[str, str]) -> None:
    """Cut the interpreter off the C environment; then set the configured variables."""
    if os.putenv is not putenv:
        _table.update(os.environb)
        _replace_functions()
    os.environ.update(configured)


def putenv(name: Any, value: Any, /) -> None:
    """`os.putenv`, to the interpreter's own table."""
    key, text = os.fsencode(name), os.fsencode(value)
    sys.audit("os.putenv", key, text)
    if not key or b"=" in key:
        raise ValueError("illegal environment variable name")
    if b"\0" in key + text:
        raise ValueError("embedded null byte")
    _table[key] = text


def unsetenv(name: Any, /) -> None:
    """`os.unsetenv`, from the interpreter's own table."""
    key = os.fsencode(name)
    sys.audit("os.unsetenv", key)
    _table.pop(key, None)


def system(command: str | bytes | os.PathLike[Any]) -> int:
    """`os.system`, with the interpreter's own environment: C's would start the shell with httpd's."""
    import subprocess

    sys.audit("os.system", command)
    code = subprocess.call(["/bin/sh", "-c", os.fsencode(command)], close_fds=False)
    return code << 8 if code >= 0 else -code


def reload_environ() -> None:
    """`os.reload_environ` (3.14), from the interpreter's own table."""
    os.environ._data.clear()  # type: ignore[attr-defined]
    os.environ._data.update(_table)  # type: ignore[attr-defined]


def _replace_functions() -> None:
    os.putenv, os.unsetenv, os.system = putenv, unsetenv, system
    if sys.version_info >= (3, 14):
        os.reload_environ = reload_environ
    # Under subprocess, os.popen, asyncio and multiprocessing lies one function; its sixth argument is the environment.
    _posixsubprocess.fork_exec = _with_environment(_posixsubprocess.fork_exec, 5, _as_list)
    if "subprocess" in sys.modules:
        sys.modules["subprocess"]._fork_exec = _posixsubprocess.fork_exec  # type: ignore[attr-defined]
    os.posix_spawn = _with_environment(os.posix_spawn, 2, dict)
    os.posix_spawnp = _with_environment(os.posix_spawnp, 2, dict)


def _with_environment(function: Callable[..., Any], index: int, form: Callable[[dict[bytes, bytes]], Any]) -> Any:
    """The function with the interpreter's own environment where the caller gives None for it."""

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if len(args) > index and args[index] is None:
            args = (*args[:index], form(_table), *args[index + 1 :])
        return function(*args, **options)

    return call


def _as_list(table: dict[bytes, bytes]) -> list[bytes]:
    return [key + b"=" + value for key, value in table.items()]
