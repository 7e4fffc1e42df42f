"""Sessions: `from mod_python import Session`.

Names are those of mod_python 3.5, and RedisSession. Imported by applications; the logic is in `_session`.
"""

from __future__ import annotations

import tempfile

from mod_python._session.base import CLEANUP_CHANCE, DFT_LOCK, DFT_TIMEOUT, BaseSession
from mod_python._session.choose import Session
from mod_python._session.cookie import COOKIE_NAME
from mod_python._session.dbm_store import DbmSession
from mod_python._session.file_store import (
    DFT_CLEANUP_TIME_LIMIT,
    DFT_FAST_CLEANUP,
    DFT_GRACE_PERIOD,
    DFT_VERIFY_CLEANUP,
    FileSession,
)
from mod_python._session.memory_store import MemorySession
from mod_python._session.options import true_or_false
from mod_python._session.redis_store import RedisSession

__all__ = [
    "CLEANUP_CHANCE",
    "COOKIE_NAME",
    "DFT_CLEANUP_TIME_LIMIT",
    "DFT_FAST_CLEANUP",
    "DFT_GRACE_PERIOD",
    "DFT_LOCK",
    "DFT_TIMEOUT",
    "DFT_VERIFY_CLEANUP",
    "BaseSession",
    "DbmSession",
    "FileSession",
    "MemorySession",
    "RedisSession",
    "Session",
    "tempdir",
    "true_or_false",
]

tempdir = tempfile.gettempdir()
