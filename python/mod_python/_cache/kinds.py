"""Caches for the usual: files, modules, results of a function, and values that live only as long as they are used.

Pure but for the files; for any threads of one interpreter.
"""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Callable, Hashable
from types import ModuleType
from typing import Any

from mod_python._cache.lru import NOT_INITIALIZED, Cache, Entry


class _WeakEntry(Entry):
    """Holds its value by a weak reference."""

    __slots__ = ()

    @property
    def value(self) -> Any:
        """What was built last, as long as somebody uses it."""
        if self._value is NOT_INITIALIZED:
            return NOT_INITIALIZED
        value = self._value()
        return NOT_INITIALIZED if value is None else value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = weakref.ref(value)


class WeakCache(Cache):
    """A cache that keeps no value alive: what nobody uses any more is built again."""

    def make_entry(self, name: Hashable) -> Entry:
        """A place that does not hold its value."""
        return _WeakEntry(name)


class FileCache(Cache):
    """The contents of files by name, read again when a file's time or size differs.

    `mode` is that of `open`: text is UTF-8. Raises OSError for what cannot be read.
    """

    def __init__(self, max_size: int = 0, mode: str = "r") -> None:
        super().__init__(max_size)
        self.mode = mode

    def key(self, key: Any) -> Hashable:
        """The absolute path."""
        return str(os.path.abspath(key))

    def check(self, key: Any, name: Hashable, entry: Entry) -> Any:
        """The file, opened, when it is not the one that was read."""
        status = os.stat(key)
        stamp = status.st_mtime_ns, status.st_size
        if entry.value is not NOT_INITIALIZED and entry.mtime == stamp:
            return None
        entry.mtime = stamp
        return open(key, self.mode, encoding=None if "b" in self.mode else "utf-8")

    def build(self, key: Any, name: Hashable, opened: Any, entry: Entry) -> Any:
        """Read the file."""
        with opened:
            return opened.read()


class ModuleCache(FileCache):
    """Modules by the name of their file, executed in a fresh module when the file differs. They are not imported."""

    def __init__(self, max_size: int = 0) -> None:
        super().__init__(max_size, "rb")

    def build(self, key: Any, name: Hashable, opened: Any, entry: Entry) -> ModuleType:
        """Execute the file. Raises what its code raises."""
        file = str(name)
        module = ModuleType(re.sub(r"\W", "_", file))
        module.__file__ = file
        source = super().build(key, name, opened, entry)
        exec(compile(source, file, "exec", dont_inherit=True), vars(module))
        return module


class FunctionCache(Cache):
    """The results of a function by its arguments: `FunctionCache(function)(*args)`."""

    def __init__(self, function: Callable[..., Any], max_size: int = 0) -> None:
        super().__init__(max_size)
        self.function = function

    def __call__(self, *args: Hashable) -> Any:
        """The result for these arguments."""
        return self[args]

    def build(self, key: Any, name: Hashable, opened: Any, entry: Entry) -> Any:
        """Call the function."""
        return self.function(*key)
