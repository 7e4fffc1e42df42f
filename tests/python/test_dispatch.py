"""From the words of the configuration to a callable, and `PythonPath`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import Write
from mod_python import _dispatch, _paths, apache

SOURCE = """
def handler(req): return 0
nothing = None

class Cls:
    def __init__(self, req): self.req = req
    def method(self, req): return self.req, req
    class Inner:
        def __init__(self, req): self.req = req
        def method(self, req): return 'inner', self.req

instance = Cls('made at import')
"""


def resolve(module: str, path: str, directory: Path | None, **changes: Any) -> _dispatch.Resolved:
    settings: dict[str, Any] = {
        "directory": None if directory is None else f"{directory}/",
        "is_location": False,
        "python_path": None,
        "autoreload": True,
        "debug": False,
        "silent": False,
    }
    return _dispatch.resolve(module, path, **{**settings, **changes})


@pytest.fixture
def app(write: Write, tmp_path: Path) -> Path:
    write("app.py", SOURCE)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("handler", 0),
        ("instance.method", ("made at import", "req")),
        ("Cls.method", ("req", "req")),
        ("Cls.Inner.method", ("inner", "req")),
        ("instance.Inner.method", ("inner", "req")),
    ],
)
def test_objects_are_found(app: Path, path: str, result: object) -> None:
    call, _ = resolve("app", path, app)
    assert call is not None
    assert call("req") == result


def test_a_class_alone_is_called_like_a_function(app: Path) -> None:
    call, loaded = resolve("app", "Cls", app)
    assert call is loaded.module.Cls


@pytest.mark.parametrize("path", ["bad_handler", "handler.bad", "instance.bad", "bad.bad"])
def test_a_missing_object_is_named_with_its_file(app: Path, path: str) -> None:
    with pytest.raises(AttributeError, match=f"module '{app}/app.py' contains no '{path}'"):
        resolve("app", path, app)
    assert resolve("app", path, app, silent=True).call is None


def test_a_missing_method_of_a_class_is_named(app: Path) -> None:
    call, _ = resolve("app", "Cls.bad", app)
    assert call is not None
    with pytest.raises(AttributeError, match="class 'Cls' contains no 'bad'"):
        call("req")


def test_what_cannot_be_called_is_named(app: Path) -> None:
    with pytest.raises(TypeError, match="'nothing' in module .* is no handler but of type 'NoneType'"):
        resolve("app", "nothing", app)


def test_an_error_inside_the_class_keeps_its_text(write: Write, tmp_path: Path) -> None:
    write("app.py", "class Cls:\n    def __init__(self, req): req.missing\n    def method(self, req): ...\n")
    call, _ = resolve("app", "Cls.method", tmp_path)
    assert call is not None
    with pytest.raises(AttributeError, match="'str' object has no attribute 'missing'"):
        call("req")


def test_the_directory_is_on_the_path_exactly_once(app: Path) -> None:
    for _ in range(3):
        resolve("app", "handler", app)
    assert sys.path.count(f"{app}/") == 1
    assert sys.path[0] == f"{app}/"


def test_the_directory_of_a_location_is_not_added(app: Path) -> None:
    with pytest.raises(ModuleNotFoundError):
        resolve("app", "handler", app, is_location=True)
    assert f"{app}/" not in sys.path


def test_a_module_that_is_not_beside_the_handler_comes_from_sys_path(app: Path) -> None:
    assert resolve("email.message", "Message", app).loaded.module.__name__ == "email.message"


def test_a_directory_of_files_hides_no_module(app: Path) -> None:
    (app / "email").mkdir()
    assert resolve("email.message", "Message", app).loaded.module.__name__ == "email.message"


def test_an_empty_module_name_is_an_error(app: Path) -> None:
    with pytest.raises(ValueError, match="Empty module name"):
        resolve("", "handler", app)


def test_python_path_takes_the_place_of_the_directory(app: Path, write: Write) -> None:
    write("elsewhere/app.py", "def handler(req): return 'elsewhere'\n")
    call, _ = resolve("app", "handler", app, python_path=f"['{app}/elsewhere'] + sys.path")
    assert call is not None
    assert call("req") == "elsewhere"
    assert f"{app}/" not in sys.path


def test_each_expression_of_python_path_counts_once(clean_imports: None) -> None:
    for expression in ("['one'] + sys.path", "['two'] + sys.path", "['one'] + sys.path"):
        _paths.apply(None, False, expression)
    assert sys.path[:2] == ["two", "one"]
    assert sys.path.count("one") == 1


def test_a_failing_expression_is_tried_again(clean_imports: None) -> None:
    for _ in range(2):
        with pytest.raises(NameError):
            _paths.apply(None, False, "sys.path + unknown")


def test_an_expression_gives_a_list(clean_imports: None) -> None:
    with pytest.raises(TypeError, match="PythonPath \"'/srv/app'\" gives 'str'; a list of directories is expected"):
        _paths.apply(None, False, "'/srv/app'")


def test_python_import_calls_the_function(write: Write, tmp_path: Path) -> None:
    write("boot.py", "called = []\nclass Cls:\n    def __init__(self, arg): ...\ndef start(): called.append(1)\n")
    sys.path.insert(0, str(tmp_path))
    _dispatch.run_import("boot")
    assert sys.modules["boot"].called == []
    _dispatch.run_import("boot::start")
    assert sys.modules["boot"].called == [1]
    with pytest.raises(AttributeError, match="contains no 'stop'"):
        _dispatch.run_import("boot::stop")


def test_resolve_object_is_public(app: Path) -> None:
    module = resolve("app", "handler", app).loaded.module
    assert apache.resolve_object(module, "Cls.method", "arg")("req") == ("arg", "req")
    assert apache.resolve_object(module, "bad", silent=True) is None
