"""Header values with parameters: `form-data; name="a"; filename*=UTF-8''b` (RFC 9110 section 5.6.6, RFC 8187).

Pure. It accepts what clients send: unquoted values with blanks, quotes that never end, `%22` for a quote in a name
(as the HTML standard has browsers write it). It raises nothing.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

__all__ = ["parse_options"]

_OPTION = re.compile(r';\s*([^\s;="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))', re.DOTALL)
# The encodings that RFC 8187 knows.
_ENCODINGS = ("utf-8", "iso-8859-1")


def parse_options(line: str) -> tuple[str, dict[str, str]]:
    """The value in lower case, and its parameters by their lower-case names; the first of equal names wins."""
    value, _, _ = line.partition(";")
    options: dict[str, str] = {}
    extended: dict[str, str] = {}
    for name, quoted, plain in _OPTION.findall(line[len(value) :]):
        name = name.lower()
        if name.endswith("*"):
            extended.setdefault(name[:-1], _extended(plain.strip()))
        else:
            options.setdefault(name, _unquote(quoted) if quoted else plain.strip())
    return value.strip().lower(), options | {name: text for name, text in extended.items() if text}


def _unquote(text: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", text).replace("%22", '"')


def _extended(text: str) -> str:
    """A value of RFC 8187, `charset'language'percent-encoded`; empty when it is none."""
    charset, _, rest = text.partition("'")
    _, quote, data = rest.partition("'")
    if not quote or charset.lower() not in _ENCODINGS:
        return ""
    return unquote_to_bytes(data).decode(charset, "replace")
