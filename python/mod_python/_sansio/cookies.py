"""The Cookie and Set-Cookie headers (RFC 6265), and signatures of values.

Pure. Reading is lenient: whatever a client sends gives names and values. Writing is strict: what would end the value
or begin an attribute is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Iterable

__all__ = ["cookie_date", "is_cookie_date", "parse_cookies", "refused", "sign", "verified"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(
    rf"(?:{'|'.join(_DAYS)}), \d\d[- ](?:{'|'.join(_MONTHS)})[- ]\d{{4}} \d\d:\d\d:\d\d GMT", re.ASCII | re.IGNORECASE
)
_BAD_IN_NAME = re.compile(r"[\x00-\x20\x7f;=,]|^$|^\$")
_BAD_IN_VALUE = re.compile(r"[\x00-\x1f\x7f;]")
_SIGNATURE = 2 * hashlib.sha256().digest_size


def parse_cookies(header: str) -> Iterable[tuple[str, str]]:
    """Names and values of a Cookie header. Quotes stay; what begins with `$` is an old attribute and is dropped."""
    for piece in header.split(";"):
        name, _, value = piece.strip(" \t,").partition("=")
        name = name.strip()
        if name and not name.startswith("$"):
            yield name, value.strip()


def refused(text: str, *, name: bool = False) -> bool:
    """Whether a text may not stand in a Set-Cookie header as a name, or as a value."""
    return bool((_BAD_IN_NAME if name else _BAD_IN_VALUE).search(text))


def cookie_date(seconds: float) -> str:
    """A time as `expires` has it, whatever the locale: `Thu, 01-Jan-1970 00:00:00 GMT`."""
    at = time.gmtime(seconds)
    clock = time.strftime("%H:%M:%S", at)
    return f"{_DAYS[at.tm_wday]}, {at.tm_mday:02}-{_MONTHS[at.tm_mon - 1]}-{at.tm_year} {clock} GMT"


def is_cookie_date(text: str) -> bool:
    """Whether a text is such a time; blanks are as good as hyphens."""
    return bool(_DATE.fullmatch(text))


def sign(secret: str | bytes, name: str, value: str) -> str:
    """The value with its signature in front: HMAC-SHA-256 over name and value, in hexadecimal digits."""
    return _mac(secret, name, value) + value


def verified(secret: str | bytes, name: str, signed: str) -> str | None:
    """The value, if the signature in front of it is right."""
    signature, value = signed[:_SIGNATURE], signed[_SIGNATURE:]
    expected = _mac(secret, name, value).encode()
    return value if hmac.compare_digest(expected, signature.encode("utf-8", "surrogatepass")) else None


def _mac(secret: str | bytes, name: str, value: str) -> str:
    key = secret.encode() if isinstance(secret, str) else secret
    # A name holds no `=`: no other name and value give the same text.
    return hmac.new(key, f"{name}={value}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
