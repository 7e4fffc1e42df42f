"""What the running code belongs to: the configuration and the directory of the handler that this thread runs.

Runs on any thread, attached. On a thread that works on no request the main server's configuration counts.
"""

from __future__ import annotations

import os
from typing import Any

from mod_python._native import _apache

__all__ = ["get_current_config", "get_current_options", "get_handler_root"]


def get_current_config() -> Any:
    """The directives with one value each that are in effect here, as a live table."""
    owner = _owner()
    return _apache.mp_table() if owner is None else owner.get_config()


def get_current_options() -> Any:
    """The `PythonOption`s that are in effect here, as a live table."""
    owner = _owner()
    return _apache.mp_table() if owner is None else owner.get_options()


def get_handler_root() -> str:
    """The directory that the running handler is configured in; without one, the document root."""
    req = _apache.current_request()
    if req is None:
        return _apache.server_root()
    handler = req.hlist
    directory = handler.directory if handler is not None and not handler.is_location else None
    return str(directory or os.path.join(req.document_root(), ""))


def is_on(directive: str, default: bool) -> bool:
    """Whether a flag is on here."""
    value = get_current_config().get(directive)
    return default if value is None else value == "1"


def _owner() -> Any:
    return _apache.current_request() or _apache.main_server()
