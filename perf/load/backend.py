"""A server in processes of its own, behind mod_proxy: started before httpd, ended after it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

from harness import wait
from harness.server import environment

PATIENCE = 30


class Backend:
    """One command that listens on a port of 127.0.0.1 and stays in the foreground."""

    def __init__(self, command: list[str | Path], port: int, log: Path) -> None:
        self.port = port
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment(), process_group=0
            )

    def wait(self) -> None:
        """Return when it listens."""
        wait.until(lambda: self.ended() or listening(self.port), f"port {self.port}", PATIENCE)
        if self.ended():
            raise RuntimeError(f"{self.log.stem} ended: {self.log.read_text(errors='replace')[-400:]}")

    def ended(self) -> bool:
        """Whether its first process is gone."""
        return self.process.poll() is not None

    def end(self) -> None:
        """Ask it to end, then end whatever of its group is left."""
        if not self.ended():
            self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def listening(port: int) -> bool:
    """Whether somebody accepts there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
