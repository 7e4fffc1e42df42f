"""Waiting for facts instead of sleeping."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60.0


def until[T](fact: Callable[[], T], what: str, timeout: float = PATIENCE) -> T:
    """Return the first true value of `fact()`; raise TimeoutError naming `what` if there is none in time."""
    deadline = time.monotonic() + timeout
    while not (value := fact()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout:g} s in vain for {what}")
        time.sleep(0.01)
    return value


def stays[T](fact: Callable[[], T], value: T, seconds: float) -> bool:
    """Whether `fact()` keeps a value for some seconds: for what must not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if fact() != value:
            return False
        time.sleep(0.05)
    return True


def retried[T](action: Callable[[], T], *errors: type[Exception]) -> T:
    """The result of an action that may fail once in these ways: a kept connection that the server closed meanwhile."""
    try:
        return action()
    except errors:
        return action()
