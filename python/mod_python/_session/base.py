"""`BaseSession`: a dictionary that a client finds again at its next request.

Runs in handlers. A store is a class with `do_load`, `do_save`, `do_delete` and `do_cleanup`. The lock on the id is held
from the constructor to `unlock`, or to the end of the request: it holds across threads, interpreters and children,
and no GIL is held while it is waited for. A request that has it gets it again, so a page may redirect internally.
"""

from __future__ import annotations

import random
import re
import secrets
import time
from typing import Any

from mod_python import _log
from mod_python._native import _apache
from mod_python._session.cookie import received_sid, session_cookie
from mod_python._session.options import option, option_flag
from mod_python._session.seal import Refused, Sealer, file_key
from mod_python.Cookie import Cookie, add_cookie

__all__ = ["CLEANUP_CHANCE", "DFT_LOCK", "DFT_TIMEOUT", "BaseSession"]

DFT_TIMEOUT = 30 * 60
DFT_LOCK = 1
# One of so many sessions cleans up.
CLEANUP_CHANCE = 1000

# 256 bits; 128 bits are those of 3.5.
_SID = re.compile(r"[0-9a-f]{32}(?:[0-9a-f]{32})?")


# What every stored session has.
_STORED = {"_data", "_created", "_accessed", "_timeout"}


class BaseSession(dict[Any, Any]):
    """A session of a request: a new one, or the one whose id the client sent.

    `sid` takes the place of the cookie (ValueError when it is none), `secret` signs the cookie, `lock=0` leaves the
    lock away, `timeout` (seconds) is for a new session. Nothing is stored before `save()`.
    """

    def __init__(
        self,
        req: Any,
        sid: str | int | None = None,
        secret: str | bytes | None = None,
        lock: int = DFT_LOCK,
        timeout: float = 0,
    ) -> None:
        super().__init__()
        self._req, self._secret = req, secret
        self._lock, self._locked, self._invalid = lock, False, False
        self._new, self._created, self._accessed = True, 0.0, 0.0
        self._timeout = timeout or DFT_TIMEOUT
        self._sid = ""
        self.init_lock()
        if not self._resume(self._wanted(sid)):
            self._begin()
        self._accessed = time.time()
        if not random.randrange(CLEANUP_CHANCE):
            self.cleanup()

    def _wanted(self, sid: str | int | None) -> str | None:
        if sid:
            if not _SID.fullmatch(str(sid)):
                raise ValueError(f"Invalid Session ID: sid={sid}")
            return str(sid)
        received = received_sid(self._req, self._secret)
        return received if received and _SID.fullmatch(received) else None

    def _resume(self, sid: str | None) -> bool:
        if sid is None:
            return False
        self._sid = sid
        self.lock()
        if self.load():
            self._new = False
            return True
        self.unlock()
        return False

    def _begin(self) -> None:
        """A new id: one that a client made up is never taken over."""
        self._sid = secrets.token_hex(32)
        self.lock()
        self._created = time.time()
        add_cookie(self._req, self.make_cookie())

    def make_cookie(self) -> Cookie:
        """The cookie that carries the id."""
        return session_cookie(self._req, self._sid, self._secret)

    def invalidate(self) -> None:
        """End the session: delete it, have the client forget it, and never save it again."""
        cookie = self.make_cookie()
        cookie.expires = 0
        add_cookie(self._req, cookie)
        self.delete()
        self._invalid = True

    def load(self) -> bool:
        """Read what is stored under the id; False when there is nothing, or it has expired."""
        stored = self.do_load()
        if stored is None:
            return False
        if expired(stored, time.time()):
            self.do_delete()
            return False
        self.clear()
        self.update(stored["_data"])
        self._created, self._accessed = stored["_created"], stored["_accessed"]
        self._timeout = stored["_timeout"]
        return True

    def save(self) -> None:
        """Store it; only this makes it live on for another timeout."""
        if self._invalid:
            return
        times = {"_created": self._created, "_accessed": self._accessed, "_timeout": self._timeout}
        self.do_save({"_data": dict(self), **times})

    def delete(self) -> None:
        """Remove it from the store, and forget its data."""
        self.do_delete()
        self.clear()

    def init_lock(self) -> None:
        """For stores that have a lock of their own."""

    def lock(self) -> None:
        """Wait until nobody else works with this session."""
        if self._lock and not self._locked:
            _apache._global_lock(self._req.server, self._sid)
            self._locked = True

    def unlock(self) -> None:
        """Let others work with it; the end of the request does so too."""
        if self._locked:
            self._locked = False
            _apache._global_unlock(self._req.server, self._sid)

    def is_new(self) -> bool:
        """Whether the client gets it with this reply."""
        return self._new

    def id(self) -> str:
        """The id."""
        return self._sid

    def created(self) -> float:
        """When it was made, in seconds since 1970."""
        return self._created

    def last_accessed(self) -> float:
        """When it was asked for last: now, once it is loaded."""
        return self._accessed

    def timeout(self) -> float:
        """How long it lives without being saved, in seconds."""
        return self._timeout

    def set_timeout(self, secs: float) -> None:
        """Set how long it lives without being saved."""
        self._timeout = secs

    def cleanup(self) -> None:
        """Remove what has expired from the store."""
        self.do_cleanup()

    # What a store does; this one keeps nothing.

    def do_load(self) -> dict[str, Any] | None:
        """What `do_save` was given for this id, or None."""
        return None

    def do_save(self, dict: dict[str, Any]) -> None:
        """Keep it: `_data`, `_created`, `_accessed`, `_timeout`."""

    def do_delete(self) -> None:
        """Remove what is kept for this id."""

    def do_cleanup(self) -> None:
        """Remove whatever has expired; it may wait for the end of the request."""

    # For the stores of this package.

    def _sealer(self, own_key: bytes | None = None) -> Sealer:
        """With the administrator's key, else with the store's own, else for plain data."""
        path = option(self._req, "session.secret_file")
        read_old = option_flag(self._req, "session.read_old", False)
        return Sealer(file_key(path) if path else own_key, read_old=read_old)

    def _opened(self, sealer: Sealer, data: bytes) -> dict[str, Any] | None:
        """What is in stored bytes; None, and a line in the log, when they are refused."""
        try:
            session = sealer.open(self._sid, data)
            if not session.keys() >= _STORED:
                raise Refused("what is stored is no session")
            return session
        except Refused as refused:
            _log.log(self._req, _log.WARNING, _log.SESSION_REFUSED, f"session refused: {refused}")
            return None


def expired(stored: dict[str, Any], now: float, grace: float = 0) -> bool:
    """Whether a stored session is over."""
    return bool(now - stored["_accessed"] > stored["_timeout"] + grace)
