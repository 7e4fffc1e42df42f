"""One httpd in a server root of its own: started in the foreground, driven by signals, watched by its log and /proc."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from harness import wait
from harness.client import Client, Raw
from harness.conf import Conf
from harness.crash import allow_cores, backtraces, stacks
from harness.log import ErrorLog, LogError

# What httpd logs, at notice level, whenever a generation of children begins its work.
RESUMED = r"AH\d+: .* configured -- resuming normal operations"


class Server:
    """A running httpd; a context manager that starts and stops it."""

    def __init__(self, conf: Conf) -> None:
        self.conf = conf
        self.root: Path = conf.root
        self.log = ErrorLog(self.root / "logs/error.log")
        self.client = Client(conf.port)
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *options: str) -> list[str | Path]:
        """The command line of this httpd."""
        return [self.conf.installation.httpd, "-d", self.root, "-f", self.root / "httpd.conf", *options]

    def configtest(self) -> subprocess.CompletedProcess[str]:
        """What `httpd -t` says of the configuration."""
        self.conf.write()
        return subprocess.run(self.command("-t"), capture_output=True, text=True, check=False, timeout=60, process_group=0)

    def start(self) -> Self:
        """Start, and return when the first children work."""
        self.conf.write()
        allow_cores()
        mark = self.log.mark()
        with (self.root / "logs/console.log").open("ab") as console:
            self.process = subprocess.Popen(self.command("-DFOREGROUND"), stdout=console, stderr=console, process_group=0)
        try:
            wait.until(lambda: self._ended() or self.works(mark), "httpd to start")
        except TimeoutError:
            self.stop()
            raise
        if self._ended():
            raise RuntimeError(f"httpd ended with status {self.pid_status()}:\n{self.last_words()}")
        return self

    def works(self, mark: int) -> bool:
        """Whether a generation of children began its work since a mark in the log."""
        return bool(self.log.find(RESUMED, mark))

    def fails_to_start(self) -> str:
        """Start an httpd that must refuse, and return what it wrote."""
        try:
            self.start()
        except RuntimeError as error:
            return str(error)
        self.stop()
        raise AssertionError(f"httpd started:\n{self.last_words()}")

    @property
    def pid(self) -> int:
        """The parent process."""
        assert self.process is not None, "not started"
        return self.process.pid

    def children(self) -> set[int]:
        """The child processes that live now."""
        try:
            listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        except FileNotFoundError:
            return set()
        return {int(pid) for pid in listed.split()}

    def memory(self) -> int:
        """The resident memory of the parent, in bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    def graceful(self) -> None:
        """Restart gracefully, and return when the next generation works."""
        mark = self.log.mark()
        if self.process:
            self.process.send_signal(signal.SIGUSR1)
        wait.until(lambda: self._ended() or self.works(mark), "the next generation")
        assert not self._ended(), f"httpd ended at a graceful restart:\n{self.last_words()}"

    def wait_gone(self, pids: set[int], timeout: float = wait.PATIENCE) -> None:
        """Wait until none of these children is left."""
        try:
            wait.until(lambda: not pids & self.children(), f"the end of the children {sorted(pids)}", timeout)
        except TimeoutError as error:
            error.add_note("\n".join(stacks(pid) for pid in pids & self.children()))
            raise

    def stop(self, signum: signal.Signals = signal.SIGTERM) -> None:
        """Stop, and return when the parent is gone; kill what does not go, and say so."""
        if self.process is None or self._ended():
            return
        children = self.children()
        self.process.send_signal(signum)
        try:
            self.process.wait(wait.PATIENCE)
        except subprocess.TimeoutExpired:
            hanging = "\n".join(stacks(pid) for pid in children & self.children())
            for pid in children:
                _kill(pid)
            self.process.kill()
            self.process.wait()
            raise TimeoutError(f"httpd did not stop in {wait.PATIENCE:g} s:\n{self.last_words()}\n{hanging}") from None
        finally:
            self.client.close()

    def check_log(self) -> None:
        """Hold the error log against what was announced; of a crash, tell where it was."""
        try:
            self.log.check()
        except LogError as error:
            error.add_note(backtraces(self.conf.installation.httpd, self.root / "cores"))
            raise

    def last_words(self) -> str:
        """The ends of the error log and of the console, for messages."""
        lines = [line.raw for line in self.log.lines()][-30:]
        console = (self.root / "logs/console.log").read_text(errors="backslashreplace")
        return "\n".join(lines) + "\n" + console

    def connect(self) -> Raw:
        """A connection on which a test speaks HTTP byte by byte."""
        return Raw(self.conf.port)

    def pid_status(self) -> int | None:
        """The exit status of the parent, None while it runs."""
        return self.process.poll() if self.process else None

    def _ended(self) -> bool:
        return self.pid_status() is not None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def environment() -> dict[str, str]:
    """Our own environment without what is meant for our own Python."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
