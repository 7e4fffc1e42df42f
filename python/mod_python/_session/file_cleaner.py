"""Removing the files of sessions that are over.

Runs in the cleanup of a request, detached from the reply; by one child at a time, for a limited time, and from where
the last one stopped. A file that is younger than the default timeout is not opened.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from mod_python._session.base import DFT_TIMEOUT, expired
from mod_python._session.seal import Refused, Sealer

__all__ = ["FileCleaner"]

_DIRECTORIES = 256


@dataclass(frozen=True)
class FileCleaner:
    """One cleaning of one directory."""

    directory: str
    # Look at a file's age first, and open only those old enough.
    is_fast: bool
    # Open a file that is old enough, and go by the timeout in it.
    verifies: bool
    # Seconds that a session may be over before its file goes.
    grace: float
    # Seconds that this may last; 0 is no limit.
    time_limit: float
    sealer: Sealer

    def run(self) -> int:
        """Remove what is over, unless another one is at it; how many files went."""
        with open(os.path.join(self.directory, ".mp_sess.lck"), "a+b") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return 0
            lock.seek(0)
            first = int(lock.read(3) or b"0")
            removed, next_one = self._remove_from(first)
            lock.truncate(0)
            lock.write(str(next_one).encode())
        return removed

    def _remove_from(self, first: int) -> tuple[int, int]:
        end = time.monotonic() + self.time_limit if self.time_limit else float("inf")
        removed = 0
        for number in range(first, first + _DIRECTORIES):
            if time.monotonic() > end:
                return removed, number % _DIRECTORIES
            removed += sum(self._remove(entry) for entry in self._files(number % _DIRECTORIES))
        return removed, first

    def _files(self, number: int) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(os.path.join(self.directory, f"{number:02x}")) as entries:
                yield from entries
        except FileNotFoundError:
            pass

    def _remove(self, entry: os.DirEntry[str]) -> bool:
        try:
            if not self._is_over(entry):
                return False
            os.unlink(entry)
            return True
        except FileNotFoundError:
            return False

    def _is_over(self, entry: os.DirEntry[str]) -> bool:
        now = time.time()
        if self.is_fast and now - entry.stat(follow_symlinks=False).st_mtime <= DFT_TIMEOUT + self.grace:
            return False
        if self.is_fast and not self.verifies:
            return True
        with open(entry, "rb") as file:
            data = file.read()
        try:
            return expired(self.sealer.open(entry.name, data), now, self.grace)
        except (Refused, KeyError):
            # Nobody can load it; young ones may be on their way to their place.
            return now - entry.stat(follow_symlinks=False).st_mtime > DFT_TIMEOUT + self.grace
