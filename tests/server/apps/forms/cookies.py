"""Handlers that send cookies and read them."""

import json

from mod_python import Cookie, apache

SECRET = "secret"
KINDS = {"plain": Cookie.Cookie, "signed": Cookie.SignedCookie, "marshal": Cookie.MarshalCookie}


def sent(req):
    """One of each kind, with attributes."""
    plain = Cookie.Cookie("plain", "é", path="/", max_age=60, samesite="Strict")
    plain.httponly = plain.secure = True
    Cookie.add_cookie(req, plain)
    Cookie.add_cookie(req, Cookie.SignedCookie("signed", "value", SECRET))
    Cookie.add_cookie(req, Cookie.MarshalCookie("marshal", {"a": [1, None]}, SECRET))
    Cookie.add_cookie(req, "odd:name[]", "x", expires=0)
    return apache.OK


def read(req):
    """What came, by the kind in the query string."""
    kind = KINDS[req.args]
    options = {} if kind is Cookie.Cookie else {"secret": SECRET, "mismatch": Cookie.Cookie.IGNORE}
    cookies = Cookie.get_cookies(req, kind, **options)
    req.content_type = "application/json"
    req.write(json.dumps({name: cookie.value for name, cookie in cookies.items()}))
    return apache.OK


def one(req):
    """One of them, or null."""
    cookie = Cookie.get_cookie(req, req.args)
    req.write(json.dumps(cookie and cookie.value))
    return apache.OK


def smuggled(req):
    """A value that would begin an attribute."""
    try:
        Cookie.add_cookie(req, "a", "x; domain=evil")
    except Cookie.CookieError as error:
        req.write(str(error))
    return apache.OK
