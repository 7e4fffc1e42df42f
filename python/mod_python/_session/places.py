"""Where sessions lie on disk: directories that are ours alone.

Runs in handlers. In a directory that others may write to, somebody else could wait for us with a file of theirs; so
what we use must belong to our user or to root.
"""

from __future__ import annotations

import functools
import os
import tempfile
from typing import Any

from mod_python._session.options import option

__all__ = ["check_owner", "database_directory", "private_directory"]


def database_directory(req: Any, kind: str) -> str:
    """The directory that an option names for this kind of session, or for all of them, or that of temporary files."""
    return option(req, f"{kind}.database_directory", "session.database_directory") or tempfile.gettempdir()


@functools.cache
def private_directory(path: str) -> str:
    """Make a directory that only our user can look into, unless it is there. Raises OSError."""
    os.makedirs(path, 0o700, exist_ok=True)
    check_owner(path)
    return path


def check_owner(path: str) -> None:
    """Raise PermissionError for what belongs to another user, or what everybody may write to."""
    found = os.lstat(path)
    if found.st_uid not in (0, os.geteuid()) or found.st_mode & 0o002:
        raise PermissionError(f"{path} belongs to another user, or everybody may write to it: no place for sessions")
