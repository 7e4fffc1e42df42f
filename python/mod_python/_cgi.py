"""CGI's ways for scripts that expect them: environment variables, standard input and output of one request.

Behind `apache.setup_cgi` and its sisters. Runs on request threads. `sys.stdin`, `sys.stdout` and `os.environ` belong to
the whole interpreter: whoever sets them up must let one request at a time do so (`cgihandler` does).
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_BLOCK = 65536

Saved = tuple[dict[str, str], Any, Any]


class NullIO:
    """A stream that swallows everything and is always at its end."""

    def tell(self) -> int:
        """The beginning."""
        return 0

    def read(self, n: int = -1) -> str:
        """Nothing."""
        return ""

    def readline(self, length: int | None = None) -> str:
        """Nothing."""
        return ""

    def readlines(self) -> list[str]:
        """No lines."""
        return []

    def write(self, s: object) -> None:
        """Swallow."""

    def writelines(self, lines: Iterable[object]) -> None:
        """Swallow."""
        self.write("".join(map(str, lines)))

    def isatty(self) -> bool:
        """It is no terminal."""
        return False

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """It stays as it is."""

    def detach(self) -> None:
        """There is nothing behind it."""

    def seek(self, pos: int, mode: int = 0) -> None:
        """Stay."""


class _Body(io.RawIOBase):
    """The body of a request as a raw stream."""

    def __init__(self, req: Any) -> None:
        self._req = req

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer, or as much of it as the body still has."""
        view = memoryview(buffer).cast("B")
        data = self._req.read(len(view))
        view[: len(data)] = data
        return len(data)


class CGIStdin(io.TextIOWrapper):
    """The body of a request as `sys.stdin`: text in UTF-8, and its bytes as `buffer`."""

    def __init__(self, req: Any) -> None:
        super().__init__(io.BufferedReader(_Body(req), _BLOCK), "utf-8", "surrogateescape", newline="\n")


class _Reply(io.BufferedIOBase):
    """What a script writes: header lines, an empty line, the content."""

    def __init__(self, req: Any) -> None:
        self._req = req
        self._head: bytes | None = b""
        self.local = ""

    @property
    def has_begun(self) -> bool:
        """Whether the header lines are complete."""
        return self._head is None

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Keep it until the header lines are complete, then send."""
        chunk = bytes(data)
        if self._head is None:
            self._req.write(chunk)
            return len(chunk)
        self._head += chunk
        head, content = _split(self._head)
        if content is not None:
            self._head = None
            self.local = _send_headers(self._req, head)
            if content:
                self._req.write(content)
        return len(chunk)

    def flush(self) -> None:
        """Send what is sent already but waits in httpd; a redirect within the server has nothing to send."""
        if self._head is None and not self.local:
            self._req.flush()

    def close(self) -> None:
        """Whoever wrapped it may close it; the reply goes on."""


class CGIStdout(io.TextIOBase):
    """The reply to a request as `sys.stdout`: text in UTF-8, and its bytes as `buffer`."""

    encoding = "utf-8"
    errors = "surrogateescape"

    def __init__(self, req: Any) -> None:
        self.buffer = _Reply(req)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, s: str, /) -> int:
        """Keep it until the header lines are complete, then send."""
        self.buffer.write(s.encode(self.encoding, self.errors))
        return len(s)

    def flush(self) -> None:
        """Send what waits."""
        self.buffer.flush()

    def detach(self) -> io.BufferedIOBase:  # type: ignore[override]
        """The bytes, for a wrapper of the script's own."""
        return self.buffer

    def reconfigure(self, *, encoding: str | None = None, errors: str | None = None, **_: object) -> None:
        """Write text in another encoding from now on; lines are never translated."""
        self.encoding = encoding or self.encoding
        self.errors = errors or self.errors


def build_cgi_env(req: Any) -> dict[str, str]:
    """The environment variables of CGI for a request."""
    req.add_cgi_vars()
    env = {key: value for key, value in req.subprocess_env.items() if value is not None}
    path_info = req.path_info or ""
    env["SCRIPT_NAME"] = req.uri.removesuffix(path_info) if path_info else req.uri
    env["GATEWAY_INTERFACE"] = "Python-CGI/1.1"
    if "Authorization" in req.headers_in:
        env["HTTP_AUTHORIZATION"] = req.headers_in["Authorization"]
    return env


def setup_cgi(req: Any) -> Saved:
    """Make this interpreter look like a CGI process of a request; returns what `restore_nocgi` takes."""
    saved = dict(os.environ), sys.stdin, sys.stdout
    os.environ.update(build_cgi_env(req))
    sys.stdin, sys.stdout, sys.argv = CGIStdin(req), CGIStdout(req), []
    return saved


def restore_nocgi(env: dict[str, str], stdin: Any, stdout: Any) -> None:
    """Put back what `setup_cgi` returned."""
    sys.stdin, sys.stdout = stdin, stdout
    for name in os.environ.keys() - env.keys():
        del os.environ[name]
    os.environ.update(env)


def _split(head: bytes) -> tuple[bytes, bytes | None]:
    """Header lines and content, at the first empty line; no content while there is none."""
    ends = [(at, mark) for mark in (b"\r\n\r\n", b"\n\n") if (at := head.find(mark)) >= 0]
    if not ends:
        return head, None
    at, mark = min(ends)
    return head[:at], head[at + len(mark) :]


def _send_headers(req: Any, head: bytes) -> str:
    """Take over the header lines; gives the path on this server that they lead to, if they do (RFC 3875, 6.2.2)."""
    location, has_status = "", False
    for line in head.decode("utf-8", "surrogateescape").splitlines():
        name, _, value = (part.strip() for part in line.partition(":"))
        match name.lower():
            case "status":
                req.status, has_status = int(value.split()[0]), True
            case "content-type":
                req.content_type = value
                req.headers_out[name] = value
            case "location":
                location = req.headers_out["Location"] = value
            case _:
                req.headers_out.add(name, value)
    if not location or has_status:
        return ""
    req.status = 302
    return location if location.startswith("/") and not location.startswith("//") else ""
