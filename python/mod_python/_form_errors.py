"""A form that cannot be read ends the handler with a status, unless the handler catches it.

Runs in handlers. A `FormError` is a SERVER_RETURN: `except apache.SERVER_RETURN` of older applications holds it too.
"""

from __future__ import annotations

from typing import Any

from mod_python import _log
from mod_python._native import _apache
from mod_python._sansio.errors import Malformed, TooLarge

__all__ = ["FormError", "form_error"]

BAD_REQUEST = 400
TOO_LARGE = 413
UNKNOWN_TYPE = 501


class FormError(_apache.SERVER_RETURN):
    """A form that cannot be read: `status` is what the client gets, `reason` what is wrong."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status)
        self.status = status
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def form_error(req: Any, error: Malformed | TooLarge) -> FormError:
    """Write the log line for what a parser found, and make it a FormError."""
    if isinstance(error, TooLarge):
        text = f"form refused: {error}; PythonOption mod_python.form.{error.limit} sets the limit"
        _log.log(req, _log.WARNING, _log.FORM_TOO_LARGE, text)
        return FormError(TOO_LARGE, str(error))
    _log.log(req, _log.INFO, _log.FORM_MALFORMED, f"form refused: {error}")
    return FormError(BAD_REQUEST, str(error))
