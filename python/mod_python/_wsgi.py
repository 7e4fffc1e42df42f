"""`req.build_wsgi_env` and `req.wsgi_start_response`: WSGI's two halves, for handlers that call an application.

Runs on request threads. Text in the environment is in the form of PEP 3333: bytes shown as Latin-1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

from mod_python import apache

ExcInfo = tuple[type[BaseException], BaseException, TracebackType]

_STATUS = re.compile(r"([1-5]\d\d)(\s|$)")


def build_env(req: Any) -> dict[str, Any] | None:
    """The environment of WSGI for a request; None when its URI does not lie below the application's.

    Raises ValueError when the option `mod_python.wsgi.base_uri` ends in a slash.
    """
    base = _base_uri(req)
    if base and not f"{req.uri}/".startswith(f"{base}/"):
        return None
    req.path_info = req.uri[len(base) :]
    req.add_cgi_vars()
    env: dict[str, Any] = {key: _latin1(value) for key, value in req.subprocess_env.items() if value is not None}
    env.update(SCRIPT_NAME=_latin1(base), PATH_INFO=_latin1(req.path_info))
    if "Authorization" in req.headers_in:
        env["HTTP_AUTHORIZATION"] = _latin1(req.headers_in["Authorization"])
    return env | _of_the_server(req)


def start_response(req: Any, status: str, headers: list[Any], exc_info: ExcInfo | None = None) -> Callable[..., None]:
    """Set status and headers of the reply; returns the function that writes its body.

    Raises what `exc_info` carries, at once; ValueError for a status that begins with no number of HTTP's.
    """
    if exc_info is not None:
        raise exc_info[1].with_traceback(exc_info[2])
    number = _STATUS.match(status)
    if number is None:
        raise ValueError(f"Invalid status line: {status}")
    if not isinstance(headers, list):
        raise TypeError("headers must be a list")
    for header in headers:
        name, value = header
        _set_header(req, name, value)
    req.status, req.status_line = int(number[1]), status
    return req.write  # type: ignore[no-any-return]


def _base_uri(req: Any) -> str:
    option = req.get_options().get("mod_python.wsgi.base_uri")
    if option is not None:
        if option.endswith("/"):
            raise ValueError("the option mod_python.wsgi.base_uri must not end in a slash")
        return str(option)
    handler = req.hlist
    location = handler.location if handler is not None else None
    return (location or "").rstrip("/")


def _of_the_server(req: Any) -> dict[str, Any]:
    return {
        "wsgi.version": (1, 0),
        "wsgi.input": req,
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "https" if req.is_https() else "http",
        "wsgi.multithread": apache.mpm_query(apache.AP_MPMQ_IS_THREADED) != apache.AP_MPMQ_NOT_SUPPORTED,
        "wsgi.multiprocess": apache.mpm_query(apache.AP_MPMQ_IS_FORKED) != apache.AP_MPMQ_NOT_SUPPORTED,
        "wsgi.run_once": False,
    }


def _set_header(req: Any, name: str | bytes, value: str | bytes) -> None:
    if isinstance(value, str):
        value = value.encode("latin-1")
    if name.lower() in ("content-type", b"content-type"):
        req.content_type = value
    req.headers_out.add(name, value)


def _latin1(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")
