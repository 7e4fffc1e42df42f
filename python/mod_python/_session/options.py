"""The `PythonOption`s of sessions: today's names, and those from before 3.3, which count when the new one is not set.

Pure, given the table. Values that make no sense raise ValueError, which names the option.
"""

from __future__ import annotations

from typing import Any

__all__ = ["option", "option_flag", "option_number", "true_or_false"]

# Today's name (behind `mod_python.`) -> the one of old.
_OLD = {
    "session.session_type": "session",
    "session.cookie_name": "session_cookie_name",
    "session.application_path": "ApplicationPath",
    "session.database_directory": "session_directory",
    "dbm_session.database_filename": "session_dbm",
    "dbm_session.database_directory": "session_directory",
    "file_session.database_directory": "session_directory",
    "file_session.enable_fast_cleanup": "session_fast_cleanup",
    "file_session.verify_session_timeout": "session_verify_cleanup",
    "file_session.cleanup_grace_period": "session_grace_period",
    "file_session.cleanup_time_limit": "session_cleanup_time_limit",
}

_TRUE, _FALSE = ("yes", "true", "1", "on"), ("no", "false", "0", "off")


def option(req: Any, *names: str) -> str | None:
    """The value of the first of these options that is set."""
    table = req.get_options()
    for spelling in [f"mod_python.{name}" for name in names] + [_OLD[name] for name in names if name in _OLD]:
        value = table.get(spelling)
        if value:
            return str(value)
    return None


def option_flag(req: Any, name: str, default: bool) -> bool:
    """An option that is on or off."""
    value = option(req, name)
    return default if value is None else true_or_false(value)


def option_number(req: Any, name: str, default: int) -> int:
    """An option that is a number, not below zero."""
    value = option(req, name)
    if value is None:
        return default
    if not value.isdecimal():
        raise ValueError(f"PythonOption mod_python.{name} is {value!r}: it takes a number")
    return int(value)


def true_or_false(item: object) -> bool:
    """yes, true, on, 1 and no, false, off, 0, in any case, and Python's own. Raises ValueError for others."""
    text = item.lower() if isinstance(item, str) else str(int(item)) if isinstance(item, int) else ""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(f"{item!r} is neither true nor false")
