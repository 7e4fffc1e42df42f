"""The cookie that carries a session's id: its name, where it holds, its attributes.

Runs in handlers. By default it is that of 3.5: name, value, path. `mod_python.session.cookie_attributes` adds what a
site of today should have: `"HttpOnly; SameSite=Lax; Secure"`.
"""

from __future__ import annotations

from typing import Any

from mod_python._session.options import option
from mod_python.Cookie import Cookie, SignedCookie

__all__ = ["COOKIE_NAME", "received_sid", "session_cookie"]

COOKIE_NAME = "pysid"


def received_sid(req: Any, secret: str | bytes | None) -> str | None:
    """The id that the client sent; with a secret, only one that is signed."""
    from mod_python.Cookie import get_cookie

    name = _name(req)
    if secret:
        found = get_cookie(req, name, SignedCookie, secret=secret, mismatch=Cookie.IGNORE)
    else:
        found = get_cookie(req, name)
    return None if found is None else str(found.value)


def session_cookie(req: Any, sid: str, secret: str | bytes | None) -> Cookie:
    """The cookie to send; signed, with a secret."""
    cookie = SignedCookie(_name(req), sid, secret) if secret else Cookie(_name(req), sid)
    cookie.path = _path(req)
    domain = option(req, "session.application_domain")
    if domain:
        cookie.domain = domain
    for attribute in (option(req, "session.cookie_attributes") or "").split(";"):
        _set(cookie, attribute.strip())
    return cookie


def _name(req: Any) -> str:
    return option(req, "session.cookie_name") or COOKIE_NAME


def _set(cookie: Cookie, attribute: str) -> None:
    name, equals, value = attribute.partition("=")
    if not name:
        return
    try:
        setattr(cookie, name.strip().lower().replace("-", "_"), value.strip() if equals else True)
    except AttributeError:
        raise ValueError(f"PythonOption mod_python.session.cookie_attributes: no cookie has {name!r}") from None


def _path(req: Any) -> str:
    """Where the application lies: as told, else the URL of the handler's directory, else everything."""
    told = option(req, "session.application_path")
    if told:
        return told
    directory = req.hlist.directory if req.hlist is not None else None
    root = req.document_root()
    if not directory or not directory.startswith(root):
        return "/"
    path = directory[len(root) :].rstrip("/")
    return path if path.startswith("/") and req.uri.startswith(path) else "/"
