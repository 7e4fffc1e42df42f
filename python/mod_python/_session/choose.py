"""`Session()`: the kind of session that the configuration asks for.

Runs in handlers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mod_python._native import _apache
from mod_python._session.base import DFT_LOCK, BaseSession
from mod_python._session.dbm_store import DbmSession
from mod_python._session.file_store import FileSession
from mod_python._session.memory_store import MemorySession, interpreters
from mod_python._session.options import option
from mod_python._session.redis_store import RedisSession

__all__ = ["Session"]

# AP_MPMQ_IS_THREADED
_IS_THREADED = 2

_KINDS: dict[str, Callable[..., BaseSession]] = {
    kind.__name__: kind for kind in (DbmSession, FileSession, MemorySession, RedisSession)
}


def Session(
    req: Any,
    sid: str | int | None = None,
    secret: str | bytes | None = None,
    timeout: float = 0,
    lock: int = DFT_LOCK,
) -> BaseSession:
    """A session of the kind that `PythonOption mod_python.session.session_type` names.

    Without it: MemorySession when one interpreter of one threaded child serves everything, else DbmSession. Raises
    ValueError for a kind that does not exist.
    """
    name = option(req, "session.session_type") or _default()
    if name not in _KINDS:
        raise ValueError(f"PythonOption mod_python.session.session_type is {name!r}: known are {', '.join(_KINDS)}")
    return _KINDS[name](req, sid=sid, secret=secret, timeout=timeout, lock=lock)


def _default() -> str:
    alone = bool(_apache.mpm_query(_IS_THREADED)) and interpreters() == (1, 1)
    return "MemorySession" if alone else "DbmSession"
