"""A working directory for one thread.

The working directory belongs to the whole httpd child. Linux can give a thread one of its own (`unshare`), which then
stays the thread's; where that is refused, as in many containers, one interpreter at a time has the child's, and
relative paths of everybody else are wrong meanwhile. Runs on request threads, attached.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

from mod_python._native import _apache

_thread = threading.local()


@contextlib.contextmanager
def inside(directory: str) -> Iterator[None]:
    """Work in a directory, and go back.

    Raises OSError when there is no such directory.
    """
    with contextlib.nullcontext() if _has_its_own() else _the_child_s(), _back():
        os.chdir(directory)
        yield


def _has_its_own() -> bool:
    """Whether this thread has a working directory of its own; the first time, give it one."""
    if not hasattr(_thread, "own"):
        try:
            os.unshare(os.CLONE_FS)
            _thread.own = True
        except (AttributeError, OSError):
            _thread.own = False
    return bool(_thread.own)


@contextlib.contextmanager
def _the_child_s() -> Iterator[None]:
    _apache.take_directory()
    try:
        yield
    finally:
        _apache.give_back_directory()


@contextlib.contextmanager
def _back() -> Iterator[None]:
    before = os.open(".", getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield
    finally:
        os.fchdir(before)
        os.close(before)
