"""What is installed here: httpd and its modules, mod_python.so, and the Python that runs this.

Outside httpd only, for the `mod_python` command and `mod_python.version`; starts `httpd -V` and the like. apxs is asked
when it is there, but nothing needs it. It must never be imported inside httpd.
"""

from __future__ import annotations

import mmap
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

_SYSTEM_PATH = "/usr/sbin:/usr/local/sbin:/usr/local/apache2/bin:/opt/apache2/bin"
# Where distributions and httpd's own build keep modules; below HTTPD_ROOT when relative.
_MODULE_FOLDERS = (
    "/usr/lib/apache2/modules",
    "/usr/lib64/httpd/modules",
    "/usr/lib64/apache2",
    "/usr/lib/httpd/modules",
    "/usr/lib/apache2",
    "modules",
)
_PACKAGES = """\
  Debian, Ubuntu:  apt-get install apache2-bin
  Fedora, RHEL:    dnf install httpd
  openSUSE:        zypper install apache2-event
  Arch, Alpine:    pacman -S apache / apk add apache2
  one you built:   MOD_PYTHON_HTTPD=/path/to/bin/httpd (and MOD_PYTHON_APXS=/path/to/bin/apxs)"""


class NotInstalled(Exception):
    """Something is missing; the text says what, and how to get it."""


@dataclass(frozen=True)
class Httpd:
    """One httpd. `modules` is the directory of its shared modules, `apxs` the apxs that belongs to it, or None."""

    program: Path
    modules: Path
    apxs: str | None

    @cached_property
    def settings(self) -> dict[str, str]:
        """What `httpd -V` says: `HTTPD_ROOT`, `SERVER_CONFIG_FILE`, `Server version`, `Server loaded` …"""
        return _settings(self.program)

    @cached_property
    def built_in(self) -> frozenset[str]:
        """The modules in the program itself, without `mod_`: `core`, `so`, `http`, perhaps `event`."""
        return frozenset(re.findall(r"^\s+(?:mod_)?(\w+)\.c$", _output(self.program, "-l"), re.MULTILINE))

    @property
    def version(self) -> str:
        """Such as `2.4.65`."""
        return _number(self.settings.get("Server version", ""))

    @property
    def apr_version(self) -> str:
        """The version of APR that it runs with."""
        return _number(self.settings.get("Server loaded", ""))

    @cached_property
    def sysconfdir(self) -> Path:
        """Where its configuration is."""
        if self.apxs:
            return Path(_output(self.apxs, "-q", "SYSCONFDIR"))
        return Path(self.settings.get("HTTPD_ROOT", "/"), self.settings.get("SERVER_CONFIG_FILE", "")).parent

    def shared(self, name: str) -> Path | None:
        """The file of a module, by its name without `mod_`; None when it is built in or not there."""
        file = self.modules / f"mod_{name}.so"
        return None if name in self.built_in or not file.exists() else file

    def has(self, name: str) -> bool:
        """Whether a module can be had, built in or shared."""
        return name in self.built_in or self.shared(name) is not None


@lru_cache(maxsize=1)
def find_httpd() -> Httpd:
    """The httpd of this machine: MOD_PYTHON_HTTPD, or the one on PATH or where system programs are.

    Raises NotInstalled.
    """
    program = os.environ.get("MOD_PYTHON_HTTPD") or _program("apache2", "httpd", "httpd2")
    if program is None:
        raise NotInstalled(f"there is no Apache httpd here. Install it:\n{_PACKAGES}")
    apxs = os.environ.get("MOD_PYTHON_APXS") or _program("apxs", "apxs2")
    return Httpd(Path(program), _modules(Path(program), apxs), apxs)


def find_module() -> Path:
    """mod_python.so, which lies beside this file. Raises NotInstalled."""
    module = Path(__file__).resolve().parent / "mod_python.so"
    if not module.exists():
        raise NotInstalled(
            f"there is no {module}: these are the Python files alone.\n"
            "  script/build in the source makes build/mod_python, which has it, and so does `pip install .`"
        )
    ours, here = _python_of(module), f"{sys.version_info.major}.{sys.version_info.minor}"
    if ours not in (None, here):
        raise NotInstalled(f"{module} is for Python {ours}, and this is {here}: start this with python{ours}")
    return module


def _python_of(module: Path) -> str | None:
    """The minor version whose libpython a module is linked to, such as 3.13."""
    with module.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        found = re.search(rb"\0libpython(\d+\.\d+)\.so", text)
        return found[1].decode() if found else None


def fact(name: str) -> str:
    """One of the names that `mod_python.version` had in 3.5. Raises NotInstalled."""
    return str(_FACTS[name](find_httpd()))


_FACTS: dict[str, Callable[[Httpd], object]] = {
    "HTTPD": lambda httpd: httpd.program,
    "HTTPD_VERSION": lambda httpd: httpd.version,
    "APR_VERSION": lambda httpd: httpd.apr_version,
    "LIBEXECDIR": lambda httpd: httpd.modules,
    "SYSCONFDIR": lambda httpd: httpd.sysconfdir,
    "PYTHON_BIN": lambda httpd: sys.executable,
}


def virtualenv() -> Path | None:
    """The virtual environment that this Python runs in."""
    return Path(sys.prefix) if sys.prefix != sys.base_prefix else None


def _program(*names: str) -> str | None:
    path = f"{os.environ.get('PATH', '')}:{_SYSTEM_PATH}"
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def _modules(program: Path, apxs: str | None) -> Path:
    root = Path(_settings(program).get("HTTPD_ROOT", "/"))
    asked = [_output(apxs, "-q", "LIBEXECDIR")] if apxs else []
    for folder in (*asked, *_MODULE_FOLDERS):
        if list((root / folder).glob("mod_*.so")):
            return root / folder
    raise NotInstalled(f"the modules of {program} were not found.\n  MOD_PYTHON_APXS names the apxs that knows them.")


def _settings(program: Path) -> dict[str, str]:
    """`-D NAME="value"` and `Name: value` lines."""
    lines = re.findall(r'^(?: -D )?([^:=\n]+)[:=]\s*"?(.*?)"?$', _output(program, "-V"), re.MULTILINE)
    return {name.strip(): value for name, value in lines}


def _number(text: str) -> str:
    found = re.search(r"\d+(?:\.\d+)+", text)
    return found[0] if found else "unknown"


def _output(program: str | Path, *arguments: str) -> str:
    """What a program says; `httpd -V` says it before it complains about its configuration. Raises NotInstalled."""
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    except OSError as error:
        raise NotInstalled(f"{program} does not run: {error.strerror}") from error
    if not done.stdout:
        raise NotInstalled(f"{program} {' '.join(arguments)} says nothing but: {done.stderr.strip()}")
    return done.stdout.strip()
