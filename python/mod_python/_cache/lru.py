"""`Cache`: values that are built when they are asked for, each once, the ones asked for longest ago leaving first.

Pure; for any threads of one interpreter. Each value has a lock of its own, held while it is checked and built; the lock
of the cache itself is held for a moment only, never while application code runs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Any

NOT_INITIALIZED: Any = object()


class Entry:
    """A place for one value."""

    __slots__ = ("_value", "lock", "mtime", "name")

    def __init__(self, name: Hashable) -> None:
        self.name = name
        self.lock = threading.RLock()
        self.mtime: Any = None
        self._value = NOT_INITIALIZED

    @property
    def value(self) -> Any:
        """What was built last, or NOT_INITIALIZED."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = value


class Cache:
    """A mapping whose values are built; derive from it and say how.

    `max_size` entries are kept, 0 for any number. Four methods are for derived classes: `key` names the entry of a key,
    `check` tells whether its value is good, `build` makes one, `commit` is told of it.
    """

    def __init__(self, max_size: int = 0) -> None:
        self.max_size = max_size
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self._lock = threading.Lock()

    def key(self, key: Any) -> Hashable:
        """The name of the entry that a key stands for."""
        return key  # type: ignore[no-any-return]

    def check(self, key: Any, name: Hashable, entry: Entry) -> Any:
        """None when the entry's value is good; otherwise something that helps `build` to make a new one."""
        return True if entry.value is NOT_INITIALIZED else None

    def build(self, key: Any, name: Hashable, opened: Any, entry: Entry) -> Any:
        """Make the value; `opened` is what `check` gave."""
        raise NotImplementedError

    def commit(self, name: Hashable, entry: Entry) -> None:
        """A value was built."""

    def make_entry(self, name: Hashable) -> Entry:
        """The place for a new value."""
        return Entry(name)

    def __getitem__(self, key: Any) -> Any:
        """The value of a key, built if need be. Raises what building it raises; the next one tries anew."""
        name = self.key(key)
        entry = self._used(name)
        with entry.lock:
            try:
                return self._checked(key, name, entry)
            except BaseException:
                self._drop(name, entry)
                raise

    def _checked(self, key: Any, name: Hashable, entry: Entry) -> Any:
        value = entry.value
        opened = self.check(key, name, entry)
        if opened is None and value is not NOT_INITIALIZED:
            return value
        value = entry.value = self.build(key, name, opened, entry)
        self.commit(name, entry)
        return value

    def __setitem__(self, key: Any, value: Any) -> None:
        """Put a value in its place."""
        name = self.key(key)
        entry = self._used(name)
        with entry.lock:
            entry.value = value

    def __delitem__(self, key: Any) -> None:
        """Forget a value. Raises KeyError when there is none."""
        with self._lock:
            del self._entries[self.key(key)]

    def __contains__(self, key: Any) -> bool:
        return self.key(key) in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self.keys())

    def keys(self) -> list[Hashable]:
        """The names of the entries, the one asked for longest ago first."""
        with self._lock:
            return list(self._entries)

    def mru(self) -> Iterator[Entry]:
        """The entries, the one asked for last first."""
        return reversed(list(self.lru()))

    def lru(self) -> Iterator[Entry]:
        """The entries, the one asked for longest ago first."""
        with self._lock:
            return iter(list(self._entries.values()))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()

    def _used(self, name: Hashable) -> Entry:
        """The entry of a name, the youngest from now on."""
        with self._lock:
            entry = self._entries.pop(name, None) or self.make_entry(name)
            self._entries[name] = entry
            while 0 < self.max_size < len(self._entries):
                self._entries.popitem(last=False)
            return entry

    def _drop(self, name: Hashable, entry: Entry) -> None:
        with self._lock:
            if self._entries.get(name) is entry:
                del self._entries[name]
