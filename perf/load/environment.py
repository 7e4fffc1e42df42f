"""Where the peers are installed: a virtual environment of the module's Python, and Debian's mod_python unpacked.

Made at first use, kept in the cache (`$XDG_CACHE_HOME/mod_python`, for root `/var/cache/mod_python`) under a name that
depends on `requirements.txt` and the Python, so that a changed list makes a new one. Nothing is installed in the system.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from servers import HERE, Installation, run

REQUIREMENTS = HERE / "requirements.txt"
# Enough for mod_wsgi and uWSGI to be compiled on a small machine.
PATIENCE = 1200


class Unavailable(Exception):
    """A peer that cannot be had here, and why; it is left out of the table."""


def cache() -> Path:
    """The folder of script/test: readable by children of a root httpd."""
    default = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or default) / "mod_python"


def must(*command: str | Path, cwd: Path | None = None) -> None:
    """Run a command; a failure is a reason to do without what it would have brought."""
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE, cwd=cwd)
    except (OSError, subprocess.SubprocessError) as error:
        last = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
        raise Unavailable(f"{' '.join(str(word) for word in command[:4])}: {last}") from error


@dataclass(frozen=True)
class Environment:
    """The installed peers."""

    installation: Installation

    @cached_property
    def home(self) -> Path:
        """The folder of this Python with this list of packages."""
        what = f"{run(self.installation.python, '-VV')}\n{REQUIREMENTS.read_text()}"
        home = cache() / f"peers-{hashlib.sha256(what.encode()).hexdigest()[:10]}"
        home.mkdir(parents=True, exist_ok=True)
        return home

    @cached_property
    def python(self) -> Path:
        """A Python that children can read, and that stays: the stage's is copied."""
        found = self.installation.python
        if not found.is_relative_to(self.installation.stage):
            return found
        kept = self.home / "python"
        if not kept.exists():
            shutil.copytree(found.parent.parent, kept, symlinks=True)
        return kept / "bin" / found.name

    @cached_property
    def venv(self) -> Path:
        """The virtual environment, with all of `requirements.txt`."""
        venv = self.home / "venv"
        if not (venv / "complete").exists():
            must(self.python, "-m", "venv", "--clear", venv)
            must(venv / "bin/pip", "install", "--quiet", "--requirement", REQUIREMENTS)
            (venv / "complete").touch()
        return venv

    @cached_property
    def versions(self) -> dict[str, str]:
        """What pip installed."""
        listed = json.loads(run(self.venv / "bin/pip", "list", "--format", "json"))
        return {package["name"]: package["version"] for package in listed}

    @cached_property
    def mod_wsgi(self) -> Path:
        """The module that pip built against this httpd."""
        return Path(run(self.venv / "bin/mod_wsgi-express", "module-location"))

    @cached_property
    def debian(self) -> Path:
        """Debian's libapache2-mod-python, unpacked and not installed; it brings its own Python, the system's."""
        unpacked = self.home / "debian"
        if not unpacked.exists():
            downloads = self.home / "download"
            downloads.mkdir(exist_ok=True)
            must("apt-get", "download", "libapache2-mod-python", cwd=downloads)
            (package,) = downloads.glob("*.deb")
            must("dpkg-deb", "--extract", package, unpacked)
        return unpacked
