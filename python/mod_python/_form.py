"""`FieldStorage`: the form of a request, from its query string and its body, as mod_python 3.5 offers it.

Runs in handlers. The body is read in blocks and never held as a whole, unless it is url-encoded; files go to disk past
a limit. What costs too much is refused with 413, what cannot be read with 400: see `_form_limits`, `_form_errors`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mod_python._fields import AnyField, Field, FieldList, StringField
from mod_python._form_errors import UNKNOWN_TYPE, FormError, form_error
from mod_python._form_limits import FormLimits
from mod_python._form_parts import FieldCallback, FileCallback, PartReader
from mod_python._sansio.errors import Malformed, TooLarge
from mod_python._sansio.header import parse_options
from mod_python._sansio.multipart import Event, MultipartParser
from mod_python._sansio.urlencoded import parse_pairs

__all__ = ["FieldStorage", "readBlockSize"]

# How much is read at a time.
readBlockSize = 65368

_URLENCODED = "application/x-www-form-urlencoded"


class FieldStorage:
    """The form of a request: a mapping of names to fields, and `list` with all of them in order.

    The query string counts always, the body of a POST too, by length or chunked. Text is decoded with `encoding` and
    `errors`. `file_callback(filename)` and `field_callback()` give the files that parts are written into. The body is
    read here: make one FieldStorage for a request, as `req.form`.

    Raises FormError (a SERVER_RETURN): 400 malformed, 413 past a limit, 501 for a type of body that is no form.
    """

    def __init__(
        self,
        req: Any,
        keep_blank_values: object = 0,
        strict_parsing: object = 0,
        file_callback: FileCallback | None = None,
        field_callback: FieldCallback | None = None,
        *,
        encoding: str = "utf-8",
        errors: str = "replace",
    ) -> None:
        self.list = FieldList()
        self._req = req
        self._keep_blank = bool(keep_blank_values)
        self._encoding, self._errors = encoding, errors
        self._limits = FormLimits.of(req)
        try:
            if req.args:
                self._add_pairs(req.args.encode("utf-8", "surrogateescape"))
            if req.method == "POST":
                self._read_body(file_callback, field_callback)
        except (Malformed, TooLarge) as error:
            raise form_error(req, error) from error
        finally:
            del self._req

    # Reading

    def _read_body(self, file_callback: FileCallback | None, field_callback: FieldCallback | None) -> None:
        headers = self._req.headers_in
        if "Content-Length" not in headers and "Transfer-Encoding" not in headers:
            return
        kind, options = parse_options(headers.get("Content-Type") or _URLENCODED)
        if kind.startswith(_URLENCODED):
            self._add_pairs(self._whole_body())
        elif kind.startswith("multipart/"):
            reader = PartReader(self._limits, self._decode, file_callback, field_callback)
            self.list.extend(reader.fields(self._events(options.get("boundary", ""))))
        else:
            raise FormError(UNKNOWN_TYPE, f"a body of type {kind} is no form")

    def _events(self, boundary: str) -> Iterator[Event]:
        limits, mark = self._limits, boundary.encode("utf-8", "surrogateescape")
        parser = MultipartParser(mark, max_parts=limits.max_fields, max_header_size=limits.max_header_size)
        for block in self._blocks():
            yield from parser.feed(block)
        parser.close()

    def _whole_body(self) -> bytes:
        body = bytearray()
        for block in self._blocks():
            body += block
            if len(body) > self._limits.max_memory:
                raise TooLarge("max_memory", f"more than {self._limits.max_memory} bytes in fields")
        return bytes(body)

    def _blocks(self) -> Iterator[bytes]:
        size = 0
        self._check_size(int(self._req.headers_in.get("Content-Length") or 0))
        while block := self._req.read(readBlockSize):
            size += len(block)
            self._check_size(size)
            yield block

    def _check_size(self, size: int) -> None:
        if size > self._limits.max_size:
            raise TooLarge("max_size", f"more than {self._limits.max_size} bytes in the body")

    def _add_pairs(self, data: bytes) -> None:
        for name, value in parse_pairs(data, keep_blank=self._keep_blank, most=self._limits.max_fields):
            self.add_field(self._decode(name), self._decode(value))

    def _decode(self, text: bytes) -> str:
        return text.decode(self._encoding, self._errors)

    # The mapping

    def add_field(self, key: str | bytes, value: str | bytes | AnyField) -> None:
        """Append a field; bytes are decoded like those of the form."""
        self.list.append(self._field(self._text(key), value))

    def __getitem__(self, key: str | bytes) -> Any:
        """The field of that name, or the list of them when there are several. Raises KeyError."""
        found = self.list.table()[self._text(key)]
        return found[0] if len(found) == 1 else list(found)

    def __setitem__(self, key: str | bytes, value: str | bytes | AnyField) -> None:
        """Put one field in the place of all of that name."""
        field = self._field(self._text(key), value)
        self._remove(field.name)
        self.list.append(field)

    def __delitem__(self, key: str | bytes) -> None:
        """Remove all fields of that name. Raises KeyError."""
        name = self._text(key)
        if name not in self.list.table():
            raise KeyError(key)
        self._remove(name)

    def get(self, key: str | bytes, default: Any = None) -> Any:
        """What `form[key]` gives, or the default."""
        return self[key] if key in self else default

    def getfirst(self, key: str | bytes, default: Any = None) -> Any:
        """The first field of that name, or the default."""
        found = self.list.table().get(self._text(key))
        return found[0] if found else default

    def getlist(self, key: str | bytes) -> list[AnyField]:
        """All fields of that name, perhaps none."""
        return list(self.list.table().get(self._text(key), ()))

    def keys(self) -> list[str]:
        """Each name once, in the order of the form."""
        return list(self.list.table())

    def items(self) -> list[tuple[str, AnyField]]:
        """Names and fields, in the order of the form."""
        return [(field.name, field) for field in self.list]

    def has_key(self, key: str | bytes) -> bool:
        """Whether there is a field of that name."""
        return key in self

    def clear(self) -> None:
        """Forget all fields."""
        self.list.clear()

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str | bytes) and self._text(key) in self.list.table()

    def __len__(self) -> int:
        return len(self.list.table())

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __repr__(self) -> str:
        return repr(self.list.table())

    def _field(self, name: str, value: str | bytes | AnyField) -> AnyField:
        if isinstance(value, Field):
            field: AnyField = value
        elif isinstance(value, str | bytes):
            field = StringField(self._text(value))
        else:
            raise TypeError(f"the value of a field is text or a Field, not {type(value).__name__}")
        field.name = name
        return field

    def _text(self, text: str | bytes) -> str:
        return self._decode(text) if isinstance(text, bytes) else text

    def _remove(self, name: str) -> None:
        self.list[:] = [field for field in self.list if field.name != name]
