"""Tracebacks that name included files, and show the lines of pages that have no file.

Runs on request threads after a page has raised. The page's own lines are right as they are; a line of an included
file carries the file's number (`code`), and gets an entry of its own here.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from types import TracebackType

from mod_python._psp import code
from mod_python._psp.code import Compiled


def relocate(error: BaseException, page: Compiled, source: str | None) -> None:
    """Mend the traceback of an error that left a page, and of those behind it."""
    name = page.code.co_filename
    if source is not None:
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    if len(page.files) > 1:
        for raised in _chain(error):
            raised.__traceback__ = _relocated(raised.__traceback__, page)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _relocated(trace: TracebackType | None, page: Compiled) -> TracebackType | None:
    entries = []
    while trace is not None:
        entries.append(trace)
        trace = trace.tb_next
    for entry in reversed(entries):
        trace = _entry(entry, page, trace)
    return trace


def _entry(entry: TracebackType, page: Compiled, rest: TracebackType | None) -> TracebackType:
    if entry.tb_frame.f_code.co_filename == page.code.co_filename:
        file, line = code.where(entry.tb_lineno, page.files)
        if file != page.code.co_filename:
            entry = _entry_of(file, line, entry.tb_frame.f_code.co_name)
    entry.tb_next = rest
    return entry


def _entry_of(file: str, line: int, function: str) -> TracebackType:
    """What a traceback has of a line: only code that really raised there makes one."""
    tree = ast.parse("raise StopIteration")
    code.set_places(tree, [line])
    try:
        exec(compile(tree, file, "exec", dont_inherit=True).replace(co_name=function, co_qualname=function), {})
    except StopIteration as raised:
        if raised.__traceback__ is not None and raised.__traceback__.tb_next is not None:
            return raised.__traceback__.tb_next
    raise AssertionError("unreachable: the code does nothing but raise")
