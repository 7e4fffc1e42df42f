"""A virtual environment for one interpreter; two interpreters of one process may have different ones.

Runs on the manager thread while the interpreter is set up. An environment is never left again: an interpreter with
another one is another interpreter.
"""

from __future__ import annotations

import os
import re
import site
import sys
from pathlib import Path

_HERE = f"{sys.version_info.major}.{sys.version_info.minor}"

_active: Path | None = None


class VirtualenvError(Exception):
    """The directory of `virtualenv=` cannot be used; the text says why and what to do."""


def activate(directory: str) -> None:
    """Make `directory` the environment of this interpreter.

    Its packages come where the base installation's were; those stay behind them only with
    `include-system-site-packages`. Raises VirtualenvError.
    """
    global _active
    home = Path(directory)
    if _active == home:
        return
    _check_alone(home)
    settings = _read_settings(home)
    _check_version(home, settings)
    _move_into(home, _site_packages(home), settings)
    _active = home


def _move_into(home: Path, packages: Path, settings: dict[str, str]) -> None:
    base = _take_base_packages()
    sys.prefix = sys.exec_prefix = str(home)
    sys.executable = str(home / "bin" / "python3")
    site.PREFIXES[:] = [sys.prefix]
    os.environ["VIRTUAL_ENV"] = sys.prefix
    site.addsitedir(str(packages))
    if settings.get("include-system-site-packages", "false").lower() == "true":
        sys.path.extend(base)


def _check_alone(home: Path) -> None:
    """Names that share the main interpreter share one environment."""
    if _active is not None:
        raise VirtualenvError(
            f"this interpreter uses the virtual environment {_active} already and cannot use {home} too; "
            "names that share the main interpreter share its environment"
        )


def _read_settings(home: Path) -> dict[str, str]:
    try:
        text = (home / "pyvenv.cfg").read_text("utf-8")
    except FileNotFoundError:
        raise VirtualenvError(f"{home} is no virtual environment: it has no pyvenv.cfg") from None
    except OSError as error:
        raise VirtualenvError(f"{home}/pyvenv.cfg cannot be read: {error.strerror}") from None
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _check_version(home: Path, settings: dict[str, str]) -> None:
    """venv writes `version`, virtualenv and uv write `version_info`; without either the folder of libraries tells."""
    made_for = re.match(r"\d+\.\d+", settings.get("version", settings.get("version_info", "")))
    version = made_for[0] if made_for else _version_of_folder(home)
    if version != _HERE:
        raise VirtualenvError(
            f"the virtual environment {home} was made for Python {version or '(unknown)'}, but Python {_HERE} runs "
            f"here; make it anew with: {_base_executable()} -m venv --clear {home}"
        )


def _version_of_folder(home: Path) -> str | None:
    return next((folder.name.removeprefix("python") for folder in home.glob("lib/python3.*")), None)


def _base_executable() -> str:
    return os.path.join(sys.base_prefix, "bin", f"python{_HERE}")


def _site_packages(home: Path) -> Path:
    packages = home / "lib" / f"python{_HERE}" / "site-packages"
    if not os.access(packages, os.R_OK | os.X_OK):
        raise VirtualenvError(f"the virtual environment {home} is damaged: {packages} is missing or cannot be read")
    return packages


def _take_base_packages() -> list[str]:
    """Take the site-packages of the base installation off `sys.path`."""
    base = {*site.getsitepackages(), *site.getsitepackages([sys.base_prefix, sys.base_exec_prefix])}
    taken = [entry for entry in sys.path if entry in base]
    sys.path[:] = [entry for entry in sys.path if entry not in base]
    return taken
