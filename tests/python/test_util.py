"""Forms: FieldStorage over requests of all kinds, its limits, its mapping; calling functions with a form."""

from __future__ import annotations

import gc
import io
import re
from pathlib import Path
from typing import Any

import pytest

from fake import FakeRequest
from mod_python import _log, apache, util

MULTIPART = "multipart/form-data; boundary=XX"


def body(*parts: tuple[str, bytes]) -> bytes:
    """A multipart body: the options of each part's disposition, and its data."""
    head = "--XX\r\nContent-Disposition: form-data; {}\r\n\r\n"
    return b"".join(head.format(options).encode() + data + b"\r\n" for options, data in parts) + b"--XX--\r\n"


def posted(*parts: tuple[str, bytes], **options: Any) -> Any:
    """The form of a multipart body, read in small pieces."""
    arguments = {name: options.pop(name) for name in ("file_callback", "field_callback", "encoding") if name in options}
    return util.FieldStorage(FakeRequest(body=body(*parts), content_type=MULTIPART, pieces=11, **options), **arguments)


class TestReading:
    """Where fields come from."""

    def test_a_query_string(self) -> None:
        form = util.FieldStorage(FakeRequest("a=1&b=%C3%A9&a=2&c="))
        assert repr(form.list) == "[Field('a', '1'), Field('b', 'é'), Field('a', '2')]"
        assert form["b"] == "é" and form["b"].value == "é" and type(form["b"].value) is str

    def test_a_body_and_a_query_string(self) -> None:
        req = FakeRequest("a=1", b"a=2&b=%E9", "application/x-www-form-urlencoded; charset=utf-8")
        form = util.FieldStorage(req, encoding="latin-1")
        assert form.getlist("a") == ["1", "2"] and form["b"] == "é"

    def test_a_body_without_a_type(self) -> None:
        assert util.FieldStorage(FakeRequest(body=b"a=1"))["a"] == "1"

    def test_blank_values(self) -> None:
        assert util.FieldStorage(FakeRequest("a=&b", b"c"), 1).keys() == ["a", "b", "c"]

    def test_other_methods_keep_their_body(self) -> None:
        req = FakeRequest("a=1", b"b=2")
        req.method = "PUT"
        assert util.FieldStorage(req).keys() == ["a"] and req.read() == b"b=2"

    def test_parts(self) -> None:
        form = posted(('name="text"', b"caf\xc3\xa9"), ('name="file"; filename="a.bin"', b"\0\xff\r\n"))
        assert (form["text"], form["text"].file.read(), form["text"].filename) == ("café", b"caf\xc3\xa9", None)
        file = form["file"]
        assert isinstance(file, util.Field) and file.filename == "a.bin"
        assert file.value == b"\0\xff\r\n" and file.file.read() == b"\0\xff\r\n"
        assert file.disposition == "form-data" and file.disposition_options == {"name": "file", "filename": "a.bin"}

    def test_headers_of_a_part(self) -> None:
        head = b"Content-Type: Text/Plain; x=y\r\nX-Own: z\r\nContent-Disposition: form-data; name=a"
        data = b"--XX\r\n" + head + b"\r\n\r\nb\r\n--XX--"
        field = util.FieldStorage(FakeRequest(body=data, content_type=MULTIPART))["a"]
        assert (field.type, field.type_options, field.headers["x-own"]) == ("text/plain", {"x": "y"}, "z")
        assert "content-type" not in field.headers

    def test_no_file_chosen(self) -> None:
        form = posted(('name="f"; filename=""', b""))
        assert isinstance(form["f"], util.StringField) and form["f"] == "" and form["f"].filename == ""

    def test_big_files_go_to_disk(self) -> None:
        parts = ('name="a"; filename="a"', b"x" * 99), ('name="b"; filename="b"', b"x" * 101)
        form = posted(*parts, form__spool_size="100")
        assert [form[name].file._rolled for name in "ab"] == [False, True]
        assert form["b"].value == b"x" * 101

    def test_files_are_closed_with_their_field(self) -> None:
        form = posted(('name="a"; filename="a"', b"x"))
        file = form["a"].file
        form.clear()
        gc.collect()
        assert file.closed

    def test_callbacks(self) -> None:
        files: dict[str, io.BytesIO] = {}
        fields: list[io.BytesIO] = []

        def open_file(name: str) -> io.BytesIO:
            return files.setdefault(name, io.BytesIO())

        def open_field() -> io.BytesIO:
            fields.append(io.BytesIO())
            return fields[-1]

        parts = ('name="a"; filename="x"', b"1"), ('name="b"', b"2")
        form = posted(*parts, file_callback=open_file, field_callback=open_field)
        assert form["a"].file is files["x"] and files["x"].getvalue() == b"1"
        assert form["b"] == "2" and form["b"].file is fields[0]

    def test_chunked(self) -> None:
        req = FakeRequest(body=b"a=1")
        del req.headers_in["Content-Length"]
        req.headers_in["Transfer-Encoding"] = "chunked"
        assert util.FieldStorage(req)["a"] == "1"

    def test_no_body_at_all(self) -> None:
        req = FakeRequest(body=b"")
        del req.headers_in["Content-Length"]
        assert len(util.FieldStorage(req)) == 0


class TestRefusals:
    """What cannot be read, or costs too much."""

    @pytest.mark.parametrize(
        ("content_type", "data", "status"),
        [
            ("application/json", b"{}", 501),
            ("multipart/form-data", b"--XX--", 400),
            (MULTIPART, b"--XX\r\nno", 400),
            (MULTIPART, b"--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--", 400),
            (MULTIPART, b"--XX\r\n\r\nx\r\n--XX--", 400),
        ],
    )
    def test_statuses(self, content_type: str, data: bytes, status: int) -> None:
        with pytest.raises(util.FormError) as caught:
            util.FieldStorage(FakeRequest(body=data, content_type=content_type))
        assert caught.value.status == status and caught.value.args == (status,) and str(caught.value)
        assert isinstance(caught.value, apache.SERVER_RETURN)

    @pytest.mark.parametrize(
        ("limit", "value"), [("max_fields", "2"), ("max_size", "30"), ("max_memory", "3"), ("max_header_size", "20")]
    )
    def test_limits_of_parts(self, limit: str, value: str) -> None:
        options = {f"form__{limit}": value}
        parts = ('name="a"', b"12"), ('name="b"', b"34"), ('name="c"', b"")
        req = FakeRequest(body=body(*parts), content_type=MULTIPART, **options)
        with pytest.raises(util.FormError) as caught:
            util.FieldStorage(req)
        assert caught.value.status == 413
        assert re.match(rf"MPY0601: .*PythonOption mod_python.form.{limit} sets", req.log[0])

    @pytest.mark.parametrize(("limit", "value"), [("max_fields", "1"), ("max_size", "6"), ("max_memory", "6")])
    def test_limits_of_pairs(self, limit: str, value: str) -> None:
        options = {f"form__{limit}": value}
        req = FakeRequest(body=b"a=1&b=2", pieces=2, **options)
        with pytest.raises(util.FormError) as caught:
            util.FieldStorage(req)
        assert caught.value.status == 413

    def test_a_part_that_names_no_file_is_memory(self) -> None:
        with pytest.raises(util.FormError):
            posted(('name="a"; filename=""', b"x" * 11), form__max_memory="10")

    def test_a_file_of_the_handlers_own_need_not_close(self) -> None:
        class Sink:
            def write(self, data: bytes) -> None:
                raise OSError("full")

        with pytest.raises(OSError, match="full"):
            posted(('name="a"; filename="a"', b"x"), file_callback=lambda name: Sink())

    def test_files_are_none_of_the_memory(self) -> None:
        assert posted(('name="a"; filename="a"', b"x" * 1000), form__max_memory="10")["a"].value == b"x" * 1000

    def test_an_option_that_is_no_number(self) -> None:
        with pytest.raises(ValueError, match="mod_python.form.max_size is 'big'"):
            util.FieldStorage(FakeRequest(form__max_size="big"))


class TestMapping:
    """A form as a mapping."""

    @pytest.fixture
    def form(self) -> Any:
        """Three fields, two names."""
        return util.FieldStorage(FakeRequest("a=1&b=2&a=3"))

    def test_looking(self, form: Any) -> None:
        assert form["a"] == ["1", "3"] and form[b"b"] == "2"
        assert (form.get("x", "y"), form.getfirst("a"), form.getfirst("x"), form.getlist("x")) == ("y", "1", None, [])
        assert form.items() == [("a", "1"), ("b", "2"), ("a", "3")]
        assert (list(form), len(form), "a" in form, b"a" in form, 1 in form, form.has_key("x")) == (
            ["a", "b"],
            2,
            True,
            True,
            False,
            False,
        )
        with pytest.raises(KeyError):
            form["x"]

    def test_changing(self, form: Any) -> None:
        form["a"] = "new"
        form.add_field("c", b"\xc3\xa9")
        assert form.items() == [("b", "2"), ("a", "new"), ("c", "é")]
        del form["b"]
        assert form.keys() == ["a", "c"]
        with pytest.raises(KeyError):
            del form["b"]
        form.clear()
        assert len(form) == 0
        with pytest.raises(TypeError):
            form["a"] = 1

    def test_the_list_may_be_changed_directly(self, form: Any) -> None:
        assert len(form) == 2
        form.list.append(util.Field("file", io.BytesIO(b"x")))
        assert form["file"].value == b"x"
        form.list.sort(key=lambda field: str(field.name))
        form.list.pop()
        assert "file" not in form

    def test_repr(self, form: Any) -> None:
        assert repr(form) == "{'a': [Field('a', '1'), Field('a', '3')], 'b': [Field('b', '2')]}"


class TestFields:
    """Fields by themselves."""

    def test_the_old_positions(self) -> None:
        field = util.Field("n", io.BytesIO(b"x"), "a/b", {}, "form-data", {"filename": "f"}, {})
        assert (field.name, field.type, field.filename, field.value) == ("n", "a/b", "f", b"x")

    def test_strings(self) -> None:
        field = util.StringField(b"\xc3\xa9")
        assert field == "é" and f"{field}" == "é" and str(field) == "é" and field.file.read() == b"\xc3\xa9"
        with pytest.raises(UnicodeDecodeError):
            util.StringField(b"\xff")


class TestApply:
    """Calling with a form."""

    @staticmethod
    def apply(function: Any, query: str = "a=1&b=2&b=3&req=evil", **args: Any) -> Any:
        """Call with the form of a query string."""
        return util.apply_fs_data(function, util.FieldStorage(FakeRequest(query)), **args)

    def test_what_is_named(self) -> None:
        assert self.apply(lambda req, a, b="x": (req, a, b), req="own") == ("own", "1", ["2", "3"])

    def test_anything(self) -> None:
        assert self.apply(lambda **every: every, req="own") == {"a": "1", "b": ["2", "3"], "req": "own"}

    def test_nothing_else(self) -> None:
        assert self.apply(lambda: "none") == "none"

    def test_only_keywords(self) -> None:
        assert self.apply(lambda *, a: a) == "1"

    def test_methods_and_classes(self) -> None:
        class Page:
            def __init__(self, a: str) -> None:
                self.a = a

            def show(self, b: Any) -> Any:
                return self.a, b

            def __call__(self, a: Any) -> Any:
                return a

        assert self.apply(Page).a == "1"
        assert self.apply(Page("x").show) == ("x", ["2", "3"])
        assert self.apply(Page("x")) == "1"

    def test_values_are_plain(self) -> None:
        assert type(self.apply(lambda a: a)) is str

    def test_files_arrive_as_fields(self) -> None:
        form = posted(('name="a"; filename="f"', b"x"))
        assert util.apply_fs_data(lambda a: a.filename, form) == "f"


class TestRedirect:
    """Sending the client elsewhere."""

    def test_it_ends_the_handler(self) -> None:
        req = FakeRequest()
        with pytest.raises(apache.SERVER_RETURN) as caught:
            util.redirect(req, "/x?a=1&b=<")
        assert caught.value.args == (apache.DONE,)
        assert (req.status, req.err_headers_out["Location"]) == (302, "/x?a=1&b=<")
        assert "&lt;" in req.written[0]

    def test_for_ever_and_with_a_text(self) -> None:
        req = FakeRequest()
        with pytest.raises(apache.SERVER_RETURN):
            util.redirect(req, "/x", 1, "gone")
        assert (req.status, req.written) == (301, ["gone"])

    def test_too_late(self) -> None:
        req = FakeRequest()
        req.sent_bodyct = 1
        with pytest.raises(OSError, match="Cannot redirect after headers"):
            util.redirect(req, "/x")


def test_every_number_has_its_row() -> None:
    rows = Path(__file__).parents[2] / "src" / "httpd" / "log_number.rs"
    numbers = dict(re.findall(r"^    (\w+) = (\d+),", rows.read_text(), re.MULTILINE))
    ours = {name: str(value) for name, value in vars(_log).items() if name.isupper() and value > 9}
    assert ours == {name: numbers.get(name) for name in ours}
