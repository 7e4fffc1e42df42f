"""Another Python in the process, as a second module would bring it: httpd refuses to start and says why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness import Installation, Server


def another_libpython(installation: Installation) -> Path:
    """A libpython of another minor version; where there is none, the test is skipped."""
    places = ("/usr/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/local/lib")
    found = [file for place in places for file in Path(place).glob("libpython3.*.so.1.0")]
    found += installation.libpython.parents[2].glob("*/lib/libpython3.*.so.1.0")
    mine = "libpython{}.{}.".format(*installation.python_version)
    others = [file for file in found if not file.name.startswith(mine)]
    if not others:
        pytest.skip("no other libpython here")
    return others[0]


class TestOtherPython:
    """Loaded before mod_python, or after it."""

    def test_loaded_before_mod_python(self, idle: Server, installation: Installation) -> None:
        idle.conf.prologue.append(f"LoadFile {another_libpython(installation)}")
        assert re.search(r"MPY0002.*is already loaded in this process", idle.fails_to_start())

    def test_loaded_after_mod_python(self, idle: Server, installation: Installation) -> None:
        other = another_libpython(installation)
        idle.conf.add(f"LoadFile {other}")
        assert re.search(rf"MPY0002.*{re.escape(str(other))} is loaded in this process, too", idle.fails_to_start())
