"""What is installed here: httpd and its modules, the mod_python.so under test and its Python.

Found through apxs; MOD_PYTHON_HTTPD, MOD_PYTHON_APXS and MOD_PYTHON_SO say otherwise. Everything a child must read is
staged into one directory that the ordinary user of the children can read, wherever the source tree lies.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import files
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
APPS = Path(__file__).resolve().parents[1] / "apps"
MPMS = ("event", "worker", "prefork")
# Ordinary users that a system is likely to have, best first.
USERS = ("www-data", "apache", "http", "nobody")


def run(*command: str | Path, **options: object) -> str:
    """The standard output of a command that must succeed."""
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout.strip()  # type: ignore[call-overload, no-any-return]


def find_apxs() -> str:
    """The apxs to ask: MOD_PYTHON_APXS, or the first one on PATH."""
    named = os.environ.get("MOD_PYTHON_APXS")
    found = named or shutil.which("apxs") or shutil.which("apxs2")
    if not found:
        raise RuntimeError("no apxs on PATH: install the development package of httpd, or set MOD_PYTHON_APXS")
    return found


def find_httpd(apxs: str) -> Path:
    """The httpd to run: MOD_PYTHON_HTTPD, or the one apxs belongs to."""
    if named := os.environ.get("MOD_PYTHON_HTTPD"):
        return Path(named)
    return Path(run(apxs, "-q", "SBINDIR")) / run(apxs, "-q", "PROGNAME")


def ordinary_user() -> str | None:
    """The user that children of a root httpd run as; None when we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return os.environ.get("MOD_PYTHON_USER") or next(user for user in USERS if user in known)


@dataclass(frozen=True)
class Installation:
    """One httpd, one mod_python.so, and the directory in which what they need lies readable."""

    apxs: str
    httpd: Path
    libexec: Path
    stage: Path
    user: str | None

    @classmethod
    def find(cls) -> Installation:
        """Ask apxs and the environment, and make the stage."""
        apxs = find_apxs()
        stage = Path(tempfile.mkdtemp(prefix="mod_python-"))
        stage.chmod(0o755)
        return cls(apxs, find_httpd(apxs), Path(run(apxs, "-q", "LIBEXECDIR")), stage, ordinary_user())

    @cached_property
    def compiled_in(self) -> str:
        """The list of modules that are part of the httpd binary."""
        return run(self.httpd, "-l")

    @cached_property
    def module(self) -> Path:
        """The staged mod_python.so, its Python package beside it."""
        built = Path(os.environ.get("MOD_PYTHON_SO") or REPOSITORY / "build/mod_python/mod_python.so")
        if not built.exists():
            raise RuntimeError(f"no {built}: run script/build, or set MOD_PYTHON_SO")
        staged = self.stage / "mod_python"
        shutil.copytree(REPOSITORY / "python/mod_python", staged, ignore=shutil.ignore_patterns("__pycache__"))
        return Path(shutil.copy(built, staged / "mod_python.so"))

    @cached_property
    def libpython(self) -> Path:
        """The libpython that mod_python.so is linked to."""
        found = re.search(r"libpython\S+ => (\S+)", run("ldd", self.module))
        if not found:
            raise RuntimeError(f"{self.module} is linked to no libpython: {run('ldd', self.module)}")
        return Path(found[1]).resolve()

    @cached_property
    def python_version(self) -> tuple[int, int]:
        """The minor version of the Python in the module, such as (3, 13)."""
        found = re.search(r"libpython(\d+)\.(\d+)", self.libpython.name)
        if not found:
            raise RuntimeError(f"no version in {self.libpython}")
        return int(found[1]), int(found[2])

    @cached_property
    def python(self) -> Path:
        """The interpreter that belongs to the libpython of the module, in a place that children can read."""
        name = "python{}.{}".format(*self.python_version)
        prefixes = [self.libpython.parent.parent, Path("/usr/local"), Path("/usr")]
        found = next(path for prefix in prefixes if (path := prefix / "bin" / name).exists())
        return found if self.readable(found) else self._mirror(found.parent.parent) / "bin" / name

    @cached_property
    def python_home(self) -> Path | None:
        """The directory `PythonHome` must name, when children cannot read the Python that was compiled in."""
        mirror = self.stage / "python"
        return mirror if self.python.is_relative_to(mirror) else None

    def readable(self, path: Path) -> bool:
        """Whether the user of the children can use this path."""
        if self.user is None:
            return os.access(path, os.R_OK)
        as_user = {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}
        return subprocess.run(["test", "-r", path], check=False, **as_user).returncode == 0  # type: ignore[call-overload, no-any-return]

    def _mirror(self, prefix: Path) -> Path:
        """A readable copy of a Python that lies in somebody's private directory: links where the disk allows."""
        mirror = self.stage / "python"
        ignore = shutil.ignore_patterns("__pycache__", "test", "idlelib", "*.a", "share", "include")
        try:
            shutil.copytree(prefix, mirror, symlinks=True, ignore=ignore, copy_function=os.link)
        except (shutil.Error, OSError):
            shutil.copytree(prefix, mirror, symlinks=True, ignore=ignore, dirs_exist_ok=True)
        return mirror

    def virtualenv(self, name: str, packages: dict[str, str] | None = None) -> Path:
        """A virtual environment of the module's Python, readable by children, with these one-file packages in it."""
        home = self.stage / name
        pip = ["--without-pip"] if packages is not None else []
        run(self.python, "-m", "venv", *pip, home)
        (site_packages,) = home.glob("lib/python*/site-packages")
        for package, source in (packages or {}).items():
            (site_packages / f"{package}.py").write_text(source)
        return home

    def lend(self, home: Path, *distributions: str) -> None:
        """Put distributions of the tests' own environment into a virtual environment: links where the disk allows."""
        (site_packages,) = home.glob("lib/python*/site-packages")
        for name in distributions:
            for file in files(name) or ():
                if ".." not in file.parts:
                    _link(Path(str(file.locate())), site_packages / file)

    def new_root(self, name: str) -> Path:
        """A new server root that children can read."""
        root = Path(tempfile.mkdtemp(prefix=re.sub(r"\W+", "-", name)[:40] + "-", dir=self.stage))
        root.chmod(0o755)
        return root

    def remove(self) -> None:
        """Remove the stage."""
        shutil.rmtree(self.stage, ignore_errors=True)


def _link(source: Path, target: Path) -> None:
    """A second name for a file, or a copy of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
