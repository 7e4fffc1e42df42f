"""`DbmSession`: all sessions in one database, of the kind that `dbm` prefers (sqlite since Python 3.13).

Runs in handlers; cleaning up runs at the end of a request. One child at a time has the database open.
"""

from __future__ import annotations

import dbm
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from mod_python._native import _apache
from mod_python._session.base import DFT_LOCK, BaseSession, expired
from mod_python._session.options import option
from mod_python._session.places import check_owner, database_directory
from mod_python._session.seal import Refused, Sealer, directory_key

__all__ = ["DbmSession"]

# The lock of databases.
_INDEX = 0


class DbmSession(BaseSession):
    """A session that every child of this machine shares.

    `dbm` is the name of the database, `dbmtype` the module that opens it; by default an existing one tells its kind.
    """

    def __init__(
        self,
        req: Any,
        dbm: str | None = None,
        sid: str | int | None = None,
        secret: str | bytes | None = None,
        dbmtype: Any = None,
        timeout: float = 0,
        lock: int = DFT_LOCK,
    ) -> None:
        self._dbmfile = dbm or _database(req)
        self._dbmtype = dbmtype
        super().__init__(req, sid, secret, lock, timeout)

    @contextmanager
    def _open(self) -> Iterator[Any]:
        """The database, while nobody else has it."""
        _apache._global_lock(self._req.server, None, _INDEX)
        try:
            with suppress(FileNotFoundError):
                check_owner(self._dbmfile)
            with (self._dbmtype or dbm).open(self._dbmfile, "c", 0o640) as database:
                yield database
        finally:
            _apache._global_unlock(self._req.server, None, _INDEX)

    def _own_sealer(self) -> Sealer:
        return self._sealer(directory_key(f"{self._dbmfile}.key"))

    def do_load(self) -> dict[str, Any] | None:
        """From the database."""
        with self._open() as database:
            data = database.get(self._sid.encode())
        return None if data is None else self._opened(self._own_sealer(), data)

    def do_save(self, dict: dict[str, Any]) -> None:
        """Into the database."""
        data = self._own_sealer().seal(self._sid, dict)
        with self._open() as database:
            database[self._sid.encode()] = data

    def do_delete(self) -> None:
        """Out of the database."""
        with self._open() as database, suppress(KeyError):
            del database[self._sid.encode()]

    def do_cleanup(self) -> None:
        """At the end of the request."""
        self._req.register_cleanup(DbmSession._remove_expired, self)

    def _remove_expired(self) -> None:
        now, sealer = time.time(), self._own_sealer()
        with self._open() as database:
            for key in list(database.keys()):
                if _is_over(sealer, key, database[key], now):
                    del database[key]


def _is_over(sealer: Sealer, key: bytes, data: bytes, now: float) -> bool:
    """What nobody can load is over too."""
    try:
        return expired(sealer.open(key.decode("latin-1"), data), now)
    except (Refused, KeyError):
        return True


def _database(req: Any) -> str:
    named = option(req, "dbm_session.database_filename")
    return named or os.path.join(database_directory(req, "dbm_session"), "mp_sess.dbm")
