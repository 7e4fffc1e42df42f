"""A redis server (or valkey) of a test's own, on a port of 127.0.0.1, that keeps nothing.

`redis-check-rdb` is the same program under another name, in a package that starts no service: it serves as well.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from harness import wait
from harness.conf import free_port

PROGRAMS = ("redis-server", "valkey-server", "redis-check-rdb", "valkey-check-rdb")


def find() -> str | None:
    """The program, if there is one here."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Redis:
    """One server; a context manager."""

    def __init__(self, program: str, directory: Path) -> None:
        self.program = program
        self.directory = directory
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}/0"

    def answers(self) -> bool:
        """Whether it takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self) -> Self:
        name = "valkey-server" if "valkey" in self.program else "redis-server"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.directory)]
        self.process = subprocess.Popen([name, *options], executable=self.program, stdout=subprocess.DEVNULL)
        wait.until(self.answers, "redis to start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()
