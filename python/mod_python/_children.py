"""Which modules a module imports, of those that belong to the application beside it.

Reads source text, on request threads, after a module was executed. What lies in packages, in the standard library and
among installed packages is not looked at: such code does not change under a running server.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
from collections.abc import Iterator
from types import ModuleType

from mod_python import _finder, _source

_LIBRARY = os.path.join(os.path.dirname(os.__file__), "")


def home_of(name: object, file: object) -> str | None:
    """The directory of a module that lies open beside others; None for everything else."""
    if not isinstance(name, str) or not isinstance(file, str) or file.startswith(_LIBRARY):
        return None
    package = name.rpartition(".")[0]
    if package and not _finder.is_private(package):
        return None
    directory = os.path.dirname(file)
    return None if {"site-packages", "dist-packages"} & set(directory.split(os.sep)) else directory


def imported_by(module: ModuleType) -> set[str]:
    """The names of the neighbours that a module's import statements name, and that are loaded."""
    directory = home_of(module.__name__, getattr(module, "__file__", None))
    source = _source.text_of(module) if directory is not None else None
    if source is None:
        return set()
    homes = {directory, *_finder.claimed_directories()}
    return {name for name in _imports(source, module.__name__) if name != module.__name__ and _home(name) in homes}


def _home(name: str) -> str | None:
    found = sys.modules.get(name)
    if found is None or hasattr(found, "__path__"):
        return None
    return home_of(name, getattr(found, "__file__", None))


def _imports(source: bytes, name: str) -> Iterator[str]:
    package = name.rpartition(".")[0]
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # the file has changed meanwhile
        return
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name for alias in aliases)
            case ast.ImportFrom(module=base, names=aliases, level=0) if base:
                yield base
            case ast.ImportFrom(module=base, names=aliases, level=level) if package:
                full = importlib.util.resolve_name("." * level + (base or ""), package)
                yield from (full, *(f"{full}.{alias.name}" for alias in aliases))
