"""Handler modules: found in their directory, imported once, executed again when their file changes.

Runs on request threads, attached. All first imports go through importlib and its per-module locks; executing a
module again is serialised by a lock per module. No lock here covers two modules.

Two modules of one name can live in one interpreter. A module found in the directory of its handler always wins over
one of the same name from elsewhere. Whoever is imported first has the plain name in `sys.modules`; another one lives
in a private package that stands for its directory (`_mp:/var/www/shop.index`). There, `from . import helper` finds
neighbours; a plain `import helper` follows `sys.path`, as everywhere.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from mod_python import _current, _finder, _source
from mod_python._native import _apache

_APLOG_NOTICE = 5
_CHECK_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0

Tell = Callable[[str], None]


class Loaded:
    """One execution of a module's code: stale as soon as its file differs or a later execution took its place."""

    __slots__ = ("lock", "module", "name", "next_check", "stamp")

    def __init__(
        self, name: str, module: ModuleType, stamp: _source.Stamp | None, lock: threading.Lock | None = None
    ) -> None:
        self.name = name
        self.module = module
        self.stamp = stamp
        self.lock = lock or threading.Lock()
        self.next_check = 0.0


_latest: dict[str, Loaded] = {}
_executing = threading.local()


def import_module(
    module_name: str, autoreload: object = None, log: object = None, path: Sequence[str] | None = None
) -> ModuleType:
    """Import a module, or execute it again in place when its file differs from what was loaded.

    The file is looked at once per second at most. `path` restricts the search to these directories; a loaded module
    of the same name from elsewhere is left alone. `log` tells the error log of each execution. Unless they are given,
    `autoreload` is what PythonAutoReload says here, and `log` what PythonDebug says.
    """
    again = _current.is_on("PythonAutoReload", True) if autoreload is None else bool(autoreload)
    tell = _current.is_on("PythonDebug", False) if log is None else bool(log)
    return load(module_name, autoreload=again, log=tell, path=path).module


def load(name: str, *, autoreload: bool = True, log: bool = False, path: Sequence[str] | None = None) -> Loaded:
    """What `import_module` does, with the record that tells later whether the module is stale."""
    tell = functools.partial(_tell, path) if log else _tell_nobody
    if path is None:
        return _load_chain(name, autoreload, tell)
    top = name.partition(".")[0]
    own = find_in(top, path)
    if own is None:
        if not _loaded_below(top, path):
            raise ModuleNotFoundError(f"No module named {top!r} in {', '.join(path) or 'an empty path'}", name=top)
        return _load_chain(name, autoreload, tell)
    return _load_found(name, own, autoreload, tell)


def _load_found(name: str, own: ModuleSpec, autoreload: bool, tell: Tell) -> Loaded:
    """Under its plain name if that leads to `own`, else within the private package of its directory."""
    top = name.partition(".")[0]
    directory = _finder.directory_of(own)
    _finder.claim(top, directory)
    if _leads_to(top, own):
        loaded = _load_chain(name, autoreload, tell)
        if _leads_to(top, own):  # still: another thread may have changed sys.path meanwhile
            return loaded
    return _load_chain(f"{_finder.private_package(directory)}.{name}", autoreload, tell)


def find_in(top: str, path: Sequence[str]) -> ModuleSpec | None:
    """Where `path` holds a module or a regular package of that name; a directory without code is neither."""
    _source.forget_listings(path)
    spec = PathFinder.find_spec(top, list(path))
    return spec if spec is not None and spec.has_location else None


def stale(loaded: Loaded) -> bool:
    """Whether the module, or a package around it, must be loaded anew: a `stat` for each.

    The module asks this about each handler that it keeps, once per second at most.
    """
    if _latest.get(loaded.name) is not loaded or sys.modules.get(loaded.name) is not loaded.module:
        return True
    changed = [known for part in _components(loaded.name) if (known := _latest.get(part)) and _differs(known)]
    for known in changed:
        known.next_check = 0.0
    return bool(changed)


def _load_chain(name: str, autoreload: bool, tell: Tell) -> Loaded:
    parts = [_load_one(part, autoreload, tell) for part in _components(name)]
    return parts[-1]


def _components(name: str) -> Iterator[str]:
    """`a.b.c`: a, a.b, a.b.c."""
    dots = [position for position, letter in enumerate(name) if letter == "."]
    return (name[:end] for end in [*dots, len(name)])


def _load_one(name: str, autoreload: bool, tell: Tell) -> Loaded:
    known = _latest.get(name)
    if known is None or sys.modules.get(name) is not known.module:
        return _load_first(name, tell)
    return _load_again(known, tell) if autoreload and _changed(known) else known


def _load_first(name: str, tell: Tell) -> Loaded:
    if name not in sys.modules:
        _source.forget_listings(_source.search_path(name))
        tell(name)
    spec = _source.find_spec(name)
    stamp = _source.stamp_of(spec)  # before the code is read: a later change is then seen
    module = _source.import_settled(name, spec, stamp)
    known = _latest.get(name)
    if known is None or known.module is not module:
        known = _latest[name] = Loaded(name, module, stamp)
    return known


def _load_again(known: Loaded, tell: Tell) -> Loaded:
    with _alone(known.lock) as alone:
        current = _latest[known.name]
        if current is not known or not alone:
            return current
        tell(known.name)
        stamp = _source.stamp_of(known.module.__spec__)
        _source.execute(known.module)
        fresh = _latest[known.name] = Loaded(known.name, known.module, stamp, known.lock)
        return fresh


@contextlib.contextmanager
def _alone(lock: threading.Lock) -> Iterator[bool]:
    """Hold the lock of a module. No deadlock: who executes one module never waits for another one's execution."""
    nested = getattr(_executing, "depth", 0)
    alone = lock.acquire(timeout=0 if nested else _PATIENCE_SECONDS)
    _executing.depth = nested + 1
    try:
        yield alone
    finally:
        _executing.depth = nested
        if alone:
            lock.release()


def _changed(known: Loaded) -> bool:
    now = time.monotonic()
    if now < known.next_check:
        return False
    if not _differs(known):
        known.next_check = now + _CHECK_SECONDS
        return False
    return True


def _differs(known: Loaded) -> bool:
    if known.stamp is None:
        return False
    return _source.stamp_of(known.module.__spec__) not in (known.stamp, None)  # None: gone, for a moment perhaps


def _leads_to(top: str, own: ModuleSpec) -> bool:
    """Whether `import top` gives the module that was found in the handler's directory."""
    spec = _source.find_spec(top)
    if spec is None or spec.origin is None or own.origin is None:
        return False
    return os.path.realpath(spec.origin) == os.path.realpath(own.origin)


def _loaded_below(top: str, path: Sequence[str]) -> bool:
    file = getattr(sys.modules.get(top), "__file__", None)
    return file is not None and file.startswith(tuple(path))


def _tell(path: Sequence[str] | None, name: str) -> None:
    where = f" with path set to '{list(path)}'" if path is not None else ""
    _apache.log_error(f"mod_python: (Re)importing module '{name}'{where}", _APLOG_NOTICE)


def _tell_nobody(name: str) -> None: ...
