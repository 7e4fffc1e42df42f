"""Fixtures of the pure tests: the error log, and directories of handler modules.

Outside httpd `_apache` is `mod_python._standalone`; the fixtures put their own functions into it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from mod_python import _finder, _loaded, _standalone

Write = Callable[[str, str], Path]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """What was written to the error log: (level, text)."""
    lines: list[tuple[int, str]] = []
    monkeypatch.setattr(_standalone, "log_line", lambda level, text: lines.append((level, text)))
    monkeypatch.setattr(_standalone, "log_error", lambda text, level=3, server=None: lines.append((level, text)))
    return lines


@pytest.fixture
def clean_imports(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Modules and `sys.path` as they were before the test; files are checked at each call."""
    monkeypatch.setattr(_loaded, "CHECK_SECONDS", 0.0)
    modules, path = set(sys.modules), list(sys.path)
    yield
    for name in sys.modules.keys() - modules:
        del sys.modules[name]
        _loaded.latest.pop(name, None)
    sys.path[:] = path
    _finder._claimed.clear()


@pytest.fixture
def write(tmp_path: Path, clean_imports: None) -> Write:
    """Write a source file below the test's directory; each version has a time stamp of its own."""
    stamps = count(1_000_000_000, 10)

    def write(name: str, source: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
        stamp = next(stamps)
        os.utime(file, (stamp, stamp))
        return file

    return write
