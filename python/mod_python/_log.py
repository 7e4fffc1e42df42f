"""Numbered lines in the error log, as the module itself writes them; src/httpd/log_number.rs has all the rows.

Runs on request threads. Only what an administrator may have to act upon is written here; errors of applications are
`_report`'s.
"""

from __future__ import annotations

from typing import Any

__all__ = ["log"]

ERROR = 3
WARNING = 4
INFO = 6

FORM_TOO_LARGE = 601
FORM_MALFORMED = 602
SESSION_REFUSED = 603
SESSION_STORE_FAILED = 604
SESSIONS_NOT_SHARED = 605
PUBLISHER_REFUSED = 620
CGI_WITHOUT_HEADERS = 621


def log(req: Any, level: int, number: int, text: str) -> None:
    """Write a line to the log of a request's server."""
    req.log_error(f"MPY{number:04}: {text}", level)
