"""The fields of a form: `Field` for a file, `StringField` for text, `FieldList` for all of them in order.

Runs in handlers. The names and their attributes are those of mod_python 3.5; text is `str`, a file is binary.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO

__all__ = ["AnyField", "Field", "FieldList", "StringField", "close"]


_NOTHING: Mapping[str, str] = MappingProxyType({})


class _Part:
    """What both kinds of fields have."""

    name: str
    filename: str | None = None
    type: str = "text/plain"
    type_options: Mapping[str, str] = _NOTHING
    disposition: str | None = None
    disposition_options: Mapping[str, str] = _NOTHING
    headers: Any = _NOTHING


class Field(_Part):
    """A file that was sent: `name`, `filename`, `file` (binary, at its beginning), `value` (all of it), `type`.

    The file is closed when the field is collected.
    """

    file: BinaryIO | Any

    def __init__(
        self,
        name: str,
        file: BinaryIO | Any = None,
        ctype: str | None = None,
        type_options: Mapping[str, str] = _NOTHING,
        disp: str | None = None,
        disp_options: Mapping[str, str] = _NOTHING,
        headers: Any = _NOTHING,
    ) -> None:
        self.name = name
        self.file = io.BytesIO() if file is None else file
        self.type = ctype or self.type
        self.type_options = type_options
        self.disposition = disp
        self.disposition_options = disp_options
        self.headers = headers
        self.filename = self.disposition_options.get("filename")

    @property
    def value(self) -> bytes | Any:
        """The whole content; the file stands where it stood afterwards."""
        place = self.file.tell()
        self.file.seek(0)
        try:
            return self.file.read()
        finally:
            self.file.seek(place)

    def __repr__(self) -> str:
        return f"Field({self.name!r}, {self.filename!r})"

    def __del__(self) -> None:
        close(self.__dict__.get("file"))


class StringField(_Part, str):
    """A text that was sent: a `str` with the attributes of a field."""

    name = ""
    _file: BinaryIO | Any = None

    def __new__(cls, value: str | bytes) -> StringField:
        """Bytes are UTF-8; others raise UnicodeDecodeError."""
        return super().__new__(cls, value.decode() if isinstance(value, bytes) else value)

    @property
    def value(self) -> str:
        """The text, as a plain `str`."""
        return str(self)

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Pickled, as in a session, it is the text alone."""
        return str, (str(self),)

    @property
    def file(self) -> BinaryIO | Any:
        """The text as a binary stream, made at its first use."""
        if self._file is None:
            self._file = io.BytesIO(self.encode("utf-8", "surrogateescape"))
        return self._file

    @file.setter
    def file(self, file: BinaryIO | Any) -> None:
        self._file = file

    def __repr__(self) -> str:
        return f"Field({self.name!r}, {str(self)!r})"


AnyField = Field | StringField


def close(file: Any) -> None:
    """Close a file; one that a callback gave may know no such thing."""
    method = getattr(file, "close", None)
    if method:
        method()


class FieldList(list[AnyField]):
    """Fields in the order of the form, with an index by name."""

    _index: dict[str, list[AnyField]] | None = None

    def table(self) -> dict[str, list[AnyField]]:
        """Name -> its fields; made anew after a change."""
        if self._index is None:
            self._index = {}
            for field in self:
                self._index.setdefault(field.name, []).append(field)
        return self._index


# The methods of a list that make the index stale.
_CHANGES = ("append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse")
_CHANGING_OPERATORS = ("__setitem__", "__delitem__", "__iadd__", "__imul__")


def _changing(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def change(self: FieldList, *args: Any, **options: Any) -> Any:
        self._index = None
        return method(self, *args, **options)

    return change


for _name in _CHANGES + _CHANGING_OPERATORS:
    setattr(FieldList, _name, _changing(getattr(list, _name)))
