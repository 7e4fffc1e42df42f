"""Modules as they were executed last, and when one of them must be executed again.

Runs on request threads, attached. All first imports go through importlib and its per-module locks; executing a
module again is serialised by a lock per module. No lock here covers two modules. Where a module is searched is not
decided here but in `_importer`.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType

from mod_python import _children, _source

CHECK_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0

Tell = Callable[[str], None]


class Loaded:
    """One execution of a module's code: stale as soon as its file differs or a later execution took its place."""

    __slots__ = ("children", "lock", "module", "name", "next_check", "stamp")

    def __init__(
        self, name: str, module: ModuleType, stamp: _source.Stamp | None, lock: threading.Lock | None = None
    ) -> None:
        self.name = name
        self.module = module
        self.stamp = stamp
        self.lock = lock or threading.Lock()
        self.next_check = 0.0
        self.children: dict[str, Loaded] = {}


latest: dict[str, Loaded] = {}
_executing = threading.local()


def stale(loaded: Loaded) -> bool:
    """Whether the module, a package around it, or what it imports must be loaded anew: a `stat` for each.

    The module asks this about each handler that it keeps, once per second at most.
    """
    if latest.get(loaded.name) is not loaded or sys.modules.get(loaded.name) is not loaded.module:
        return True
    family = _family(known for part in _components(loaded.name) if (known := latest.get(part)))
    if not any(_outdated(known) or _differs(known) for known in family):
        return False
    for known in family:
        known.next_check = 0.0
    return True


def load_chain(name: str, autoreload: bool, tell: Tell) -> Loaded:
    """Load a dotted name, package by package."""
    parts = [_load_one(part, autoreload, tell) for part in _components(name)]
    return parts[-1]


def note_child(parent: object, child: Loaded) -> None:
    """A module asked for another one by `import_module` while it was executed."""
    if isinstance(parent, str) and parent in getattr(_executing, "asked", {}):
        _executing.asked[parent].add(child.name)


def _components(name: str) -> Iterator[str]:
    """`a.b.c`: a, a.b, a.b.c."""
    dots = [position for position, letter in enumerate(name) if letter == "."]
    return (name[:end] for end in [*dots, len(name)])


def _load_one(name: str, autoreload: bool, tell: Tell) -> Loaded:
    known = latest.get(name)
    if known is None or sys.modules.get(name) is not known.module:
        return _load_first(name, tell)
    if not autoreload or time.monotonic() < known.next_check:
        return known
    if _renew_children(known, tell) or _differs(known):
        return _load_again(known, tell)
    known.next_check = time.monotonic() + CHECK_SECONDS
    return known


def _load_first(name: str, tell: Tell) -> Loaded:
    if name not in sys.modules:
        _source.forget_listings(_source.search_path(name))
        tell(name)
    spec = _source.find_spec(name)
    stamp = _source.stamp_of(spec)  # before the code is read: a later change is then seen
    with _asking(name) as asked:
        module = _source.import_settled(name, spec, stamp)
    known = latest.get(name)
    if known is None or known.module is not module:
        known = latest[name] = Loaded(name, module, stamp)
        _adopt_children(known, asked)
    return known


def _load_again(known: Loaded, tell: Tell) -> Loaded:
    with _alone(known.lock) as alone:
        current = latest[known.name]
        if current is not known or not alone:
            return current
        tell(known.name)
        stamp = _source.stamp_of(known.module.__spec__)
        with _asking(known.name) as asked:
            former = _source.execute(known.module)
        fresh = latest[known.name] = Loaded(known.name, known.module, stamp, known.lock)
        _adopt_children(fresh, asked)
        _source.purge(former)
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


@contextlib.contextmanager
def _asking(name: str) -> Iterator[set[str]]:
    """Collect what a module asks for by `import_module` while this thread executes it."""
    asked: dict[str, set[str]] = _executing.__dict__.setdefault("asked", {})
    try:
        yield asked.setdefault(name, set())
    finally:
        asked.pop(name, None)


def _adopt_children(known: Loaded, asked: set[str]) -> None:
    """Remember what a module imports of its neighbours; of two that import each other the first one watches."""
    first_seen = []
    for name in _children.imported_by(known.module) | asked:
        if name not in latest and name in sys.modules:
            module = sys.modules[name]
            latest[name] = Loaded(name, module, _source.stamp_of(module.__spec__))
            first_seen.append(latest[name])
        child = latest.get(name)
        if child is not None and known.name not in {member.name for member in _family([child])}:
            known.children[name] = child
    for child in first_seen:
        _adopt_children(child, set())


def _renew_children(known: Loaded, tell: Tell) -> bool:
    """Execute again what changed below a module; whether that is a reason to execute the module itself."""
    renewing: set[str] = _executing.__dict__.setdefault("renewing", set())
    if known.name in renewing:
        return False
    renewing.add(known.name)
    try:
        return any([_load_one(name, True, tell) is not child for name, child in list(known.children.items())])
    finally:
        renewing.discard(known.name)


def _family(roots: Iterable[Loaded]) -> list[Loaded]:
    """These, what they import, what that imports, each once."""
    found: dict[str, Loaded] = {}
    todo = list(roots)
    while todo:
        known = todo.pop()
        if known.name not in found:
            found[known.name] = known
            todo += known.children.values()
    return list(found.values())


def _outdated(known: Loaded) -> bool:
    return any(latest.get(name) is not child for name, child in known.children.items())


def _differs(known: Loaded) -> bool:
    if known.stamp is None:
        return False
    return _source.stamp_of(known.module.__spec__) not in (known.stamp, None)  # None: gone, for a moment perhaps
