"""`mod_python.cache`: what is built, how often, and what leaves first."""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from mod_python import cache


class Squares(cache.Cache):
    """Counts what it builds."""

    def __init__(self, max_size: int = 0) -> None:
        super().__init__(max_size)
        self.built: list[int] = []
        self.committed: list[object] = []

    def key(self, key: Any) -> int:
        return int(key)

    def build(self, key: Any, name: Any, opened: Any, entry: cache.Entry) -> int:
        self.built.append(name)
        return 100 // name and name * name

    def commit(self, name: Any, entry: cache.Entry) -> None:
        self.committed.append(entry.value)


def test_a_value_is_built_once_under_its_name() -> None:
    squares = Squares()
    assert [squares[2], squares["2"], squares[3]] == [4, 4, 9]
    assert (squares.built, squares.committed) == ([2, 3], [4, 9])
    assert 2 in squares and "3" in squares and 4 not in squares
    assert list(squares) == squares.keys() == [2, 3]


def test_the_one_used_longest_ago_leaves() -> None:
    squares = Squares(2)
    for number in (1, 2, 1, 3):
        squares[number]
    assert [entry.name for entry in squares.lru()] == [1, 3]
    assert [entry.name for entry in squares.mru()] == [3, 1]
    squares[2]
    assert squares.built == [1, 2, 3, 2]


def test_a_failure_leaves_nothing() -> None:
    squares = Squares()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            squares[0]
    assert len(squares) == 0 and squares.built == [0, 0]


def test_values_can_be_put_and_forgotten() -> None:
    squares = Squares()
    squares[7] = 1
    assert squares[7] == 1 and squares.built == []
    del squares[7]
    with pytest.raises(KeyError):
        del squares[7]
    squares[2]
    squares.clear()
    assert len(squares) == 0


def test_threads_that_come_together_build_once_and_delay_no_other() -> None:
    entered, leave, built = threading.Event(), threading.Event(), []

    def build(number: int) -> int:
        built.append(number)
        if number == 1:
            entered.set()
            assert leave.wait(10)
        return number

    slow = cache.FunctionCache(build)
    threads = [threading.Thread(target=slow, args=(1,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert entered.wait(10)
    assert slow(2) == 2
    leave.set()
    for thread in threads:
        thread.join(10)
    assert sorted(built) == [1, 2]


def test_files_are_read_again_when_they_differ(tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    texts, data = cache.FileCache(), cache.FileCache(8, "rb")
    for number, text in enumerate(("ü", "ö", "two")):
        file.write_text(text, encoding="utf-8")
        os.utime(file, (1_000_000 - number, 1_000_000 - number))
        assert (texts[file], data[str(file)]) == (text, text.encode())
        assert texts[file] is texts[file]
    file.unlink()
    with pytest.raises(FileNotFoundError):
        texts[file]


def test_modules_are_fresh_when_they_differ(tmp_path: Path) -> None:
    file = tmp_path / "shop.py"
    modules = cache.ModuleCache()
    file.write_text("one = 1")
    os.utime(file, (1, 1))
    first = modules[file]
    assert (first.one, first.__file__, modules[file] is first) == (1, str(file), True)
    file.write_text("two = 2")
    os.utime(file, (2, 2))
    second = modules[file]
    assert second is not first and not hasattr(second, "one") and second.two == 2


def test_nobody_keeps_a_weak_value() -> None:
    class Value:
        """Can be referred to weakly."""

    class Values(cache.WeakCache):
        built = 0

        def build(self, key: Any, name: Any, opened: Any, entry: cache.Entry) -> Value:
            self.built += 1
            return Value()

    values = Values()
    kept = values["a"]
    assert values["a"] is kept and values.built == 1
    del kept
    gc.collect()
    assert values["a"] is not None and values.built == 2


def test_results_of_a_function() -> None:
    calls: list[tuple[int, ...]] = []
    cached = cache.FunctionCache(lambda *numbers: calls.append(numbers) or sum(numbers), 1)
    assert [cached(1, 2), cached(1, 2), cached(3), cached(1, 2)] == [3, 3, 3, 3]
    assert calls == [(1, 2), (3,), (1, 2)]


def test_a_cache_that_says_nothing_of_building() -> None:
    with pytest.raises(NotImplementedError):
        cache.Cache()["x"]
