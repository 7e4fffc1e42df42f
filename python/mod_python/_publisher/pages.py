"""The modules that are published: executed from their files, and anew in a fresh module when a file differs.

Runs on request threads. A module of the publisher is not the one that `import` would give: a fresh one holds nothing
that its file no longer says, so what was taken out of a file is no longer published. Each file has a lock of its own;
no lock covers two.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import threading
from types import ModuleType
from typing import Any, NamedTuple

from mod_python import _current, _source

__all__ = ["PageCache", "page_cache"]

_APLOG_NOTICE = 5


class _Loaded(NamedTuple):
    module: ModuleType
    stamp: _source.Stamp | None


class PageCache:
    """`page_cache[req]`: the module of the file that `req.filename` names."""

    def __init__(self) -> None:
        self._loaded: dict[str, _Loaded] = {}
        self._locks: dict[str, threading.Lock] = {}

    def __getitem__(self, req: Any) -> ModuleType:
        """Load the module, or load it anew when its file differs, unless PythonAutoReload is off.

        Raises whatever the module's code raises; the next request tries anew.
        """
        file = req.filename
        known = self._loaded.get(file)
        if known is not None and self._holds(known):
            return known.module
        with self._locks.setdefault(file, threading.Lock()):
            known = self._loaded.get(file)
            if known is None or not self._holds(known):
                if _current.is_on("PythonDebug", False):
                    req.log_error(f"Publisher {'loading' if known is None else 'reloading'} page {file}", _APLOG_NOTICE)
                known = self._loaded[file] = _load(file)
            return known.module

    @staticmethod
    def _holds(known: _Loaded) -> bool:
        if not _current.is_on("PythonAutoReload", True):
            return True
        return _source.stamp_of(known.module.__spec__) in (known.stamp, None)  # None: gone, for a moment perhaps


def _load(file: str) -> _Loaded:
    name = re.sub(r"\W", "_", file)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None:
        raise ImportError(f"{file} is no module", path=file)
    module = importlib.util.module_from_spec(spec)
    stamp = _source.stamp_of(spec)  # before the code is read: a later change is then seen
    before = sys.modules.get(name)
    sys.modules[name] = module  # dataclasses, pickle and typing look there
    try:
        _source.execute(module)
    except BaseException:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before
        raise
    return _Loaded(module, stamp)


page_cache = PageCache()
