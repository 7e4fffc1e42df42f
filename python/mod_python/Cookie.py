"""Cookies: `from mod_python import Cookie`.

Names are those of mod_python 3.5. Imported by applications, used in handlers; the protocol is in `_sansio.cookies`.
Values of clients are never trusted here: a MarshalCookie is unmarshalled only when its signature is right.
"""

from __future__ import annotations

import base64
import marshal
from collections.abc import Collection
from typing import Any

from mod_python._sansio.cookies import cookie_date, is_cookie_date, parse_cookies, refused, sign, verified

__all__ = ["Cookie", "CookieError", "MarshalCookie", "SignedCookie", "add_cookie", "get_cookie", "get_cookies"]

# Attributes in the order in which they are sent.
_VALUED = ("version", "path", "domain", "comment", "expires", "max_age", "samesite", "commentURL", "port")
_BARE = ("secure", "discard", "httponly", "partitioned")
_ORDER = (
    *("version", "path", "domain", "secure", "comment", "expires", "max_age", "samesite"),
    *("commentURL", "discard", "port", "httponly", "partitioned"),
)
_BY_KEYWORD = {name.lower(): name for name in _ORDER}


class CookieError(Exception):
    """A cookie that cannot be sent, or whose signature is wrong."""


class Cookie:
    """A name, a value and the attributes that were given; `str(cookie)` is a Set-Cookie header.

    An attribute that was not given is not there (AttributeError), and so is one that no cookie has.
    """

    # What `parse` does with a wrong signature.
    DOWNGRADE = 0
    IGNORE = 1
    EXCEPTION = 3

    __slots__ = ("name", "value", "__data__", "_expires", *(name for name in _ORDER if name != "expires"))

    path: Any
    domain: Any

    def __init__(self, name: str, value: Any, **attributes: Any) -> None:
        self.name = name
        self.value = value
        self.__data__: dict[str, Any] = {}
        for keyword, given in attributes.items():
            setattr(self, _BY_KEYWORD.get(keyword.lower(), keyword), given)

    @property
    def expires(self) -> str:
        """When the client shall forget it: text, or set as seconds since 1970. ValueError for anything else."""
        return self._expires

    @expires.setter
    def expires(self, when: str | float) -> None:
        if isinstance(when, int | float):
            self._expires = cookie_date(when)
        elif isinstance(when, str) and is_cookie_date(when):
            self._expires = when
        else:
            raise ValueError(f"Invalid expires time: {when!r}")

    @classmethod
    def parse(cls, text: str, names: str | Collection[str] | None = None) -> dict[str, Cookie]:
        """The cookies of a Cookie header by name, all or those named; the last of equal names wins."""
        wanted = (names,) if isinstance(names, str) else names
        return {name: cls(name, value) for name, value in parse_cookies(text) if wanted is None or name in wanted}

    def _wire(self) -> str:
        """The value as it is sent."""
        return str(self.value)

    def __str__(self) -> str:
        parts = [f"{_checked(self.name, name=True)}={_checked(self._wire())}"]
        for name in _ORDER:
            given = getattr(self, name, None)
            if name in _BARE and given not in (None, False, 0):
                parts.append(name)
            elif name in _VALUED and given is not None:
                parts.append(f"{name.replace('_', '-')}={_checked(str(given))}")
        return "; ".join(parts)

    def __repr__(self) -> str:
        return f'<{type(self).__name__}: "{self.name}={self.value}">'


class SignedCookie(Cookie):
    """A cookie whose value nobody changes who does not know the secret; everybody can read it."""

    __slots__ = ()

    def __init__(self, name: str, value: Any, secret: str | bytes | None = None, **attributes: Any) -> None:
        super().__init__(name, value, **attributes)
        self.__data__["secret"] = secret

    @classmethod
    def parse(  # type: ignore[override]
        cls,
        text: str,
        secret: str | bytes,
        mismatch: int = Cookie.DOWNGRADE,
        names: str | Collection[str] | None = None,
    ) -> dict[str, Cookie]:
        """The cookies of a Cookie header.

        `mismatch` says what becomes of a value without a right signature: it is a plain Cookie (DOWNGRADE), it is left
        out (IGNORE), or CookieError is raised (EXCEPTION).
        """
        found: dict[str, Cookie] = {}
        for name, plain in Cookie.parse(text, names).items():
            value = verified(secret, name, plain.value)
            if value is not None:
                found[name] = cls(name, cls._from_wire(value), secret)
            elif mismatch == Cookie.EXCEPTION:
                raise CookieError(f"Incorrectly Signed Cookie: {name}={plain.value}")
            elif mismatch == Cookie.DOWNGRADE:
                found[name] = plain
        return found

    def _to_wire(self) -> str:
        return str(self.value)

    @staticmethod
    def _from_wire(value: str) -> Any:
        return value

    def _wire(self) -> str:
        secret = self.__data__["secret"]
        if not secret:
            raise CookieError("Cannot sign without a secret.")
        return sign(secret, self.name, self._to_wire())


class MarshalCookie(SignedCookie):
    """A signed cookie whose value is any object of built-in types. Kept for older applications: prefer a session."""

    __slots__ = ()

    def _to_wire(self) -> str:
        return base64.b64encode(marshal.dumps(self.value)).decode("ascii")

    @staticmethod
    def _from_wire(value: str) -> Any:
        try:
            return marshal.loads(base64.b64decode(value, validate=True))
        except (ValueError, EOFError, TypeError) as error:
            raise CookieError(f"what was signed is no marshalled value: {error}") from error


def add_cookie(req: Any, cookie: Cookie | str, value: Any = "", **attributes: Any) -> None:
    """Send a cookie with the reply: a Cookie, or its name, value and attributes. Raises CookieError.

    The first one makes the reply one that caches must not keep with its cookie.
    """
    sent = cookie if isinstance(cookie, Cookie) else Cookie(cookie, value, **attributes)
    if "Set-Cookie" not in req.headers_out:
        req.headers_out.add("Cache-Control", 'no-cache="set-cookie"')
    req.headers_out.add("Set-Cookie", str(sent))


def get_cookies(req: Any, Class: type[Cookie] = Cookie, **options: Any) -> dict[str, Any]:
    """The cookies of a request by name; `options` go to `Class.parse`."""
    if "Cookie" not in req.headers_in:
        return {}
    header = req.headers_in["Cookie"]
    return dict(Class.parse("; ".join(header) if isinstance(header, list) else header, **options))


def get_cookie(req: Any, name: str, Class: type[Cookie] = Cookie, **options: Any) -> Any:
    """One cookie of a request, or None; `options` go to `Class.parse`."""
    return get_cookies(req, Class, names=name, **options).get(name)


def _checked(text: str, *, name: bool = False) -> str:
    if refused(text, name=name):
        raise CookieError(f"{text!r} cannot be the {'name' if name else 'value'} of a cookie or of its attribute")
    return text
