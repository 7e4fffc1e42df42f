"""The WSGI methods of a request, outside httpd: enough to call an application in a test.

For `_standalone_request` only; inside httpd the module does this itself.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

from mod_python import _wsgi


def environ(request: Any) -> dict[str, Any] | None:
    """The environment of a request; None when its URI does not lie below the application's."""
    base = _wsgi.base_uri(request)
    if base is None:
        return None
    request.add_cgi_vars()
    env: dict[str, Any] = {name: _latin1(value) for name, value in request.subprocess_env.items()}
    env.update(SCRIPT_NAME=_latin1(base), PATH_INFO=_latin1(request.uri[len(base) :]))
    for name in ("Content-Type", "Content-Length"):
        if name in request.headers_in:
            env[name.upper().replace("-", "_")] = request.headers_in[name]
    return env | {
        "SERVER_PORT": "80",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if request.is_https() else "http",
        "wsgi.input": io.BytesIO(request.read()),
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": _wsgi.FileWrapper,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def start(request: Any, status: str, headers: list[Any], exc_info: Any = None) -> Callable[[bytes], None]:
    """Set status and headers; with `exc_info` anew, or its exception when something was sent."""
    if exc_info is not None and request.output:
        _wsgi.raise_again(exc_info)
    request.status, request.status_line = int(status[:3]), status
    request.headers_out.clear()
    for name, value in headers:
        if name.lower() == "content-type":
            request.content_type = value
        else:
            request.headers_out.add(name, value)
    return request.wsgi_write  # type: ignore[no-any-return]


def serve(request: Any, application: Callable[..., Any]) -> bool:
    """Let an application answer; False when the URI is not its own."""
    env = environ(request)
    if env is None:
        return False
    body = application(env, request.wsgi_start_response)
    try:
        for data in body:
            request.write(data)
    finally:
        getattr(body, "close", lambda: None)()
    return True


def _latin1(text: str) -> str:
    """The form of PEP 3333: bytes shown as Latin-1."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")
