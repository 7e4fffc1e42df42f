"""A request that no httpd made: what the library of an application asks of one."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from mod_python import apache


class FakeServer:
    """A server with a document root."""

    server_hostname = "localhost"


class FakeRequest:
    """A request with a query string, headers, a body, and options; `pieces` limits what one read gives."""

    def __init__(
        self,
        args: str | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
        pieces: int = 1 << 20,
        **options: str,
    ) -> None:
        self.args = args
        self.method = "GET" if body is None else "POST"
        self.uri = "/"
        self.headers_in = apache.table()
        self.headers_out = apache.table()
        self.err_headers_out = apache.table()
        self.status = 200
        self.sent_bodyct = 0
        self.main = self.prev = self.hlist = None
        self.server = FakeServer()
        self.log: list[str] = []
        self.written: list[Any] = []
        self.cleanups: list[tuple[Callable[[Any], object], Any]] = []
        self._options = apache.table({f"mod_python.{k.replace('__', '.')}": v for k, v in options.items()})
        self._body = io.BytesIO(body or b"")
        self._pieces = pieces
        if body is not None:
            self.headers_in["Content-Length"] = str(len(body))
        if content_type:
            self.headers_in["Content-Type"] = content_type

    def read(self, length: int = -1) -> bytes:
        """The next bytes of the body."""
        return self._body.read(self._pieces if length < 0 else min(length, self._pieces))

    def get_options(self) -> Any:
        """The options given to the constructor: `form__max_size="1"` is `mod_python.form.max_size`."""
        return self._options

    def document_root(self) -> str:
        """A directory that is not there."""
        return "/srv/www"

    def log_error(self, text: str, level: int = 3) -> None:
        """Keep the line."""
        self.log.append(text)

    def write(self, data: Any, flush: int = 1) -> None:
        """Keep the output."""
        self.written.append(data)

    def register_cleanup(self, function: Callable[[Any], object], data: Any = None) -> None:
        """Keep it for `end`."""
        self.cleanups.append((function, data))

    def end(self) -> None:
        """End the request: last cleanup first."""
        while self.cleanups:
            function, data = self.cleanups.pop()
            function(data)
