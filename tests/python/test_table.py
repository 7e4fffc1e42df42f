"""The table that stands in for httpd's outside httpd."""

from __future__ import annotations

from typing import Any

import pytest

from mod_python import apache


@pytest.fixture
def table() -> Any:
    """Two cookies and a type."""
    table = apache.table({"Content-Type": "text/html"})
    table.add("Set-Cookie", "a=1")
    table.add(b"set-cookie", b"b=2")
    return table


def test_keys_are_found_without_regard_to_case(table: Any) -> None:
    assert table["content-type"] == "text/html"
    assert "CONTENT-TYPE" in table
    assert table.has_key("x") == 0
    with pytest.raises(KeyError):
        table["x"]


def test_a_repeated_key_gives_a_list(table: Any) -> None:
    assert table["Set-Cookie"] == ["a=1", "b=2"]
    assert table.get("set-cookie") == "a=1"
    assert len(table) == 3
    assert list(table) == table.keys() == list(table.iterkeys()) == ["Content-Type", "Set-Cookie", "set-cookie"]
    assert list(table.itervalues()) == ["text/html", "a=1", "b=2"]
    assert list(table.iteritems()) == table.items()


def test_setting_replaces_all(table: Any) -> None:
    table["SET-COOKIE"] = "c=3"
    assert table.items() == [("Content-Type", "text/html"), ("SET-COOKIE", "c=3")]
    del table["set-cookie"], table["not there"]
    assert table.keys() == ["Content-Type"]


def test_defaults(table: Any) -> None:
    assert table.setdefault("X") == ""
    assert table.setdefault("Y", "y") == "y" == table["Y"]
    assert table.setdefault("Y", "z") == "y"
    assert table.get("Z") is None
    assert table.get("Z", 1) == 1


def test_copies_are_independent(table: Any) -> None:
    twin = table.copy()
    assert twin == table
    twin.clear()
    assert not twin
    assert twin != table
    assert table.popitem() == ("Content-Type", "text/html")
    assert len(table) == 2
    with pytest.raises(KeyError):
        twin.popitem()


def test_it_compares_with_mappings_only() -> None:
    table = apache.table([("a", 1)])
    assert table == {"a": "1"}
    assert table != 1
    assert repr(apache.table([("a", 1), ("b", 2)])) == "{'b': '2', 'a': '1'}"
    with pytest.raises(TypeError):
        hash(table)


@pytest.mark.parametrize("value", [1, None, bytearray(b"x")])
def test_values_are_text(table: Any, value: object) -> None:
    with pytest.raises(TypeError):
        table["x"] = value
