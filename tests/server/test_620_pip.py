"""`pip install .`: a wheel with the module in it, which serves from a fresh virtual environment.

The module is built by script/build with the Python of the tests: quickly, where script/test has built it before.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from harness import Installation
from harness.command import Command
from harness.env import REPOSITORY, run
from harness.server import environment

HANDLER = "import sys\ndef handler(req):\n    req.write(sys.prefix)\n    return 0\n"


@pytest.fixture(scope="module")
def wheel(installation: Installation) -> Path:
    """The wheel of this checkout."""
    folder = installation.new_root("wheel")
    named = {"MOD_PYTHON_APXS": installation.apxs, "MOD_PYTHON_HTTPD": str(installation.httpd)}
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(folder), str(REPOSITORY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment() | named)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.mark.lifecycle
@pytest.mark.timeout(1200)
class TestPip:
    """What is in the wheel, and what it does."""

    def test_what_is_in_it(self, wheel: Path) -> None:
        tag = "cp{}{}".format(*sys.version_info[:2])
        assert f"-{tag}-{tag}-linux" in wheel.name
        names = set(zipfile.ZipFile(wheel).namelist())
        assert {"mod_python/mod_python.so", "mod_python/py.typed", "mod_python/_apache.pyi", "mod_python/apache.py"} <= names
        assert not [name for name in names if "__pycache__" in name or not name.startswith("mod_python")]

    def test_it_serves_from_a_fresh_environment(self, wheel: Path, installation: Installation) -> None:
        home = installation.virtualenv("fresh")
        run(home / "bin" / "python", "-m", "pip", "install", "--no-index", "--no-deps", wheel)
        folder = installation.new_root("pip")
        (folder / "hello.py").write_text(HANDLER)
        command = Command(installation, folder, [home / "bin" / "mod_python"])
        with command.serve("hello.py") as serving:
            assert serving.get().text == str(home)
        assert f"'{home}/lib/" in command("version").stdout
