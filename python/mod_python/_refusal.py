"""Recognises the error of an extension module that refuses the kind of interpreter it is imported into.

Runs after a failed import, attached, on any thread. It must never import the module again, nor raise. The answer lets
the module rebuild an interpreter of kind `auto` as `main`, or name the directive that would help.
"""

from __future__ import annotations

import dis
import importlib.util
import os
import re
from collections.abc import Iterator
from importlib.machinery import PathFinder
from types import TracebackType
from typing import NamedTuple

from mod_python._environment import BLOCKED_ON_3_12

# The kinds: 'own-gil' refuses a GIL of its own and may do with the main GIL; the others load into one interpreter of
# the process only, whoever is first, so only the main one is dependable. The texts are those of the toolkits.
_SIGNS = [
    (kind, re.compile(text))
    for kind, text in (
        ("own-gil", r"module (?P<name>[\w.]+) does not support loading in subinterpreters"),
        ("own-gil", rf"import of (?P<name>{'|'.join(BLOCKED_ON_3_12)}) halted; None in sys\.modules"),
        ("pyo3", r"PyO3 modules do not yet support subinterpreters"),
        ("cython", r"this module can only be loaded into one interpreter per process"),
        ("numpy", r"cannot load module more than once per process"),
        ("numpy", r"numpy\.(_core|core)\.multiarray failed to import"),
        # Half of a module is what a second interpreter gets of some; others have no text for it at all.
        ("half-loaded", r"cannot import name .* from '(?P<name>[\w.]+)' \(.*\.so\)"),
        ("half-loaded", r"_abc_impl is set to a wrong type"),
    )
]


class Refusal(NamedTuple):
    """Which module refused, and how (a kind of `_SIGNS`)."""

    module: str
    kind: str


def classify(error: BaseException) -> Refusal | None:
    """The refusal that caused an error, directly or through other errors; None if it has another cause."""
    found = [refusal for link in _chain(error) if (refusal := _classify_one(link)) is not None]
    return found[-1] if found else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what caused it: libraries wrap the refusal in advice of their own."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _classify_one(error: BaseException) -> Refusal | None:
    text = _text(error)
    for kind, sign in _SIGNS:
        if match := sign.search(text):
            return Refusal(_module_name(match.groupdict().get("name"), error.__traceback__), kind)
    return None


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""


def _module_name(named: str | None, tb: TracebackType | None) -> str:
    if named is None:
        return _last_import(tb) or "an extension module"
    return named if "." in named else _qualified(named, tb)


def _qualified(name: str, tb: TracebackType | None) -> str:
    """`lib` is shapely's if it lies beside the file of shapely that imports it."""
    while tb is not None and tb.tb_next is not None:
        tb = tb.tb_next
    names = tb.tb_frame.f_globals if tb is not None else {}
    package, file = names.get("__package__"), names.get("__file__")
    if package and file and PathFinder.find_spec(name, [os.path.dirname(file)]) is not None:
        return f"{package}.{name}"
    return name


def _last_import(tb: TracebackType | None) -> str | None:
    """The module that the last import statement on the way to the error names."""
    found = None
    while tb is not None:
        found, tb = _imported_at(tb) or found, tb.tb_next
    return found


def _imported_at(place: TracebackType) -> str | None:
    code = list(dis.get_instructions(place.tb_frame.f_code))
    for index, instruction in enumerate(code):
        if instruction.offset == place.tb_lasti and instruction.opname == "IMPORT_NAME":
            dots = "." * code[index - 2].argval
            package = place.tb_frame.f_globals.get("__package__")
            return importlib.util.resolve_name(dots + instruction.argval, package)
    return None
