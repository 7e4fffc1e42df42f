"""Takes the place of `_apache` outside httpd: for unit tests of handlers, tools, and `import mod_python` anywhere.

What needs a server says so (`mpm_query`); what can be done without one is done (tables, log lines to stderr). It must
never be imported inside httpd: `_native` sees to that.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import defaultdict
from typing import Any

from mod_python._standalone_table import mp_table

__all__ = ["SERVER_RETURN", "interpreter", "mp_request", "mp_table", "replica"]

AP_CONN_UNKNOWN, AP_CONN_CLOSE, AP_CONN_KEEPALIVE = range(3)
APR_NOFILE, APR_REG, APR_DIR, APR_CHR, APR_BLK, APR_PIPE, APR_LNK, APR_SOCK = range(8)
APR_UNKFILE = 127
MODULE_MAGIC_NUMBER_MAJOR, MODULE_MAGIC_NUMBER_MINOR = 20120211, 0

interpreter = "main_interpreter"
replica = 0
replicas = 1


class SERVER_RETURN(Exception):
    """Ends a handler with a result: `raise SERVER_RETURN(apache.HTTP_NOT_FOUND)`."""


class _OfHttpd:
    """A type of which only httpd makes instances; `mod_python.testing` derives its doubles from it."""

    def __init__(self, *_: Any) -> None:
        raise TypeError(f"cannot create {type(self).__name__!r} instances")


class mp_request(_OfHttpd):
    """The type of a request."""


class mp_conn(_OfHttpd):
    """The type of a connection."""


class mp_server(_OfHttpd):
    """The type of a server."""


class mp_hlist(_OfHttpd):
    """The type of a list of handlers."""


class mp_filter(_OfHttpd):
    """The type of a filter."""


class mp_finfo(_OfHttpd):
    """The type of what `stat` returns."""


_locks: defaultdict[object, threading.Lock] = defaultdict(threading.Lock)


def _global_lock(server: Any, key: str | bytes | None, index: int = -1, /) -> None:
    """Wait for a lock of this process, for want of children."""
    _locks[key if index == -1 else index].acquire()


def _global_trylock(server: Any, key: str | bytes | None, index: int = -1, /) -> bool:
    """Take it if it is free."""
    return _locks[key if index == -1 else index].acquire(blocking=False)


def _global_unlock(server: Any, key: str | bytes | None, index: int = -1, /) -> None:
    """Give it up. Raises ValueError when nobody has it."""
    lock = _locks[key if index == -1 else index]
    if not lock.locked():
        raise ValueError("the lock is not held")
    lock.release()


def log_error(message: str | None, level: int = 3, server: Any = None, /) -> None:
    """Write to stderr what httpd would write to its error log."""
    if message is not None:
        log_line(level, message)


def log_line(level: int, text: str, /) -> None:
    """Write one line to the real stderr, whatever `sys.stderr` is at the moment."""
    if sys.__stderr__ is not None:
        sys.__stderr__.write(f"{text}\n")


def server_root() -> str:
    """The working directory, for want of a server."""
    return os.getcwd()


def mpm_query(code: int, /) -> int:
    """There is no MPM to ask outside httpd."""
    raise RuntimeError("mpm_query() works inside httpd only")


def exists_config_define(name: str, /) -> bool:
    """No `Define` and no `-D` is in effect outside httpd."""
    return False


def config_tree() -> list[Any]:
    """There is no configuration outside httpd."""
    return []


def current_request() -> None:
    """No request is served outside httpd."""


def main_server() -> None:
    """There is no server outside httpd."""


def stat(fname: str, wanted: int, /) -> Any:
    """What httpd knows about files only httpd can tell."""
    raise RuntimeError("stat() works inside httpd only")


def psp_translate(filename: str, directory: str, source: object = None, escape: object = 0, literal: object = 0) -> Any:
    """The translator of PSP pages is part of mod_python.so."""
    raise RuntimeError("psp_translate() works inside httpd only")


def take_directory() -> None:
    """Nobody else is there to have it."""


def give_back_directory() -> None:
    """Nobody else waits for it."""
