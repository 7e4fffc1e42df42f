"""The publisher's pure parts: addresses, what may be published, what functions declare in their bodies, guesses."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from mod_python import apache
from mod_python._publisher import auth, content, declared, rules
from mod_python._publisher.address import Address, locate

FILES = {"/srv/index.py", "/srv/shop.py", "/srv/sub/index.py", "/srv/a.b.py"}


@pytest.mark.parametrize(
    ("filename", "path_info", "expected"),
    [
        ("/srv/shop", "", ("/srv/shop.py", "index")),
        ("/srv/shop.py", "/cart", ("/srv/shop.py", "cart")),
        ("/srv/shop.html", "/cart/show/", ("/srv/shop.py", "cart.show")),
        ("/srv/shop.txt", "/cart", ("/srv/index.py", "shop.txt.cart")),
        ("/srv/cart", "", ("/srv/index.py", "cart")),
        ("/srv/cart", "/show", ("/srv/index.py", "cart.show")),
        ("/srv/", "", ("/srv/index.py", "index")),
        ("/srv/sub/", "", ("/srv/sub/index.py", "index")),
        ("/srv/sub/deep", "/er", ("/srv/sub/index.py", "deep.er")),
        ("/srv/shop", "//", ("/srv/shop.py", "index")),
        ("/srv/a.b", "/x", ("/srv/a.b.py", "x")),
        ("/srv/.py", "", ("/srv/index.py", ".py")),
        ("/nowhere/shop", "", None),
    ],
)
def test_addresses(filename: str, path_info: str, expected: tuple[str, str] | None) -> None:
    found = locate(filename, path_info, ["html", ".psp"], FILES.__contains__)
    assert found == (Address(*expected) if expected else None)


class Plain:
    """A class of an application, with data and code."""

    value = 1

    def method(self) -> None: ...


class Meta(type):
    """A metaclass."""


class Record(dict[str, str]):
    """Data of the application's own kind."""


def function() -> None: ...


@pytest.mark.parametrize(
    ("found", "publish", "walk"),
    [
        (function, True, False),
        (Plain().method, True, False),
        (Plain(), True, True),
        (functools.partial(function), True, True),
        (Record(), True, True),
        ("text", True, False),
        ({"a": 1}, True, False),
        (True, True, False),
        (None, True, False),
        (Plain, False, False),
        (Meta("Made", (), {}), False, False),
        (re, False, False),
        (len, False, False),
        ("text".upper, False, False),
        (str.upper, False, False),
        (function.__code__, False, False),
        ("".__str__, False, False),
    ],
)
def test_what_may_be_published(found: object, publish: bool, walk: bool) -> None:
    assert (rules.may_publish(found), rules.may_walk(found)) == (publish, walk)


def defined(source: str) -> Any:
    """The function `f` of some source."""
    names: dict[str, Any] = {"functools": functools, "outer": "of the module"}
    exec(source, names)
    return names["f"]


READABLE = {
    "def f(req):\n def __auth__(req, user, password): return user == outer\n return 1": "of the module",
    "def f(req):\n def __auth__(req: object, user: str, password: str) -> bool: return user == 'x'\n return 1": "x",
    "def f(req):\n __auth__ = lambda req, user, password: user == 'x'\n return 1": "x",
    "def f(req):\n x = 1\n __auth__ = lambda req, user, password: user == 'x'\n return x": "x",
    "class C:\n def m(self, req):\n  def __auth__(req, user, password): return user == 'x'\n  return 1\nf = C().m": "x",
    "def f(req):\n def __auth__(req, user, password): return user == 'x'\n return (lambda: __auth__)": "x",
    "class C:\n def __call__(self, req):\n  def __auth__(req, user, password): return user == 'x'\nf = C()": "x",
    "def g(req):\n def __auth__(req, user, password): return user == 'x'\n"
    "@functools.wraps(g)\ndef f(*a): return g(*a)": "x",
    "@functools.lru_cache\ndef f(req):\n def __auth__(req, user, password): return user == 'x'": "x",
    "def g(req):\n def __auth__(req, user, password): return user == 'x'\nf = functools.partial(g)": "x",
    "def f(req): return 1\nf.__auth__ = lambda req, user, password: user == 'x'": "x",
}


@pytest.mark.parametrize("source", READABLE)
def test_functions_in_bodies(source: str) -> None:
    said = declared.declarations(defined(source))
    assert list(said) == ["__auth__"]
    assert said["__auth__"](None, READABLE[source], "") is True
    assert said["__auth__"](None, "somebody", "") is False


@pytest.mark.parametrize("value", ["0", "1", "300", "-1", "True", "None", "'text'", "('a', 'b')", "1.5"])
def test_constants_in_bodies(value: str) -> None:
    source = f"def f(req):\n __auth_realm__ = 'R'\n __access__ = {value}\n local = __access__\n return local"
    assert declared.declarations(defined(source)) == {"__auth_realm__": "R", "__access__": eval(value)}


@pytest.mark.parametrize(
    "body",
    [
        "__auth__ = {'a': 'b'}",
        "__auth__ = ['a']",
        "__auth__ = req",
        "__auth__ = outer()",
        "__auth__, x = 1, 2",
        "x, __auth__ = 1, 2",
        "__auth__ = x = dict()",
        "__auth__ = 1\n if req: __auth__ = 0",
        "x = req\n def __auth__(r, u, p): return x",
        "for __auth__ in (1, 2): pass",
    ],
)
def test_what_cannot_be_read_is_an_error(body: str) -> None:
    with pytest.raises(TypeError, match="__auth__ in the body of"):
        declared.declarations(defined(f"def f(req):\n {body}\n return 1"))


def test_nothing_declared() -> None:
    parameter = defined("def f(req, __auth__=None): return __auth__")
    endless = Plain()
    endless.__wrapped__ = endless  # type: ignore[attr-defined]
    for found in (function, len, Plain(), Plain().method, re, "text", None, parameter, endless):
        assert declared.declarations(found) == {}


def request(header: str | None = None) -> Any:
    return SimpleNamespace(headers_in={"Authorization": header} if header else {}, err_headers_out={})


def basic(data: bytes) -> str:
    import base64

    return "Basic " + base64.b64encode(data).decode()


def status(call: Callable[[], object]) -> int:
    """The status that a call ends with, 0 when it returns."""
    try:
        call()
    except apache.SERVER_RETURN as end:
        return int(end.args[0])
    return 0


@pytest.mark.parametrize(
    ("rule", "header", "expected"),
    [
        ({"spam": "eggs"}, basic(b"spam:eggs"), 0),
        ({"spam": "eggs"}, basic(b"spam:wrong"), 401),
        ({"spam": "eggs"}, basic(b"other:eggs"), 401),
        ({"spam": "eggs"}, None, 401),
        ({"spam": "eg:gs"}, basic(b"spam:eg:gs"), 0),
        ({"grün": "süß"}, basic("grün:süß".encode()), 0),
        ({"grün": "süß"}, basic("grün:süß".encode("latin-1")), 0),
        (True, basic(b"any:thing"), 0),
        (True, None, 401),
        (False, basic(b"any:thing"), 401),
        (lambda req, user, password: (user, password) == ("a", ""), basic(b"a:"), 0),
        (True, "Digest username=x", 401),
        (True, "Basic !!!", 400),
        (True, basic(b"no colon"), 400),
        (True, "basic  " + basic(b"a:b")[6:], 0),
    ],
)
def test_auth(rule: object, header: str | None, expected: int) -> None:
    module = SimpleNamespace(__auth__=rule, __auth_realm__='the "realm"')
    req = request(header)
    assert status(lambda: auth.process_auth(req, module)) == expected
    demanded = {"WWW-Authenticate": r'Basic realm="the \"realm\""'} if expected == 401 else {}
    assert req.err_headers_out == demanded


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (["spam"], 0),
        (("eggs",), 403),
        ({"spam"}, 0),
        (1, 0),
        (0, 403),
        (lambda req, user: user == "spam", 0),
        (lambda req, user: False, 403),
    ],
)
def test_access(rule: object, expected: int) -> None:
    module = SimpleNamespace(__access__=rule)
    assert status(lambda: auth.process_auth(request(basic(b"spam:eggs")), module)) == expected


def test_what_is_known_is_carried_on() -> None:
    outer = SimpleNamespace(__auth__=True, __auth_realm__="R")
    client = auth.process_auth(request(basic(b"spam:eggs")), outer)
    assert client == ("R", "spam", "eggs")
    assert auth.process_auth(request(), SimpleNamespace(__access__=["spam"]), *client) == client


def test_credentials_are_nobody_s_business_without_a_rule() -> None:
    assert status(lambda: auth.process_auth(request("Basic !!!"), SimpleNamespace())) == 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<html></html>", "text/html"),
        ("x</HTML> \r\n", "text/html"),
        (b"x</html>", "text/html"),
        ("</html>x", "text/plain"),
        ("</html>" + " " * 100, "text/plain"),
        ("", "text/plain"),
    ],
)
def test_guessed_types(text: str | bytes, kind: str) -> None:
    assert content.guessed_type(text) == kind
