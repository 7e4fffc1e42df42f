"""A push parser for `multipart/form-data` (RFC 7578, RFC 2046): bytes in pieces of any size, parts out as they come.

Pure: no I/O, no memory beyond one header block and one delimiter. Every byte is looked at by `bytes.find`, so the time
goes to C code. Lines end with CRLF; anything else is Malformed, and so is a body that stops early.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mod_python._sansio.errors import Malformed, TooLarge

__all__ = ["End", "Event", "Head", "MultipartParser"]

_END = re.compile(rb"[ \t]{0,64}\r\n")
_MAX_BOUNDARY = 200
# Blanks that RFC 2046 allows behind a boundary; nobody sends them, and nobody may send many.
_MAX_PADDING = 64


class Head(NamedTuple):
    """A part begins: its header lines, names in lower case."""

    headers: list[tuple[str, bytes]]


class End(NamedTuple):
    """The part has ended."""


# Between Head and End come the part's data, in pieces.
Event = Head | bytes | End


class MultipartParser:
    """Parses one body: `feed` each piece, then `close`."""

    def __init__(self, boundary: bytes, *, max_parts: int = 1000, max_header_size: int = 8192) -> None:
        """Raises Malformed for a boundary that nobody would send."""
        if not 0 < len(boundary) <= _MAX_BOUNDARY or b"\r" in boundary or b"\n" in boundary:
            raise Malformed("no usable boundary")
        self._delimiter = b"\r\n--" + boundary
        self._parts_left = max_parts
        self._max_parts = max_parts
        self._max_header_size = max_header_size
        # The first delimiter may stand at the very beginning, where no line has ended.
        self._buffer = b"\r\n"
        # What is in front of this was given out.
        self._at = 0
        self._step = self._preamble
        self._touched = False

    def feed(self, data: bytes) -> Iterator[Event]:
        """What became complete with these bytes. Raises Malformed and TooLarge; the parser is of no use afterwards."""
        self._touched = self._touched or bool(data)
        self._buffer = self._buffer[self._at :] + data
        self._at = 0
        while (event := self._step()) is not None:
            if event != b"":
                yield event

    def close(self) -> None:
        """Say that the body has ended. Raises Malformed when it should not have; no bytes at all are no parts."""
        if self._touched and self._step != self._epilogue:
            raise Malformed("the body ends before its last boundary")

    # Each step takes what it can from the buffer and returns an event, b"" for a step without one, and None when it
    # needs more bytes.

    def _preamble(self) -> Event | None:
        found = self._buffer.find(self._delimiter)
        if found < 0:
            self._at = max(0, len(self._buffer) - len(self._delimiter))
            return None
        return self._skip_delimiter(found, b"")

    def _data(self) -> Event | None:
        found = self._buffer.find(self._delimiter, self._at)
        if found == self._at:
            return self._skip_delimiter(found, End())
        if found < 0:
            found = _tail(self._buffer, self._delimiter, self._at)
        if found == self._at:
            return None
        data = self._buffer[self._at : found]
        self._at = found
        return data

    def _skip_delimiter(self, found: int, event: Event) -> Event:
        self._at = found + len(self._delimiter)
        self._step = self._after_delimiter
        return event

    def _after_delimiter(self) -> Event | None:
        if self._buffer.startswith(b"--", self._at):
            self._step = self._epilogue
            return b""
        if end := _END.match(self._buffer, self._at):
            # The line end stays: a part without headers goes on with an empty line at once.
            self._at = end.end() - 2
            self._step = self._headers
            return b""
        rest = self._buffer[self._at : self._at + _MAX_PADDING + 2]
        if rest.strip(b" \t") not in (b"", b"\r", b"-") or len(rest) > _MAX_PADDING:
            raise Malformed("no line end behind a boundary")
        return None

    def _headers(self) -> Event | None:
        # The line end in front of the headers, and the two behind them, are none of theirs.
        longest = self._at + self._max_header_size + 6
        end = self._buffer.find(b"\r\n\r\n", self._at, longest)
        if end < 0:
            if len(self._buffer) >= longest:
                raise TooLarge("max_header_size", f"more than {self._max_header_size} bytes of headers in one part")
            return None
        if not self._parts_left:
            raise TooLarge("max_fields", f"more than {self._max_parts} parts")
        self._parts_left -= 1
        block = self._buffer[self._at + 2 : end]
        # The last line end stays: a part without data goes on with the delimiter at once.
        self._at = end + 2
        self._step = self._begin_data
        return Head(_parse_headers(block))

    def _begin_data(self) -> Event | None:
        if len(self._buffer) - self._at < len(self._delimiter):
            return None
        if not self._buffer.startswith(self._delimiter, self._at):
            self._at += 2
        self._step = self._data
        return b""

    def _epilogue(self) -> Event | None:
        self._at = len(self._buffer)
        return None


def _tail(buffer: bytes, delimiter: bytes, start: int) -> int:
    """Where the end of the buffer may be the beginning of a delimiter; its length when it is not."""
    at = buffer.rfind(b"\r", max(start, len(buffer) - len(delimiter) + 1))
    return at if at >= 0 and delimiter.startswith(buffer[at:]) else len(buffer)


def _parse_headers(block: bytes) -> list[tuple[str, bytes]]:
    headers: list[tuple[str, bytes]] = []
    for line in block.split(b"\r\n") if block else ():
        if line[:1] in (b" ", b"\t") and headers:
            name, value = headers[-1]
            headers[-1] = name, value + b" " + line.strip()
            continue
        raw, colon, value = line.partition(b":")
        if not colon or not raw.strip():
            raise Malformed(f"no header line: {line[:50]!r}")
        headers.append((raw.strip().decode("latin-1").lower(), value.strip()))
    return headers
