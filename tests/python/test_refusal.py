"""The texts of extension modules that refuse an interpreter, as real wheels of 2026 give them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Write
from isolated import run
from mod_python import _refusal
from mod_python._refusal import Refusal

PYO3 = "PyO3 modules do not yet support subinterpreters, see https://github.com/PyO3/pyo3/issues/576"
CYTHON = "Interpreter change detected - this module can only be loaded into one interpreter per process."
NUMPY = "cannot load module more than once per process"
NUMPY_ADVICE = (
    "\n\nIMPORTANT: PLEASE READ THIS FOR ADVICE ON HOW TO SOLVE THIS ISSUE!\n\nOriginal error was: "
    "module numpy._core._multiarray_umath does not support loading in subinterpreters"
)
PSYCOPG = (
    "no pq wrapper available.\nAttempts made:\n- couldn't import psycopg 'binary' implementation: "
    "module psycopg_binary.pq does not support loading in subinterpreters"
)


def caught(action: Callable[[], object]) -> BaseException:
    try:
        action()
    except BaseException as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (ImportError("module orjson.orjson does not support loading in subinterpreters"), ("orjson.orjson", "own-gil")),
        (ImportError("module ujson does not support loading in subinterpreters"), ("ujson", "own-gil")),
        (ImportError(NUMPY_ADVICE), ("numpy._core._multiarray_umath", "own-gil")),
        (ImportError(PSYCOPG), ("psycopg_binary.pq", "own-gil")),
        (ModuleNotFoundError("import of pyexpat halted; None in sys.modules"), ("pyexpat", "own-gil")),
        (ImportError(PYO3), ("an extension module", "pyo3")),
        (ImportError(CYTHON), ("an extension module", "cython")),
        (ImportError("numpy._core.multiarray failed to import"), ("an extension module", "numpy")),
        (
            ImportError("cannot import name 'encodings' from 'psycopg2._psycopg' (/srv/_psycopg.cpython-313.so)"),
            ("psycopg2._psycopg", "half-loaded"),
        ),
        (TypeError("_abc_impl is set to a wrong type"), ("an extension module", "half-loaded")),
    ],
)
def test_the_texts(error: BaseException, refusal: tuple[str, str]) -> None:
    assert _refusal.classify(error) == Refusal(*refusal)


@pytest.mark.parametrize(
    "error",
    [
        ModuleNotFoundError("No module named 'numpy'"),
        ImportError("cannot import name 'shop' from 'app' (/srv/app.py)"),
        ModuleNotFoundError("import of mine halted; None in sys.modules"),
        ZeroDivisionError("division by zero"),
        RuntimeError(),
    ],
)
def test_other_errors_are_none(error: BaseException) -> None:
    assert _refusal.classify(error) is None


def test_the_innermost_refusal_of_a_chain_counts() -> None:
    def pandas() -> None:
        try:
            raise ImportError(NUMPY)
        except ImportError as error:
            raise RuntimeError("Unable to import required dependency numpy") from error

    assert _refusal.classify(caught(pandas)) == Refusal("an extension module", "numpy")


def test_a_chain_that_is_a_ring_ends() -> None:
    first, second = ValueError(), ValueError()
    first.__cause__, second.__cause__ = second, first
    assert _refusal.classify(first) is None


def test_an_error_without_text_is_none() -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert _refusal.classify(Odd()) is None


@pytest.mark.parametrize(
    ("statement", "module"),
    [
        ("import lxml_like.etree", "lxml_like.etree"),
        ("from lxml_like import etree", "lxml_like"),
        ("from lxml_like.etree import parse", "lxml_like.etree"),
    ],
)
def test_the_import_statement_names_what_the_text_does_not(
    write: Write, monkeypatch: pytest.MonkeyPatch, statement: str, module: str
) -> None:
    write("lxml_like/__init__.py", "")
    write("lxml_like/etree.py", f"raise ImportError({CYTHON!r})\n")
    file = write("app.py", statement)
    monkeypatch.syspath_prepend(str(file.parent))
    error = caught(lambda: importlib.import_module("app"))
    assert _refusal.classify(as_from_c(error, file)) == Refusal(module, "cython")


def test_a_relative_import_is_resolved(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write("pkg/__init__.py", "from .fast import speed\n")
    write("pkg/fast.py", f"raise ImportError({PYO3!r})\n")
    monkeypatch.syspath_prepend(str(file.parent.parent))
    error = caught(lambda: importlib.import_module("pkg"))
    assert _refusal.classify(as_from_c(error, file)) == Refusal("pkg.fast", "pyo3")


def test_a_short_name_is_completed_from_the_files(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write("shapely_like/__init__.py", "from . import lib\n")
    write("shapely_like/lib.py", "raise ImportError('module lib does not support loading in subinterpreters')\n")
    monkeypatch.syspath_prepend(str(file.parent.parent))
    error = caught(lambda: importlib.import_module("shapely_like"))
    assert _refusal.classify(error) == Refusal("shapely_like.lib", "own-gil")


def test_a_real_refusal() -> None:
    script = """
        from mod_python import _refusal
        prepare()
        try:
            import readline
        except ImportError as error:
            show(*_refusal.classify(error))
    """
    assert run(script) == ["readline own-gil"]


def as_from_c(error: BaseException, importer: Path) -> BaseException:
    """Take away the frames below the importing file: an extension module has none."""
    tb = error.__traceback__
    while tb is not None and tb.tb_frame.f_code.co_filename != str(importer):
        tb = tb.tb_next
    assert tb is not None
    tb.tb_next = None
    return error
