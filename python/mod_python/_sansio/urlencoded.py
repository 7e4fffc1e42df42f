"""Form data in a query string or a body: `application/x-www-form-urlencoded` (the URL standard, section 5).

Pure. Where mod_python 3.5 differs from the standard it wins: `;` separates like `&`, and blank values are dropped
unless they are wanted. What cannot be decoded stays as it is.
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from mod_python._sansio.errors import Malformed, TooLarge

__all__ = ["SEPARATORS", "parse_pairs"]

SEPARATORS = b"&;"


def parse_pairs(
    data: bytes,
    *,
    keep_blank: bool = False,
    strict: bool = False,
    separators: bytes = SEPARATORS,
    most: int | None = None,
) -> list[tuple[bytes, bytes]]:
    """Names and values in their order.

    `strict` refuses a piece without `=` (Malformed); more pieces than `most` are TooLarge.
    """
    pieces = _split(data, separators, most)
    pairs = []
    for piece in filter(None, pieces):
        name, equals, value = piece.partition(b"=")
        if strict and not equals:
            raise Malformed(f"no '=' in the form field {piece[:50]!r}")
        if value or keep_blank:
            pairs.append((_decode(name), _decode(value)))
    return pairs


def _split(data: bytes, separators: bytes, most: int | None) -> list[bytes]:
    for other in separators[1:]:
        data = data.replace(bytes([other]), separators[:1])
    if most is not None and data.count(separators[:1]) >= most:
        raise TooLarge("max_fields", f"more than {most} form fields")
    return data.split(separators[:1])


def _decode(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))
