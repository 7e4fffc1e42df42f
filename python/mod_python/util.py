"""Forms and helpers: `from mod_python import util`.

Names are those of mod_python 3.5. Imported by applications; the logic is in `_form`, `_fields`, `_apply` and `_sansio`.
"""

from __future__ import annotations

from typing import overload

from mod_python._apply import apply_fs_data, redirect
from mod_python._fields import Field, FieldList, StringField
from mod_python._form import FieldStorage, readBlockSize
from mod_python._form_errors import FormError
from mod_python._sansio.header import parse_options
from mod_python._sansio.urlencoded import parse_pairs

__all__ = [
    "Field",
    "FieldList",
    "FieldStorage",
    "FormError",
    "StringField",
    "apply_fs_data",
    "parse_header",
    "parse_qs",
    "parse_qsl",
    "readBlockSize",
    "redirect",
]


@overload
def parse_qsl(qs: str, keep_blank_values: object = 0, strict_parsing: object = 0) -> list[tuple[str, str]]: ...
@overload
def parse_qsl(qs: bytes, keep_blank_values: object = 0, strict_parsing: object = 0) -> list[tuple[bytes, bytes]]: ...
def parse_qsl(
    qs: str | bytes, keep_blank_values: object = 0, strict_parsing: object = 0
) -> list[tuple[str, str]] | list[tuple[bytes, bytes]]:
    """The pairs of a query string in their order, as `str` (UTF-8) or `bytes` like the query string.

    Both `&` and `;` separate. Raises ValueError for a piece without `=`, when parsing is strict.
    """
    keep, strict = bool(keep_blank_values), bool(strict_parsing)
    if isinstance(qs, bytes):
        return parse_pairs(qs, keep_blank=keep, strict=strict)
    pairs = parse_pairs(qs.encode("utf-8", "surrogateescape"), keep_blank=keep, strict=strict)
    return [(name.decode("utf-8", "replace"), value.decode("utf-8", "replace")) for name, value in pairs]


@overload
def parse_qs(qs: str, keep_blank_values: object = 0, strict_parsing: object = 0) -> dict[str, list[str]]: ...
@overload
def parse_qs(qs: bytes, keep_blank_values: object = 0, strict_parsing: object = 0) -> dict[bytes, list[bytes]]: ...
def parse_qs(
    qs: str | bytes, keep_blank_values: object = 0, strict_parsing: object = 0
) -> dict[str, list[str]] | dict[bytes, list[bytes]]:
    """Like `parse_qsl`, each name once with the list of its values."""
    found: dict[str | bytes, list[str | bytes]] = {}
    for name, value in parse_qsl(qs, keep_blank_values, strict_parsing):
        found.setdefault(name, []).append(value)
    return found  # type: ignore[return-value]


@overload
def parse_header(line: str) -> tuple[str, dict[str, str]]: ...
@overload
def parse_header(line: bytes) -> tuple[bytes, dict[bytes, str]]: ...
def parse_header(line: str | bytes) -> tuple[str, dict[str, str]] | tuple[bytes, dict[bytes, str]]:
    """A header's value in lower case, and its parameters: `parse_header("text/html; charset=utf-8")`.

    Bytes give bytes, but for the parameters' values.
    """
    if isinstance(line, str):
        return parse_options(line)
    value, options = parse_options(line.decode("utf-8", "surrogateescape"))
    return value.encode(), {name.encode(): text for name, text in options.items()}
