"""C modules that the main interpreter imports before the first subinterpreter is made.

Runs once per child, on the manager thread. Two reasons: on 3.13 the static types of `datetime` would else belong to
the first subinterpreter that imports it, and every later end of an interpreter would crash (gh-136421); and the first
import of an extension takes the main GIL, for which every other interpreter would wait then.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable

_VITAL = ("datetime",)
_USUAL = (
    "_strptime",
    "array",
    "asyncio",
    "bz2",
    "calendar",
    "cmath",
    "concurrent.futures",
    "csv",
    "ctypes",
    "decimal",
    "email.message",
    "fcntl",
    "fractions",
    "gzip",
    "hashlib",
    "hmac",
    "http.client",
    "http.cookies",
    "ipaddress",
    "json",
    "logging",
    "lzma",
    "mmap",
    "multiprocessing",
    "pickle",
    "queue",
    "random",
    "secrets",
    "select",
    "socket",
    "sqlite3",
    "ssl",
    "statistics",
    "struct",
    "subprocess",
    "tempfile",
    "unicodedata",
    "urllib.request",
    "uuid",
    "xml.etree.ElementTree",
    "zlib",
    "zoneinfo",
)


def warm_up(modules: Iterable[str]) -> list[tuple[str, str]]:
    """Import the usual modules and those of `PythonWarmUp`; returns those of the latter that failed, with the error.

    A part of the standard library that is not installed here is no error.
    """
    for name in (*_VITAL, *_USUAL):
        _try(name)
    return [(name, error) for name in modules if (error := _try(name)) is not None]


def _try(name: str) -> str | None:
    try:
        importlib.import_module(name)
    except BaseException as error:  # a module may end itself by SystemExit
        return f"{type(error).__name__}: {error}"
    return None
