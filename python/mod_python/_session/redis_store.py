"""`RedisSession`: sessions in a redis or valkey server, for several machines that serve one site.

Runs in handlers, and needs the package `redis` (an extra of this one). The server removes what has expired. Its lock
holds across machines; those of one machine queue at their own lock first, so only one of them asks the server.
"""

from __future__ import annotations

import functools
from contextlib import suppress
from typing import Any

from mod_python._session.base import DFT_LOCK, BaseSession
from mod_python._session.options import option, option_number

__all__ = ["RedisSession"]

_URL = "redis://127.0.0.1:6379/0"
_PREFIX = "mp_sess:"
# The longest that a machine which died keeps others from a session, in seconds.
_LOCK_TIMEOUT = 60
# How often a machine asks for a lock that another one has, in seconds.
_POLL = 0.01

# What the lock of this machine guards: session -> the server's lock, and how many have it, all of one request.
_held: dict[str, tuple[Any, int]] = {}


class RedisSession(BaseSession):
    """A session that every machine shares."""

    def __init__(
        self,
        req: Any,
        sid: str | int | None = None,
        secret: str | bytes | None = None,
        timeout: float = 0,
        lock: int = DFT_LOCK,
    ) -> None:
        self._client = _client(option(req, "redis_session.url") or _URL)
        self._prefix = option(req, "redis_session.prefix") or _PREFIX
        super().__init__(req, sid, secret, lock, timeout)

    def _key(self) -> str:
        return self._prefix + self._sid

    def do_load(self) -> dict[str, Any] | None:
        """From the server."""
        data = self._client.get(self._key())
        return None if data is None else self._opened(self._sealer(), data)

    def do_save(self, dict: dict[str, Any]) -> None:
        """Into the server, until it expires."""
        lifetime = max(1, round(self._timeout * 1000))
        self._client.set(self._key(), self._sealer().seal(self._sid, dict), px=lifetime)

    def do_delete(self) -> None:
        """Out of the server."""
        self._client.delete(self._key())

    def lock(self) -> None:
        """Wait for this machine's turn, then for the other machines."""
        if not self._lock or self._locked:
            return
        super().lock()
        theirs, count = _held.get(self._key()) or (self._acquire(), 0)
        _held[self._key()] = theirs, count + 1
        self._req.register_cleanup(RedisSession.unlock, self)

    def _acquire(self) -> Any:
        timeout = option_number(self._req, "redis_session.lock_timeout", _LOCK_TIMEOUT)
        lock = self._client.lock(f"{self._key()}:lock", timeout=timeout, sleep=_POLL, thread_local=False)
        try:
            lock.acquire()
        except BaseException:
            super().unlock()
            raise
        return lock

    def unlock(self) -> None:
        """Let the other machines in, then this one's others."""
        if not self._locked:
            return
        key = self._key()
        theirs, count = _held.pop(key)
        if count > 1:
            _held[key] = theirs, count - 1
        else:
            _release(theirs)
        super().unlock()


def _release(lock: Any) -> None:
    from redis.exceptions import LockError

    # A request that took longer than the lock lasts has it no more.
    with suppress(LockError):
        lock.release()


@functools.cache
def _client(url: str) -> Any:
    """The connections of this interpreter to a server."""
    try:
        import redis
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError("RedisSession needs the package redis: pip install redis", name="redis") from missing
    return redis.Redis.from_url(url)
