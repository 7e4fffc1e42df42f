"""A virtual environment per interpreter: real ones, made by `venv`, and broken ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from isolated import run

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
BASE = str(Path(sys.base_prefix) / "bin" / f"python{HERE}")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with one module, and a folder that a .pth file adds."""
    home = tmp_path_factory.mktemp("venv")
    subprocess.run([BASE, "-m", "venv", "--without-pip", home], check=True)
    packages = home / "lib" / f"python{HERE}" / "site-packages"
    (packages / "inside.py").write_text("")
    (home / "linked").mkdir()
    (home / "first").mkdir()
    (home / "linked" / "linked_module.py").write_text("")
    (packages / "linked.pth").write_text(f"{home}/linked\n")
    return home


@pytest.mark.parametrize("interpreter", ["own", "main"])
def test_the_environment_is_the_interpreters(home: Path, interpreter: str) -> None:
    script = f"""
        import json, os, subprocess
        prepare(virtualenv={str(home)!r}, python_path=[{f"{home}/first"!r}])
        import inside, linked_module
        below = [entry for entry in sys.path if "site-packages" in entry]
        child = subprocess.check_output([sys.executable, "-c", "import inside; print('child sees it')"], text=True)
        show(json.dumps([sys.prefix, sys.exec_prefix, os.environ["VIRTUAL_ENV"], below, sys.path[0], child]))
    """
    packages = f"{home}/lib/python{HERE}/site-packages"
    expected = [str(home), str(home), str(home), [packages], f"{home}/first", "child sees it\n"]
    assert json.loads(run(script, interpreter)[-1]) == expected


def test_system_packages_stay_behind_when_asked_for(tmp_path: Path) -> None:
    subprocess.run([BASE, "-m", "venv", "--without-pip", "--system-site-packages", tmp_path], check=True)
    script = f"""
        prepare(virtualenv={str(tmp_path)!r})
        show(*[entry.startswith({str(tmp_path)!r}) for entry in sys.path if "site-packages" in entry])
    """
    assert run(script) == ["True False"]


def failure(home: Path | str) -> str:
    script = f"""
        try:
            prepare(virtualenv={str(home)!r})
        except Exception as error:
            show(type(error).__name__, error)
    """
    return run(script)[0]


@pytest.mark.parametrize("line", ["version = 3.9.18", "version_info = 3.9.18.final.0", ""])
def test_another_pythons_environment_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "pyvenv.cfg").write_text(f"home = /usr/bin\n{line}\n")
    (tmp_path / "lib" / "python3.9" / "site-packages").mkdir(parents=True)
    assert failure(tmp_path) == (
        f"VirtualenvError the virtual environment {tmp_path} was made for Python 3.9, but Python {HERE} runs here; "
        f"make it anew with: {BASE} -m venv --clear {tmp_path}"
    )


def test_a_directory_without_settings_is_refused(tmp_path: Path) -> None:
    assert failure(tmp_path) == f"VirtualenvError {tmp_path} is no virtual environment: it has no pyvenv.cfg"


def test_a_damaged_environment_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_text(f"version = {HERE}.1\n")
    packages = tmp_path / "lib" / f"python{HERE}" / "site-packages"
    assert failure(tmp_path) == (
        f"VirtualenvError the virtual environment {tmp_path} is damaged: {packages} is missing or cannot be read"
    )


def test_names_that_share_an_interpreter_share_the_environment(home: Path, tmp_path: Path) -> None:
    script = f"""
        prepare(virtualenv={str(home)!r})
        prepare(virtualenv={str(home)!r})
        prepare()
        try:
            prepare(virtualenv={str(tmp_path)!r})
        except Exception as error:
            show(error)
    """
    (text,) = run(script, "main")
    assert text.startswith(f"this interpreter uses the virtual environment {home} already and cannot use {tmp_path}")
