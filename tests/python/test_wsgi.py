"""WSGI's part in Python: finding applications, the base of their URIs, the file wrapper."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from conftest import Write
from mod_python import _dispatch, _importer, _names, _wsgi


def resolve(module: str, callable_path: str = "application") -> _dispatch.Resolved:
    return _dispatch.resolve_application(module, callable_path, None, True, False)


class TestApplications:
    """`module:callable` and `/path/of/file.wsgi:callable`."""

    def test_a_file_of_any_ending(self, write: Write) -> None:
        write("beside.py", "WORD = 'beside'")
        file = write("shop.wsgi", "import beside\napplication = lambda environ, start: (beside.WORD, __name__)\n")
        call, loaded = resolve(str(file))
        assert call is not None
        assert call(None, None) == ("beside", "shop%2ewsgi")  # type: ignore[call-arg]
        assert loaded.module.__file__ == str(file)

    def test_equally_named_files(self, write: Write) -> None:
        files = [write(f"{name}/app.wsgi", f"def application(): return {name!r}") for name in ("one", "two")]
        calls = [resolve(str(file)).call for file in files]
        assert [call() for call in calls if call] == ["one", "two"]  # type: ignore[call-arg]

    def test_a_file_and_a_module_of_one_name_share_no_byte_code(self, write: Write, tmp_path: Path) -> None:
        script, module = write("app.wsgi", "application = len"), write("app.py", "application = abs")
        os.utime(module, ns=(script.stat().st_mtime_ns,) * 2)
        assert [resolve(str(file)).call for file in (script, module, script)] == [len, abs, len]
        assert not list(tmp_path.glob("__pycache__/*wsgi*"))

    def test_a_changed_file_is_stale(self, write: Write) -> None:
        file = write("app.wsgi", "def application(): return 'old'")
        loaded = resolve(str(file)).loaded
        assert not _importer.stale(loaded)
        write("app.wsgi", "def application(): return 'new!'")
        assert _importer.stale(loaded)
        call = resolve(str(file)).call
        assert call is not None
        assert call() == "new!"  # type: ignore[call-arg]

    def test_a_dotted_callable(self, write: Write) -> None:
        file = write("app.py", "class Site:\n    @staticmethod\n    def main(): return 'main'\nnumber = 1\n")
        call = resolve(str(file), "Site.main").call
        assert call is not None
        assert call() == "main"  # type: ignore[call-arg]

    def test_what_is_no_application(self, write: Write) -> None:
        file = write("app.py", "number = 1\n")
        with pytest.raises(AttributeError, match="contains no 'application'"):
            resolve(str(file))
        with pytest.raises(TypeError, match="is no WSGI application but of type 'int'"):
            resolve(str(file), "number")
        with pytest.raises(ModuleNotFoundError):
            resolve(str(file.with_name("gone.wsgi")))


def test_names_of_files() -> None:
    assert _names.place("/srv/shop.wsgi", None, None) == ("shop%2ewsgi", ["/srv/"])
    assert _names.file_name("shop%2ewsgi") == _names.file_name("_mp:/srv/a%2eb.shop%2ewsgi") == "shop.wsgi"
    assert _names.file_name("shop.wsgi") is _names.file_name("_mp:/srv.shop") is None


def request(uri: str, option: str | None = None, location: str | None = None) -> Any:
    options = {} if option is None else {"mod_python.wsgi.base_uri": option}
    return SimpleNamespace(uri=uri, get_options=lambda: options, hlist=SimpleNamespace(location=location))


@pytest.mark.parametrize(
    ("uri", "option", "location", "base"),
    [
        ("/shop/x", "/shop", None, "/shop"),
        ("/shop", "/shop", None, "/shop"),
        ("/shopping", "/shop", None, None),
        ("/x", "/shop", None, None),
        ("/x", "", "/x", ""),
        ("/shop/x", None, "/shop/", "/shop"),
        ("/shop", None, "/shop/", "/shop"),
        ("/x", None, None, ""),
    ],
)
def test_base_uri(uri: str, option: str | None, location: str | None, base: str | None) -> None:
    assert _wsgi.base_uri(request(uri, option, location)) == base


def test_a_base_without_a_slash_at_its_end() -> None:
    with pytest.raises(ValueError, match="must not end in a slash"):
        _wsgi.base_uri(request("/shop/x", "/shop/"))


class TestFileWrapper:
    """`wsgi.file_wrapper`."""

    def test_blocks(self) -> None:
        wrapper = _wsgi.FileWrapper(io.BytesIO(b"abcde"), 2)
        assert list(wrapper) == [b"ab", b"cd", b"e"]

    def test_an_open_file_has_a_place(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_bytes(b"abc")
        with path.open("rb") as file:
            file.read(1)
            assert _wsgi.file_of(_wsgi.FileWrapper(file)) == (file.fileno(), 1)
        assert _wsgi.file_of(_wsgi.FileWrapper(file)) is None, "closed"

    def test_others_have_none(self) -> None:
        assert _wsgi.file_of(_wsgi.FileWrapper(io.BytesIO())) is None
        assert _wsgi.file_of(_wsgi.FileWrapper(SimpleNamespace(read=len))) is None

    def test_close(self) -> None:
        file = io.BytesIO()
        _wsgi.FileWrapper(file).close()
        assert file.closed
        _wsgi.FileWrapper(SimpleNamespace(read=len)).close()


def test_exc_info_is_raised_with_its_traceback() -> None:
    try:
        raise KeyError("carried")
    except KeyError as error:
        triple = type(error), error, error.__traceback__
    with pytest.raises(KeyError, match="carried") as caught:
        _wsgi.raise_again(triple)
    assert caught.value is triple[1]
