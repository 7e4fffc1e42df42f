"""The end of an interpreter: registered functions run, its threads are asked to stop, its exit functions run.

Applications register on any thread. The rest runs once per interpreter, attached, on a thread that only does this; no
request is in flight any more. It must never wait longer than it was told to, for CPython's own joins have no time
limit; only an exit function that hangs can delay it. Whether the interpreter can really be ended afterwards is for the
module to decide, by counting thread states.
"""

from __future__ import annotations

import atexit
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from mod_python import _stdio
from mod_python._native import _apache

_cleanups: list[tuple[Callable[[Any], object], Any]] = []


def register_cleanup(function: Callable[[Any], object], data: Any = None) -> None:
    """Call `function(data)` when this interpreter ends, at the latest with its httpd child; last one first."""
    if not callable(function):
        raise ValueError("first argument must be a callable object")
    _cleanups.append((function, data))


def quiesce(deadline_seconds: float) -> list[str]:
    """Stop the interpreter's own threads and run `atexit`; returns the names of the threads that would not stop."""
    start = time.monotonic()
    _run_cleanups()
    _dismiss_executors()
    _join(_is_ordinary, start + deadline_seconds / 2)  # the rest is for threads that an exit function stops
    atexit._run_exitfuncs()
    _join(_is_any, start + deadline_seconds)
    stuck = [thread.name for thread in _own_threads()]
    _stdio.flush_all()
    _forget_dummies()  # last: threading makes a new one for whoever asks who it is
    return stuck


def _run_cleanups() -> None:
    while _cleanups:
        function, data = _cleanups.pop()
        try:
            function(data)
        except BaseException as error:
            _apache.log_error(f"python_cleanup: Error calling cleanup object {function!r}")
            _apache.log_error(f"    {type(error).__name__}: {error}")


def _dismiss_executors() -> None:
    """Tell the workers of every ThreadPoolExecutor, asyncio's too, to stop when their queue is empty."""
    pools: Any = sys.modules.get("concurrent.futures.thread")
    if pools is None:
        return
    with pools._global_shutdown_lock:
        pools._shutdown = True
    for queue in list(pools._threads_queues.values()):
        queue.put(None)


def _join(wanted: Callable[[threading.Thread], bool], deadline: float) -> None:
    """Join until none is left, for a thread that ends may have started another one."""
    while threads := [thread for thread in _own_threads() if wanted(thread)]:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return
        threads[0].join(remaining)


def _is_ordinary(thread: threading.Thread) -> bool:
    return not thread.daemon


def _is_any(_: threading.Thread) -> bool:
    return True


def _own_threads() -> list[threading.Thread]:
    """Threads that Python code of this interpreter started: not httpd's, not the calling one."""
    strangers = (threading._DummyThread, threading._MainThread)  # type: ignore[attr-defined]
    return [
        thread
        for thread in threading.enumerate()
        if thread is not threading.current_thread() and not isinstance(thread, strangers)
    ]


def _forget_dummies() -> None:
    """On 3.12 the stand-ins for httpd's threads stay registered for ever."""
    registry: Any = threading
    with registry._active_limbo_lock:
        for ident, thread in list(registry._active.items()):
            if isinstance(thread, threading._DummyThread):
                del registry._active[ident]
