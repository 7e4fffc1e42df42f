"""The parser of multipart bodies: what is sent comes out, in pieces of any size; else a documented error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mod_python._sansio.errors import Malformed, TooLarge
from mod_python._sansio.multipart import End, Head, MultipartParser

BOUNDARY = b"b0undary"
Part = tuple[list[tuple[str, bytes]], bytes]

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True)
VALUES = st.binary(max_size=20).filter(lambda value: not {10, 13} & set(value) and value == value.strip())
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=4)
# Data that looks like a boundary but is none.
NOISE = st.sampled_from([b"\r", b"\n", b"\r\n", b"-", b"--", b"\r\n--", b"\r\n--b0undar", b"--b0undary ", b"x", b"\0"])
DATA = st.lists(NOISE | st.binary(max_size=20), max_size=12).map(b"".join)
PARTS = st.lists(st.tuples(HEADERS, DATA.filter(lambda data: b"\r\n--" + BOUNDARY not in b"\r\n" + data)), max_size=5)


def build(parts: list[Part]) -> bytes:
    """A body, as a client sends it."""
    out = []
    for headers, data in parts:
        lines = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in headers)
        out.append(b"--" + BOUNDARY + b"\r\n" + lines + b"\r\n" + data + b"\r\n")
    return b"".join(out) + b"--" + BOUNDARY + b"--\r\n"


def parse(body: bytes, piece: int, **limits: int) -> list[Part]:
    """What the parser makes of it."""
    parser = MultipartParser(BOUNDARY, **limits)
    parts: list[Part] = []
    open_part = False
    for start in range(0, len(body), piece):
        for event in parser.feed(body[start : start + piece]):
            if isinstance(event, Head):
                assert not open_part
                parts.append((event.headers, b""))
                open_part = True
            elif isinstance(event, End):
                assert open_part
                open_part = False
            else:
                assert open_part and event
                parts[-1] = parts[-1][0], parts[-1][1] + event
    parser.close()
    assert not open_part
    return parts


@given(PARTS, st.integers(1, 70))
def test_what_is_sent_comes_out(parts: list[Part], piece: int) -> None:
    assert parse(build(parts), piece) == parts


@given(PARTS, st.integers(1, 70), st.data())
def test_any_bytes_give_parts_or_an_error(parts: list[Part], piece: int, data: st.DataObject) -> None:
    body = bytearray(build(parts))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        whole = parse(bytes(body), len(body) or 1)
    except (Malformed, TooLarge) as error:
        with pytest.raises(type(error)):
            parse(bytes(body), piece)
    else:
        assert parse(bytes(body), piece) == whole


@given(st.binary(max_size=300))
def test_noise_is_malformed(body: bytes) -> None:
    if body and b"--" + BOUNDARY not in body:
        with pytest.raises(Malformed):
            parse(body, 7)


@pytest.mark.parametrize("size", [65366, 65367, 65368, 65369, 131072])
def test_the_last_line_end_is_none_of_the_data(size: int) -> None:
    for data in (b"x" * size, b"x" * (size - 1) + b"\r", b"\r\n" * (size // 2)):
        assert parse(build([([], data)]), 65368) == [([], data)]


def test_a_part_may_end_where_its_headers_end() -> None:
    assert parse(b"--b0undary\r\na: b\r\n\r\n--b0undary--", 3) == [([("a", b"b")], b"")]


def test_what_surrounds_the_parts_does_not_count() -> None:
    assert parse(b"hello\r\n" + build([([], b"x")]) + b"more", 5) == [([], b"x")]


def test_folded_headers_are_joined() -> None:
    assert parse(b"--b0undary\r\na: b\r\n\t c\r\n\r\nx\r\n--b0undary--", 100)[0][0] == [("a", b"b c")]


@pytest.mark.parametrize(
    "body",
    [
        b"--b0undary\r\nno colon\r\n\r\nx\r\n--b0undary--",
        b"--b0undary\r\n: x\r\n\r\nx\r\n--b0undary--",
        b"--b0undaryX\r\n\r\nx\r\n--b0undary--",
        b"--b0undary\n\nx\n--b0undary--",
        b"--b0undary" + b" " * 100 + b"\r\n\r\nx\r\n--b0undary--",
        b"--b0undary\r\n\r\nx",
        b"--b0undary\r\n\r\nx\r\n--b0undary",
        b"--b0undary\r\na: b",
    ],
)
def test_malformed(body: bytes) -> None:
    for piece in (1, 1000):
        with pytest.raises(Malformed):
            parse(body, piece)


@pytest.mark.parametrize("boundary", [b"", b"x" * 201, b"a\rb", b"a\nb"])
def test_boundaries_that_nobody_sends(boundary: bytes) -> None:
    with pytest.raises(Malformed):
        MultipartParser(boundary)


def test_limits() -> None:
    parts: list[Part] = [([("name", b"x" * 50)], b"")] * 3
    assert len(parse(build(parts), 9, max_parts=3, max_header_size=56)) == 3
    with pytest.raises(TooLarge) as parts_error:
        parse(build(parts), 9, max_parts=2)
    with pytest.raises(TooLarge) as header_error:
        parse(build(parts), 9, max_header_size=55)
    assert (parts_error.value.limit, header_error.value.limit) == ("max_fields", "max_header_size")


def test_nothing_at_all_is_an_empty_form() -> None:
    assert parse(b"", 1) == []
