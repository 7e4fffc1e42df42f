"""httpd's table in pure Python: keys without regard to case, in order, a key any number of times.

Used outside httpd only, in place of the type of the same name in `_apache`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Pair = tuple[str, str]


class mp_table:
    """A table with the behaviour of `apache.table`."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        self._pairs: list[Pair] = []
        if hasattr(items, "keys"):
            self.update(items)
            return
        for key, value in items:
            self[str(key)] = str(value)

    def __getitem__(self, key: str) -> str | list[str]:
        found = [value for name, value in self._pairs if _same(name, key)]
        if not found:
            raise KeyError(key)
        return found if len(found) > 1 else found[0]

    def __setitem__(self, key: str | bytes, value: str | bytes) -> None:
        pair = _text(key), _text(value)
        first = next((place for place, (name, _) in enumerate(self._pairs) if _same(name, pair[0])), None)
        if first is None:
            self._pairs.append(pair)
            return
        rest = [kept for kept in self._pairs[first + 1 :] if not _same(kept[0], pair[0])]
        self._pairs[first:] = [pair, *rest]

    def __delitem__(self, key: str) -> None:
        self._pairs = [pair for pair in self._pairs if not _same(pair[0], key)]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and any(_same(name, key) for name, _ in self._pairs)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, mp_table | Mapping):
            return NotImplemented
        return {key: self[key] for key in self.keys()} == {key: other[key] for key in other.keys()}

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{key!r}: {value!r}" for key, value in reversed(self._pairs)) + "}"

    def keys(self) -> list[str]:
        """All keys, in order, repeated ones too."""
        return [key for key, _ in self._pairs]

    def values(self) -> list[str]:
        """All values, in order."""
        return [value for _, value in self._pairs]

    def items(self) -> list[Pair]:
        """All pairs, in order."""
        return list(self._pairs)

    def iterkeys(self) -> Iterator[str]:
        """Iterate over the keys."""
        return iter(self.keys())

    def itervalues(self) -> Iterator[str]:
        """Iterate over the values."""
        return iter(self.values())

    def iteritems(self) -> Iterator[Pair]:
        """Iterate over the pairs."""
        return iter(self.items())

    def get(self, key: str, default: Any = None) -> Any:
        """The first value of a key."""
        return next((value for name, value in self._pairs if _same(name, key)), default)

    def has_key(self, key: str) -> int:
        """1 if the key is there, else 0."""
        return int(key in self)

    def setdefault(self, key: str, default: str = "") -> str:
        """The first value of a key, after setting it if it is missing."""
        if key not in self:
            self[key] = default
        return str(self.get(key))

    def add(self, key: str | bytes, value: str | bytes) -> None:
        """Append a pair; values that the key has already stay."""
        self._pairs.append((_text(key), _text(value)))

    def update(self, other: Any) -> None:
        """Set each key of a mapping."""
        for key in other.keys():
            self[str(key)] = str(other[key])

    def copy(self) -> mp_table:
        """An independent table."""
        twin = mp_table()
        twin._pairs = self.items()
        return twin

    def clear(self) -> None:
        """Remove all pairs."""
        self._pairs.clear()

    def popitem(self) -> Pair:
        """Remove the first pair and return it."""
        if not self._pairs:
            raise KeyError("popitem(): table is empty")
        return self._pairs.pop(0)


def _same(name: str, key: str) -> bool:
    return name.lower() == key.lower()


def _text(value: str | bytes) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, str):
        return value
    raise TypeError(f"table keys and values are str or bytes, not {type(value).__name__}")
