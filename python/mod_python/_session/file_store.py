"""`FileSession`: a file for each session, in 256 directories by the first digits of its id.

Runs in handlers; cleaning up runs at the end of a request. A file is replaced as a whole, so nobody reads half of one.
What goes wrong with a file is written to the log, and the client gets a new session.
"""

from __future__ import annotations

import os
import tempfile
from typing import Any

from mod_python import _log
from mod_python._session.base import DFT_LOCK, BaseSession
from mod_python._session.file_cleaner import FileCleaner
from mod_python._session.options import option_flag, option_number
from mod_python._session.places import database_directory, private_directory
from mod_python._session.seal import Sealer, directory_key

__all__ = [
    "DFT_CLEANUP_TIME_LIMIT",
    "DFT_FAST_CLEANUP",
    "DFT_GRACE_PERIOD",
    "DFT_VERIFY_CLEANUP",
    "FileSession",
]

DFT_FAST_CLEANUP = True
DFT_VERIFY_CLEANUP = True
# Seconds that a file may be over its time, and that one cleaning may last.
DFT_GRACE_PERIOD = 240
DFT_CLEANUP_TIME_LIMIT = 2


class FileSession(BaseSession):
    """A session that every child of this machine shares.

    `fast_cleanup` and `verify_cleanup` (0 or 1) take the place of their options.
    """

    def __init__(
        self,
        req: Any,
        sid: str | int | None = None,
        secret: str | bytes | None = None,
        timeout: float = 0,
        lock: int = DFT_LOCK,
        fast_cleanup: int = -1,
        verify_cleanup: int = -1,
    ) -> None:
        self._directory = private_directory(os.path.join(database_directory(req, "file_session"), "mp_sess"))
        self._fast, self._verify = fast_cleanup, verify_cleanup
        super().__init__(req, sid, secret, lock, timeout)

    def _path(self) -> str:
        return os.path.join(self._directory, self._sid[:2], self._sid)

    def _own_sealer(self) -> Sealer:
        return self._sealer(directory_key(os.path.join(self._directory, "mp_sess.key")))

    def do_load(self) -> dict[str, Any] | None:
        """Read the file, and mark it as used."""
        path = self._path()
        try:
            with open(path, "rb") as file:
                data = file.read()
            os.utime(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._failed("read", error)
            return None
        return self._opened(self._own_sealer(), data)

    def do_save(self, dict: dict[str, Any]) -> None:
        """Write a new file, and put it in the old one's place."""
        data = self._own_sealer().seal(self._sid, dict)
        path = self._path()
        try:
            os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
            descriptor, fresh = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".")
            with open(descriptor, "wb") as file:
                file.write(data)
            os.replace(fresh, path)
        except OSError as error:
            self._failed("written", error)

    def do_delete(self) -> None:
        """Remove the file."""
        try:
            os.unlink(self._path())
        except FileNotFoundError:
            pass
        except OSError as error:
            self._failed("removed", error)

    def do_cleanup(self) -> None:
        """At the end of the request, for a limited time, by one child at a time."""
        cleaner = FileCleaner(
            directory=self._directory,
            is_fast=self._flag(self._fast, "enable_fast_cleanup", DFT_FAST_CLEANUP),
            verifies=self._flag(self._verify, "verify_session_timeout", DFT_VERIFY_CLEANUP),
            grace=option_number(self._req, "file_session.cleanup_grace_period", DFT_GRACE_PERIOD),
            time_limit=option_number(self._req, "file_session.cleanup_time_limit", DFT_CLEANUP_TIME_LIMIT),
            sealer=self._own_sealer(),
        )
        self._req.register_cleanup(FileCleaner.run, cleaner)

    def _flag(self, given: int, name: str, default: bool) -> bool:
        return option_flag(self._req, f"file_session.{name}", default) if given == -1 else bool(given)

    def _failed(self, what: str, error: OSError) -> None:
        text = f"a session's file cannot be {what}: {error}"
        _log.log(self._req, _log.WARNING, _log.SESSION_STORE_FAILED, text)
