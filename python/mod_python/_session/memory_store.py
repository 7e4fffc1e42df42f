"""`MemorySession`: sessions in the memory of one interpreter of one child.

Runs in handlers. The next replica, the next child and the next generation know nothing of them, so this is for one
interpreter in one child (and for tests); the log says so when there are more.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from mod_python import _log
from mod_python._native import _apache
from mod_python._session.base import DFT_LOCK, BaseSession, expired

__all__ = ["MemorySession", "interpreters"]

# AP_MPMQ_*
_IS_FORKED, _MAX_DAEMONS = 3, 12

_sessions: dict[str, dict[str, Any]] = {}
_guard = threading.Lock()
_warned = threading.Event()


class MemorySession(BaseSession):
    """A session that lives in this interpreter."""

    def __init__(
        self,
        req: Any,
        sid: str | int | None = None,
        secret: str | bytes | None = None,
        timeout: float = 0,
        lock: int = DFT_LOCK,
    ) -> None:
        _warn(req)
        super().__init__(req, sid, secret, lock, timeout)

    def do_load(self) -> dict[str, Any] | None:
        """From the dictionary."""
        with _guard:
            return _sessions.get(self._sid)

    def do_save(self, dict: dict[str, Any]) -> None:
        """Into the dictionary: the objects themselves."""
        with _guard:
            _sessions[self._sid] = dict

    def do_delete(self) -> None:
        """Out of the dictionary."""
        with _guard:
            _sessions.pop(self._sid, None)

    def do_cleanup(self) -> None:
        """At once: it is short."""
        now = time.time()
        with _guard:
            for sid in [sid for sid, stored in _sessions.items() if expired(stored, now)]:
                del _sessions[sid]


def interpreters() -> tuple[int, int]:
    """How many interpreters of a child, and how many children, may get the next request for this name."""
    children = _apache.mpm_query(_MAX_DAEMONS) if _apache.mpm_query(_IS_FORKED) else 1
    return _apache.replicas, children


def _warn(req: Any) -> None:
    if _warned.is_set():
        return
    _warned.set()
    replicas, children = interpreters()
    if replicas > 1 or children > 1:
        where = f"{replicas} interpreter(s) in each of up to {children} children"
        text = f"MemorySession keeps sessions in one interpreter, and {where} serve this name"
        hint = "PythonOption mod_python.session.session_type FileSession shares them"
        _log.log(req, _log.WARNING, _log.SESSIONS_NOT_SHARED, f"{text}: {hint}")
