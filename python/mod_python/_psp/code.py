"""A PSP page as a code object whose lines are the page's own.

Runs on request threads, once for each page and version of it. Errors of the page come out of here as SyntaxError with
the file and the line of whoever wrote them; tracebacks of its code need no translation, except for included files
(`trace`).
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Any, NamedTuple

from mod_python._native import _apache
from mod_python._psp.options import Options

# A place is a file's number and a line (src/psp); the page itself is file 0, so its places are its lines.
_LINE_BITS = 20

# A file, the time of its last change in nanoseconds, its size.
Stamp = tuple[str, int, int]


class Compiled(NamedTuple):
    """A page ready to run: its code, the names that the code mentions, and what it was made of."""

    code: CodeType
    names: frozenset[str]
    files: tuple[Stamp, ...]


def compile_page(name: str, directory: str, options: Options, source: str | bytes | None = None) -> Compiled:
    """Compile the file `name`, or `source` under that name; included files are relative to `directory`.

    Raises SyntaxError for a page that is none, and OSError when its file cannot be read.
    """
    code, places, files = _apache.psp_translate(name, directory, source, options.escape, options.literal)
    try:
        tree = ast.parse(code, name)
    except SyntaxError as error:
        raise _in_page(error, places[min(error.lineno or 1, len(places)) - 1], files) from None
    set_places(tree, places)
    try:
        compiled = compile(tree, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise _in_page(error, error.lineno or 1, files) from None
    return Compiled(compiled, frozenset(_names(compiled)), tuple(files))


def set_places(tree: ast.AST, places: Sequence[int]) -> None:
    """Give every node the place of its line, and no column: columns of the code are not those of the page."""
    node: Any
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            node.lineno = node.end_lineno = places[min(node.lineno, len(places)) - 1]
            node.col_offset = node.end_col_offset = -1


def where(place: int, files: Sequence[Stamp]) -> tuple[str, int]:
    """The file and the line of a place."""
    return files[place >> _LINE_BITS][0], place & ((1 << _LINE_BITS) - 1)


def _in_page(error: SyntaxError, place: int, files: Sequence[Stamp]) -> SyntaxError:
    """The error where its author finds it."""
    file, line = where(place, files)
    linecache.checkcache(file)
    return type(error)(error.msg, (file, line, None, linecache.getline(file, line) or None))


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
