"""httpd as a child process of this command: started, waited for until it answers, ended by Ctrl-C.

httpd gets a session of its own, so that the terminal's Ctrl-C and its resizing (SIGWINCH, which httpd takes for "end
gracefully") reach this process alone; it passes on what is meant. Main thread only.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import IO

from mod_python._command.server import Settings
from mod_python._installation import Httpd

_READY_SECONDS = 30
# httpd's own GracefulShutdownTimeout is 3 seconds; past these it is told to end at once, and past those it is killed.
_GRACE_SECONDS = 8
_END_SECONDS = 10


class NotStarted(Exception):
    """httpd did not start, or ended by itself; the text has the end of its log."""


class _Stop(BaseException):
    """A signal asked this process to end."""


def check(settings: Settings, httpd: Httpd) -> None:
    """Let httpd read its configuration. Raises NotStarted with what it says."""
    command = [str(httpd.program), "-t", "-f", str(settings.conf)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotStarted(f"httpd does not accept {settings.conf}:\n{done.stderr}{_tail(settings)}")


def run(settings: Settings, httpd: Httpd, ready: str) -> None:
    """Run httpd until a signal ends this process; `ready` is printed once it answers. Raises NotStarted."""
    with _signals(), contextlib.suppress(_Stop):
        process = _start(settings, httpd)
        try:
            _wait_ready(settings, process)
            print(ready, flush=True)
            process.wait()
        finally:
            _end(process)
        raise NotStarted(f"httpd ended by itself\n{_tail(settings)}")


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there."""
    with _socket(host) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str) -> int:
    """A port that nobody listens on."""
    with _socket(host) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _socket(host: str) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)


def _start(settings: Settings, httpd: Httpd) -> subprocess.Popen[bytes]:
    """Logs for the terminal come through pipes: httpd opens its streams by name, and may not open ours."""
    command = [str(httpd.program), "-D", "FOREGROUND", "-f", str(settings.conf)]
    with open(os.devnull if settings.terminal else settings.error_log, "ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if settings.terminal else log,
            stderr=subprocess.PIPE if settings.terminal else log,
            start_new_session=True,
        )
    for source, target in ((process.stdout, 1), (process.stderr, 2)):
        if source is not None:
            threading.Thread(target=_copy, args=(source, target), daemon=True).start()
    return process


def _copy(source: IO[bytes], target: int) -> None:
    """Pass on what httpd logs, as it comes."""
    while data := os.read(source.fileno(), 65536):
        os.write(target, data)


def _wait_ready(settings: Settings, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if _answers(settings):
            return
        time.sleep(0.05)
    raise NotStarted(f"httpd did not start\n{_tail(settings)}")


def _answers(settings: Settings) -> bool:
    try:
        socket.create_connection((settings.near_host, settings.port), 1).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP become `_Stop`, here; the handlers of before come back."""
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(kind, _raise_stop) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


def _raise_stop(number: int, frame: FrameType | None) -> None:
    raise _Stop


def _end(process: subprocess.Popen[bytes]) -> None:
    """Gracefully; at once when that takes too long, or at a second signal; what is left of its session is killed."""
    for kind, seconds in ((signal.SIGWINCH, _GRACE_SECONDS), (signal.SIGTERM, _END_SECONDS)):
        if process.poll() is None:
            process.send_signal(kind)
            with contextlib.suppress(subprocess.TimeoutExpired, _Stop):
                process.wait(seconds)
    if process.poll() is None or process.returncode < 0:
        # Its children do not notice that it is gone, and would answer on.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(settings: Settings, lines: int = 20) -> str:
    """The end of the error log."""
    if settings.terminal or not settings.error_log.exists():
        return ""
    text = settings.error_log.read_text("utf-8", "replace")
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])


def log_of(settings: Settings) -> Path | str:
    """Where the error log is, for the reader."""
    return "this terminal" if settings.terminal else settings.error_log
