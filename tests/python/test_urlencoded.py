"""Query strings and header values: round trips, the odd things of old, and that no bytes break them."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mod_python import util
from mod_python._sansio.errors import TooLarge
from mod_python._sansio.header import parse_options
from mod_python._sansio.urlencoded import parse_pairs

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(TEXT, TEXT)))
def test_what_is_encoded_comes_back(pairs: list[tuple[str, str]]) -> None:
    # A pair of two empty texts is sent as `=`, which is a pair.
    assert util.parse_qsl(urlencode(pairs), 1) == pairs
    assert util.parse_qsl(urlencode(pairs).encode(), 1) == [(name.encode(), value.encode()) for name, value in pairs]


@given(st.binary(max_size=60))
def test_any_bytes_give_pairs(data: bytes) -> None:
    assert all(value for _, value in parse_pairs(data))
    util.parse_qs(data.decode("utf-8", "surrogateescape"))


@given(st.text(max_size=60))
def test_any_header_gives_options(line: str) -> None:
    value, options = parse_options(line)
    assert value == value.lower() and all(name == name.lower() for name in options)


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ("a=1&b=2", [("a", "1"), ("b", "2")]),
        ("a=1;b=2&&;c=3", [("a", "1"), ("b", "2"), ("c", "3")]),
        ("a=b=c", [("a", "b=c")]),
        ("a+b=c%20d%2B", [("a b", "c d+")]),
        ("a=%zz%4", [("a", "%zz%4")]),
        ("a=&b&c=1", [("c", "1")]),
        ("a=%C3%A9", [("a", "é")]),
        ("a=%E9", [("a", "\ufffd")]),
        ("", []),
    ],
)
def test_query_strings(query: str, pairs: list[tuple[str, str]]) -> None:
    assert util.parse_qsl(query) == pairs


def test_blank_values_on_request() -> None:
    assert util.parse_qsl("a=&b", 1) == [("a", ""), ("b", "")]
    assert util.parse_qs("a=1&b=2&a=3") == {"a": ["1", "3"], "b": ["2"]}


def test_strict() -> None:
    with pytest.raises(ValueError, match="no '='"):
        util.parse_qsl("a=1&b", 0, 1)


def test_too_many() -> None:
    assert len(parse_pairs(b"a=1&b=2", most=2)) == 2
    with pytest.raises(TooLarge):
        parse_pairs(b"a=1&b=2;c=3", most=2)


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        ("Text/HTML; charset=UTF-8", ("text/html", {"charset": "UTF-8"})),
        ('form-data; name="a;b"; filename="c=d"', ("form-data", {"name": "a;b", "filename": "c=d"})),
        (r'x; a="\"b\\"', ("x", {"a": '"b\\'})),
        ('x; name="50%22"', ("x", {"name": '50"'})),
        (r'x; filename="C:\dir\file"', ("x", {"filename": r"C:\dir\file"})),
        ('x; a="never ends', ("x", {"a": '"never ends'})),
        ("x; filename*=UTF-8''na%C3%AFve; filename=naive", ("x", {"filename": "naïve"})),
        ("x; filename*=odd''x; filename=plain", ("x", {"filename": "plain"})),
        ("x; A=1; a=2", ("x", {"a": "1"})),
        ('x; a=""', ("x", {"a": ""})),
        ("", ("", {})),
    ],
)
def test_header_values(line: str, parsed: tuple[str, dict[str, str]]) -> None:
    assert parse_options(line) == parsed
    assert util.parse_header(line) == parsed


def test_header_bytes() -> None:
    assert util.parse_header(b"A/B; c=d") == (b"a/b", {b"c": "d"})
