"""The `mod_python` command as an ordinary user starts it: to its end, or as a server in the foreground."""

from __future__ import annotations

import os
import pwd
import re
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from harness import wait
from harness.env import Installation
from harness.server import environment

READY = re.compile(r"^(?P<app>.+) is served at (?P<url>http://\S+)$", re.MULTILINE)


class Command:
    """Runs `python -m mod_python` with the staged package and the module's Python, as the user of children."""

    def __init__(self, installation: Installation, folder: Path, program: list[str | Path] | None = None) -> None:
        self.folder = folder
        self._program = program or [installation.python, "-m", "mod_python"]
        self._options = _as_user(installation.user) | {
            "cwd": folder,
            "text": True,
            "env": environment() | _surroundings(installation, named=program is None),
        }
        _give(folder, installation.user)

    def __call__(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        command = [*self._program, *words]
        return subprocess.run(command, capture_output=True, check=False, timeout=wait.PATIENCE, **self._options)

    def serve(self, *words: str | Path) -> Serving:
        """Start `serve` on a free port; a context manager."""
        out = (self.folder / "stdout", self.folder / "stderr")
        with out[0].open("w") as stdout, out[1].open("w") as stderr:
            command = [*self._program, "serve", "--port", "0", *words]
            process = subprocess.Popen(command, stdout=stdout, stderr=stderr, process_group=0, **self._options)
        return Serving(process, *out)


class Serving:
    """A `mod_python serve` in the foreground, ready to answer; ended by SIGINT."""

    def __init__(self, process: subprocess.Popen[str], stdout: Path, stderr: Path) -> None:
        self.process = process
        self._stdout, self._stderr = stdout, stderr
        try:
            ready = wait.until(lambda: self._ended() or READY.search(self.stdout), "the ready line")
            assert isinstance(ready, re.Match), f"serve ended with {process.returncode}: {self.stdout}{self.stderr}"
        except BaseException:
            self.end()
            raise
        self.url = ready["url"]

    @property
    def stdout(self) -> str:
        """What it printed."""
        return self._stdout.read_text()

    @property
    def stderr(self) -> str:
        """What it complained of, and the error log when that goes to the terminal."""
        return self._stderr.read_text()

    @property
    def httpd(self) -> int:
        """The process of httpd's parent."""
        (child,) = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(child)

    def get(self, path: str = "", **options: Any) -> httpx.Response:
        """GET an address below the one of the ready line."""
        return httpx.get(self.url + path, timeout=wait.PATIENCE, trust_env=False, **options)

    def end(self, kind: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and wait; the exit status."""
        if not self._ended():
            self.process.send_signal(kind)
        return self.process.wait(wait.PATIENCE)

    def _ended(self) -> bool:
        return self.process.poll() is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()


def _surroundings(installation: Installation, named: bool) -> dict[str, str]:
    """Where its Python is; and, for a program that is not installed, the package and the module."""
    home = {"HOME": "/nonexistent", "LD_LIBRARY_PATH": str(installation.python.parent.parent / "lib")}
    ours = {"MOD_PYTHON_HTTPD": str(installation.httpd), "MOD_PYTHON_APXS": installation.apxs}
    return home | ours | ({"PYTHONPATH": str(installation.module.parent.parent)} if named else {})


def _as_user(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _give(folder: Path, user: str | None) -> None:
    """What a test put into a folder belongs to the user."""
    if user is not None:
        entry = pwd.getpwnam(user)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, entry.pw_uid, entry.pw_gid)
