"""The file of a module: found, compared, executed; and what importlib must not keep of it.

Runs on request threads inside an import, for `_importer`. It keeps nothing, and never decides whether a module is
loaded again.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
import time
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader, SourcelessFileLoader
from types import CodeType, FunctionType, ModuleType
from typing import Any

_SETTLED_NS = 2_000_000_000

# Time and size of a file: a difference in either direction is a change.
Stamp = tuple[int, int]


def find_spec(name: str) -> ModuleSpec | None:
    """What importlib knows or finds under that name; packages around it must have been imported."""
    try:
        return importlib.util.find_spec(name)
    except ValueError:  # a module that somebody made by hand has none
        return None


def stamp_of(spec: ModuleSpec | None) -> Stamp | None:
    """The present stamp of a module's file; None for what has no such file, or not at the moment."""
    try:
        status = os.stat(_file_of(spec) or "")
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def module_mtime(module: ModuleType) -> float:
    """When the newest file of a module was written, its source or its byte-code; 0 when it has none."""
    spec = module.__spec__
    files = (_file_of(spec), spec.cached if spec is not None else None)
    return max((os.path.getmtime(file) for file in files if file and os.path.exists(file)), default=0.0)


def import_settled(name: str, spec: ModuleSpec | None, stamp: Stamp | None) -> ModuleType:
    """Import, without leaving byte-code of a file that may still change within the second of its time stamp.

    Byte-code is told apart by whole seconds and size only; another child would take it for the changed file's.
    """
    try:
        return importlib.import_module(name)
    finally:
        file = _file_of(spec)
        if file is not None and stamp is not None and time.time_ns() - stamp[0] < _SETTLED_NS:
            with contextlib.suppress(OSError):
                os.unlink(importlib.util.cache_from_source(file))


def _file_of(spec: ModuleSpec | None) -> str | None:
    loader = spec.loader if spec is not None else None
    return loader.path if isinstance(loader, SourceFileLoader | SourcelessFileLoader) else None


def text_of(module: ModuleType) -> bytes | None:
    """The source of a module, if it has one that can be read."""
    loader = module.__spec__.loader if module.__spec__ is not None else None
    try:
        return loader.get_data(loader.path) if isinstance(loader, SourceFileLoader) else None
    except OSError:
        return None


def execute(module: ModuleType) -> dict[str, Any]:
    """Execute the file in the module's own namespace, and return what that held before (and holds again if it fails).

    `__mp_clone__(module)`, if there is one, is called first: in 3.3.1 it carried values over to a new module.
    """
    before = dict(vars(module))
    try:
        if callable(clone := before.get("__mp_clone__")):
            clone(module)
        exec(_code(module), vars(module))
    except BaseException:
        vars(module).update(before)
        for name in vars(module).keys() - before.keys():
            vars(module).pop(name, None)
        raise
    return before


def purge(former: dict[str, Any]) -> None:
    """Call the `__mp_purge__` of a former execution (3.3.1): with the names that it had, not those that came after."""
    function = former.get("__mp_purge__")
    if isinstance(function, FunctionType):
        function = FunctionType(function.__code__, former, closure=function.__closure__)
    if callable(function):
        function()


def _code(module: ModuleType) -> CodeType:
    """From the source, never from byte-code: that is told apart by whole seconds only."""
    spec = module.__spec__
    loader = spec.loader if spec is not None else None
    if isinstance(loader, SourceFileLoader):
        return loader.source_to_code(loader.get_data(loader.path), loader.path)
    code = loader.get_code(loader.name) if isinstance(loader, SourcelessFileLoader) else None
    if code is not None:
        return code
    raise ImportError(f"module {module.__name__!r} has no file to execute again", name=module.__name__)


def search_path(name: str) -> Sequence[str]:
    """Where importlib looks for a module: in the package around it, or on `sys.path`."""
    parent, _, _ = name.rpartition(".")
    return getattr(sys.modules.get(parent), "__path__", ()) if parent else sys.path


def forget_listings(path: Sequence[str]) -> None:
    """Directories may have changed within the resolution of their time stamps since importlib listed them."""
    for entry in path:
        finder: Any = sys.path_importer_cache.get(entry)
        if finder is not None:
            finder.invalidate_caches()
