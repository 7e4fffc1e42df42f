"""The parts of a multipart form on their way into fields: each into a file, as it comes.

Runs in handlers, driven by `_form`. A part is written where the handler's callbacks say, otherwise into memory or a
temporary file; it never looks at where the bytes come from.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from mod_python._fields import AnyField, Field, StringField, close
from mod_python._form_limits import FormLimits
from mod_python._native import _apache
from mod_python._sansio.errors import Malformed, TooLarge
from mod_python._sansio.header import parse_options
from mod_python._sansio.multipart import Event, Head

__all__ = ["FileCallback", "FieldCallback", "PartReader"]

FileCallback = Callable[[str], Any]
FieldCallback = Callable[[], Any]

_OWN_HEADERS = ("content-disposition", "content-type")


class PartReader:
    """Takes the events of one body and gives its fields."""

    def __init__(
        self,
        limits: FormLimits,
        decode: Callable[[bytes], str],
        file_callback: FileCallback | None,
        field_callback: FieldCallback | None,
    ) -> None:
        self._limits = limits
        self._decode = decode
        self._file_callback = file_callback
        self._field_callback = field_callback
        self._memory_left = limits.max_memory

    def fields(self, events: Iterator[Event]) -> Iterator[AnyField]:
        """The fields, each when its part has ended. Raises what the events raise, TooLarge, and Malformed."""
        for event in events:
            if isinstance(event, Head):
                yield self._field(event, events)

    def _field(self, head: Head, events: Iterator[Event]) -> AnyField:
        headers = {name: self._decode(value) for name, value in head.headers}
        disposition, options = parse_options(headers.get("content-disposition", ""))
        if "name" not in options:
            raise Malformed("a part without a name")
        file = self._open(options.get("filename"))
        try:
            self._write(file, not options.get("filename"), events)
        except BaseException:
            close(file)
            raise
        file.seek(0)
        field = self._make(options, file)
        field.name = options["name"]
        field.filename = options.get("filename")
        field.type, field.type_options = _content_type(headers.get("content-type", ""))
        field.disposition, field.disposition_options = disposition, options
        field.headers = _apache.mp_table({n: v for n, v in headers.items() if n not in _OWN_HEADERS})
        return field

    def _open(self, filename: str | None) -> BinaryIO | Any:
        if filename is not None and self._file_callback:
            return self._file_callback(filename)
        if filename:
            return tempfile.SpooledTemporaryFile(self._limits.spool_size)
        return self._field_callback() if filename is None and self._field_callback else io.BytesIO()

    def _write(self, file: BinaryIO | Any, in_memory: bool, events: Iterator[Event]) -> None:
        for data in events:
            if not isinstance(data, bytes):
                return
            if in_memory:
                self._count(len(data))
            file.write(data)

    def _count(self, size: int) -> None:
        self._memory_left -= size
        if self._memory_left < 0:
            raise TooLarge("max_memory", f"more than {self._limits.max_memory} bytes in fields")

    def _make(self, options: dict[str, str], file: BinaryIO | Any) -> AnyField:
        if options.get("filename"):
            return Field(options["name"], file)
        data = file.read()
        field = StringField(self._decode(data) if isinstance(data, bytes) else data)
        file.seek(0)
        field.file = file
        return field


def _content_type(line: str) -> tuple[str, dict[str, str]]:
    """Of a part; what has no slash is nothing that anybody knows."""
    if not line:
        return "text/plain", {}
    value, options = parse_options(line)
    return (value if "/" in value else "application/octet-stream"), options
