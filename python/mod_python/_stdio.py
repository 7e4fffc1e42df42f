"""`sys.stdout` and `sys.stderr` as lines in httpd's error log.

Installed once per interpreter; written to by any thread of it. A line belongs to the thread that writes it and goes to
the log, with the context of the thread's request, when it is complete, when the stream is flushed, or when the request
ends: then the module calls `flush_thread`, but only while `unfinished` is not empty. Nothing here takes a lock.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from threading import get_ident
from typing import TYPE_CHECKING

from mod_python._native import _apache

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_APLOG_ERR, _APLOG_INFO = 3, 6
_LONGEST = 64 * 1024

# (thread, level) -> the beginning of a line. The module keeps a reference: it must stay this very object.
unfinished: dict[tuple[int, int], bytes] = {}


class LogBuffer(io.BufferedIOBase):
    """The `buffer` of a stream: bytes in, lines out."""

    def __init__(self, level: int) -> None:
        self._level = level

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Log the lines that are complete, keep the rest."""
        chunk = bytes(data)
        key = get_ident(), self._level
        *lines, rest = (unfinished.pop(key, b"") + chunk).split(b"\n")
        for line in lines:
            self._log(line)
        if len(rest) > _LONGEST:
            self._log(rest)
        elif rest:
            unfinished[key] = rest
        return len(chunk)

    def flush(self) -> None:
        """Log what this thread has not finished."""
        self._log(unfinished.pop((get_ident(), self._level), b""))

    def close(self) -> None:
        """The error log stays open: closing is flushing."""
        self.flush()

    def _log(self, line: bytes) -> None:
        text = line.rstrip(b"\r").decode("utf-8", "backslashreplace")
        if text:
            _apache.log_line(self._level, text)


class LogStream(io.TextIOBase):
    """A text stream over the error log; no terminal, no file descriptor."""

    encoding = "utf-8"
    errors = "backslashreplace"
    mode = "w"
    line_buffering = True
    write_through = False

    def __init__(self, name: str, level: int) -> None:
        self.name = name
        self.buffer = LogBuffer(level)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str, /) -> int:
        """Log the lines that are complete, keep the rest."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.buffer.write(text.encode(self.encoding, self.errors))
        return len(text)

    def writelines(self, lines: Iterable[str], /) -> None:  # type: ignore[override]
        """Write each of the strings."""
        self.write("".join(lines))

    def flush(self) -> None:
        """Log what this thread has not finished."""
        self.buffer.flush()

    def close(self) -> None:
        """The error log stays open: closing is flushing."""
        self.flush()

    def reconfigure(self, **_: object) -> None:
        """Accepted and ignored: the error log is UTF-8, line by line."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name!r} encoding={self.encoding!r}>"


def install() -> None:
    """Give the interpreter its standard streams: output to the error log, an empty input. Once is enough."""
    present: object = sys.__stderr__
    if isinstance(present, LogStream):
        return
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = LogStream("<stdout>", _APLOG_INFO)  # type: ignore[assignment,misc]
    sys.stderr = sys.__stderr__ = LogStream("<stderr>", _APLOG_ERR)  # type: ignore[assignment,misc]


def flush_thread() -> None:
    """Log what the calling thread has not finished: at the end of its request."""
    for level in (_APLOG_INFO, _APLOG_ERR):
        LogBuffer(level).flush()


def flush_all() -> None:
    """Log what any thread has not finished: at the end of the interpreter."""
    for key in list(unfinished):
        LogBuffer(key[1])._log(unfinished.pop(key, b""))
