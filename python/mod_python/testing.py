"""Unit tests of handlers and filters without httpd.

    from mod_python import testing
    import hello

    def test_hello():
        reply = testing.run(hello.handler, testing.Request("GET", "/?name=you", options={"colour": "blue"}))
        assert (reply.status, reply.text) == (200, "hello you")

`Request` takes headers, a body, options, and any attribute of a request by keyword; attributes that httpd does not let
applications write cannot be written here either. After a call, `headers_out`, `output`, `log`, `cleanups` and `asked`
(filters, handlers, redirects) show what the handler did. `Filter`, `Connection`, `Server` and `Finfo` stand for the
other objects. It never runs inside httpd, where the real ones are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mod_python._standalone import SERVER_RETURN
from mod_python._standalone_peers import Connection, Filter, Finfo, Hlist, Server
from mod_python._standalone_request import Request
from mod_python._standalone_table import mp_table

__all__ = ["Connection", "Filter", "Finfo", "Hlist", "Reply", "Request", "Server", "run"]

_OK, _DECLINED, _DONE = 0, -1, -2


@dataclass(frozen=True)
class Reply:
    """What the client would see: a handler that declines leaves 404, as there is no file. Error pages are not made."""

    result: int
    status: int
    headers: mp_table
    content: bytes

    @property
    def text(self) -> str:
        """The content as text, UTF-8."""
        return self.content.decode()


def run(handler: Callable[[Any], int], request: Request | None = None) -> Reply:
    """Call a handler as the content phase does: `SERVER_RETURN` is a result, cleanups are called at the end.

    Raises what the handler raises, and TypeError when its result is no integer.
    """
    request = request or Request()
    try:
        result = _call(handler, request)
    finally:
        for function, data in request.cleanups:
            function(data)
    failed = result not in (_OK, _DECLINED, _DONE)
    status = 404 if result == _DECLINED else result if failed else request.status
    return Reply(result, status, _headers(request, failed), request.output)


def _call(handler: Callable[[Any], int], request: Request) -> int:
    try:
        result = handler(request)
    except SERVER_RETURN as returned:
        result, *status = returned.args or (_OK,)
        if status and status[0]:
            request.status = status[0]
    if type(result) is not int:
        raise TypeError(f"handler has returned {result!r}, which is no integer")
    return result


def _headers(request: Request, failed: bool) -> mp_table:
    """As httpd sends them: on an error only those of `err_headers_out`."""
    headers = mp_table() if failed else request.headers_out.copy()
    for name, value in request.err_headers_out.items():
        headers.add(name, value)
    if request.content_type and not failed:
        headers["Content-Type"] = request.content_type
    return headers
