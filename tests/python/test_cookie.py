"""Cookies: what is sent, what is read, and that nobody forges what is signed."""

from __future__ import annotations

import base64
import marshal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake import FakeRequest
from mod_python import Cookie as cookies
from mod_python.Cookie import Cookie, CookieError, MarshalCookie, SignedCookie

NAMES = st.text(st.characters(exclude_characters=";=,$", min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)
VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters=";,"), max_size=20)


@given(st.dictionaries(NAMES, VALUES))
def test_what_is_sent_comes_back(pairs: dict[str, str]) -> None:
    header = "; ".join(str(Cookie(name, value)) for name, value in pairs.items())
    assert {name: cookie.value for name, cookie in Cookie.parse(header).items()} == pairs


@given(st.text(max_size=60))
def test_any_header_gives_cookies(header: str) -> None:
    Cookie.parse(header)
    assert SignedCookie.parse(header, "secret", Cookie.IGNORE) == {}
    assert MarshalCookie.parse(header, "secret", Cookie.IGNORE) == {}


def test_the_order_of_attributes() -> None:
    cookie = Cookie("spam", "eggs", path="/", max_age=5, secure=True, SameSite="Lax", expires=0, httponly=1)
    cookie.domain = "example.com"
    expected = "spam=eggs; path=/; domain=example.com; secure; expires=Thu, 01-Jan-1970 00:00:00 GMT; max-age=5; "
    assert str(cookie) == expected + "samesite=Lax; httponly"
    assert str(Cookie("a", "b", commentURL="u", secure=False, partitioned=True)) == "a=b; commentURL=u; partitioned"


@pytest.mark.parametrize("when", ["Thu, 01-Jan-1970 00:00:00 GMT", "Sat, 31 Dec 2044 23:59:59 GMT"])
def test_times(when: str) -> None:
    assert Cookie("a", "b", expires=when).expires == when


def test_wrong_attributes() -> None:
    with pytest.raises(AttributeError):
        Cookie("a", "b", eggs=1)
    with pytest.raises(AttributeError):
        _ = Cookie("a", "b").path
    for when in ("tomorrow", None, "Thu, 01-Jan-1970"):
        with pytest.raises(ValueError, match="Invalid expires time"):
            Cookie("a", "b", expires=when)


@pytest.mark.parametrize("name", ["", "a b", "a;b", "a=b", "a,b", "a\r\nb", "$a"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(CookieError):
        str(Cookie(name, "x"))


@pytest.mark.parametrize("value", ["a; domain=evil", "a\r\nSet-Cookie: b", "a\0"])
def test_nothing_is_smuggled_in(value: str) -> None:
    for cookie in (Cookie("a", value), Cookie("a", "b", path=value)):
        with pytest.raises(CookieError):
            str(cookie)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("a=1; b=2", {"a": "1", "b": "2"}),
        ("a=1;b=2;;  ; c", {"a": "1", "b": "2", "c": ""}),
        ("$Version=1; a=1; $Path=/", {"a": "1"}),
        ('a="quoted value"; b=x=y', {"a": '"quoted value"', "b": "x=y"}),
        ("a=1, ; ,b=2", {"a": "1", "b": "2"}),
        ("a=1; a=2", {"a": "2"}),
        ("odd:name[]=1; é=ü", {"odd:name[]": "1", "é": "ü"}),
        ("=x", {}),
    ],
)
def test_reading(header: str, found: dict[str, str]) -> None:
    assert {name: cookie.value for name, cookie in Cookie.parse(header).items()} == found


def test_reading_some() -> None:
    assert list(Cookie.parse("a=1; b=2; c=3", names=["a", "c"])) == ["a", "c"]
    assert list(Cookie.parse("ab=1; b=2", names="b")) == ["b"]


class TestSigned:
    """Signatures."""

    @given(NAMES, VALUES)
    def test_round_trip(self, name: str, value: str) -> None:
        found = SignedCookie.parse(str(SignedCookie(name, value, "secret")), b"secret")
        assert type(found[name]) is SignedCookie and found[name].value == value

    def test_what_is_changed_is_not_signed(self) -> None:
        header = str(SignedCookie("a", "value", "secret"))
        for wrong in (header + "x", header.replace("a=", "b="), header.replace("=", "=0"), "a=value", "a="):
            found = SignedCookie.parse(wrong, "secret")
            assert [type(cookie) for cookie in found.values()] == [Cookie]
            assert SignedCookie.parse(wrong, "secret", Cookie.IGNORE) == {}
            with pytest.raises(CookieError):
                SignedCookie.parse(wrong, "secret", Cookie.EXCEPTION)
        assert SignedCookie.parse(header, "other", Cookie.IGNORE) == {}

    def test_the_border_of_name_and_value_is_signed(self) -> None:
        signature = str(SignedCookie("ab", "c", "s"))[3:67]
        assert SignedCookie.parse(f"a={signature}bc", "s", Cookie.IGNORE) == {}

    def test_signatures_of_old(self) -> None:
        old = "eggs=d049b2b61adb6a1d895646719a3dc30bcwQAAABzcGFt"
        assert type(MarshalCookie.parse(old, "secret")["eggs"]) is Cookie

    def test_no_secret(self) -> None:
        with pytest.raises(CookieError, match="Cannot sign without a secret"):
            str(SignedCookie("a", "b"))


class TestMarshal:
    """Values of any built-in type."""

    @pytest.mark.parametrize("value", ["spam", b"\0", 1, None, [1, {"a": (2.5, True)}]])
    def test_round_trip(self, value: Any) -> None:
        assert MarshalCookie.parse(str(MarshalCookie("a", value, "secret")), "secret")["a"].value == value

    def test_nothing_unsigned_is_unmarshalled(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(marshal, "loads", lambda data: pytest.fail("unmarshalled"))
        value = base64.b64encode(marshal.dumps("x")).decode()
        assert type(MarshalCookie.parse(f"a={'0' * 64}{value}", "secret")["a"]) is Cookie

    def test_signed_by_another_kind(self) -> None:
        with pytest.raises(CookieError):
            MarshalCookie.parse(str(SignedCookie("a", "no base64", "secret")), "secret")


class TestRequests:
    """Cookies of a request and of its reply."""

    def test_adding(self) -> None:
        req = FakeRequest()
        cookies.add_cookie(req, "a", "1", path="/")
        cookies.add_cookie(req, Cookie("b", "2"))
        assert req.headers_out["Set-Cookie"] == ["a=1; path=/", "b=2"]
        assert req.headers_out["Cache-Control"] == 'no-cache="set-cookie"'

    def test_getting(self) -> None:
        req = FakeRequest()
        assert cookies.get_cookies(req) == {} and cookies.get_cookie(req, "a") is None
        req.headers_in.add("Cookie", "a=1; b=2")
        req.headers_in.add("Cookie", "c=3")
        assert {name: one.value for name, one in cookies.get_cookies(req).items()} == {"a": "1", "b": "2", "c": "3"}
        assert cookies.get_cookie(req, "c").value == "3"
        assert type(cookies.get_cookie(req, "a", SignedCookie, secret="s")) is Cookie
        assert cookies.get_cookie(req, "a", SignedCookie, secret="s", mismatch=Cookie.IGNORE) is None
