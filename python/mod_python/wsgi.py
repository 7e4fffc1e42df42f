"""`PythonHandler mod_python.wsgi`: the WSGI application that the option `mod_python.wsgi.application` names.

Runs on request threads as any handler. `PythonWSGIAlias` needs no handler and is faster; this one is for
configurations of mod_python 3.5, and for applications below `<Directory>` and `<Files>`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mod_python import apache

__all__ = ["handler"]

_OPTION = "mod_python.wsgi.application"


def handler(req: Any) -> int:
    """Let the application answer; DECLINED, with a warning in the log, when there is none or the URI is not its own."""
    word = req.get_options().get(_OPTION)
    if not word:
        raise LookupError(f"PythonHandler mod_python.wsgi needs `PythonOption {_OPTION} module[::callable]`")
    application = _application(word)
    if application is None:
        return _declined(req, f"WSGI application {word!r} is not there: its module has no such name")
    if not req.serve_wsgi(application):
        return _declined(req, f"WSGI application {word!r} does not answer here: see mod_python.wsgi.base_uri")
    return apache.OK


def _declined(req: Any, why: str) -> int:
    req.log_error(why, apache.APLOG_WARNING)
    return apache.DECLINED


def _application(word: str) -> Callable[..., Any] | None:
    """`module`, `module:callable` or `module::callable`; the module is loaded again when its file has changed."""
    name, _, found = word.rpartition(":")
    module = apache.import_module(name.rstrip(":") or found)
    found = found if name else "application"
    return getattr(module, found, None)
