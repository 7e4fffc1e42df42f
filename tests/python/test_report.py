"""Errors of application code, as the log and the browser show them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conftest import Write
from mod_python import _dispatch, _report


def error_of(source: str) -> BaseException:
    try:
        exec(compile(source, "/srv/app.py", "exec"), {"__name__": "app"})
    except BaseException as error:
        return error
    raise AssertionError


def test_every_line_names_phase_and_handler() -> None:
    lines, _ = _report.format_report(error_of("\n\n{}['<key>']"), "PythonHandler", "app::index")
    assert all(line.startswith("PythonHandler app::index: ") for line in lines)
    assert lines[0].endswith("Traceback (most recent call last):")
    assert lines[-1] == "PythonHandler app::index: KeyError: '<key>'"


def test_the_page_is_escaped() -> None:
    _, page = _report.format_report(error_of("raise ValueError('<script> & \"')"), "PythonHandler", "<app>")
    assert page.startswith('\n<pre>\nMod_python error: "PythonHandler &lt;app&gt;"\n\nTraceback')
    assert page.endswith("ValueError: &lt;script&gt; &amp; &quot;\n</pre>\n")


def test_frames_outside_the_application_are_left_out(write: Write, tmp_path: Path) -> None:
    write("broken.py", "import json\n\n1 / 0\n")
    with pytest.raises(ZeroDivisionError) as caught:
        _dispatch.resolve("broken", "handler", f"{tmp_path}/", False, None, True, False, False)
    error = caught.value
    assert error.__traceback__ is not None
    error.__traceback__ = error.__traceback__.tb_next  # the test itself
    lines, _ = _report.format_report(error, "PythonHandler", "broken")
    assert [line.split(": ", 1)[1] for line in lines] == [
        "Traceback (most recent call last):",
        f'  File "{tmp_path}/broken.py", line 3, in <module>',
        *(line.split(": ", 1)[1] for line in lines[2:-1]),
        "ZeroDivisionError: division by zero",
    ]


def test_chained_errors_and_system_exit_are_reported() -> None:
    source = "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise SystemExit(3) from error"
    lines, _ = _report.format_report(error_of(source), "PythonHandler", "app")
    assert any("ZeroDivisionError" in line for line in lines)
    assert lines[-1].endswith("SystemExit: 3")


def test_an_error_that_cannot_be_shown_is_no_error() -> None:
    error = error_of("class Bad(Exception):\n    def __str__(self): raise RuntimeError\nraise Bad")
    lines, _ = _report.format_report(error, "PythonHandler", "app")
    assert lines[-1].endswith("Bad: <exception str() failed>")


@pytest.mark.parametrize(("value", "name"), [(None, "NoneType"), (True, "bool"), ("x", "str")])
def test_a_wrong_result_names_its_type(value: object, name: str) -> None:
    text = str(_report.result_error(value))
    assert text.startswith("Handler has returned result or raised SERVER_RETURN")
    assert repr(name) in text


def test_a_traceback_can_be_carried() -> None:
    try:
        raise KeyError("carried")
    except KeyError:
        wrapped = _report.PROG_TRACEBACK(*sys.exc_info())
    lines, _ = _report.format_report(wrapped, "PythonHandler", "shop")
    assert lines[-1] == "PythonHandler shop: KeyError: 'carried'"
    assert any("raise KeyError" in line for line in lines)
