"""Where a child died, or where it hangs: read by gdb, when there is one."""

from __future__ import annotations

import contextlib
import resource
import shutil
import subprocess
from pathlib import Path


def allow_cores() -> None:
    """Let the processes that this one starts leave core files, as far as the system lets us."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def backtraces(program: Path, directory: Path) -> str:
    """The threads that crashed, one after the other; empty without core files or gdb."""
    cores = sorted(directory.glob("core*"))
    if not cores or not shutil.which("gdb"):
        return ""
    return "\n".join(f"{core}:\n{_backtrace(program, core)}" for core in cores)


def stacks(pid: int) -> str:
    """What every thread of a living process does."""
    if not shutil.which("gdb"):
        return ""
    command = ["gdb", "-q", "-batch", "-ex", "thread apply all bt 30", "-p", str(pid)]
    out = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).stdout
    return "\n".join(line[:200] for line in out.splitlines() if line.startswith(("#", "Thread")))


def _backtrace(program: Path, core: Path) -> str:
    command = ["gdb", "-q", "-batch", "-ex", "bt 40", str(program), str(core)]
    out = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).stdout
    return "\n".join(line[:200] for line in out.splitlines() if line.startswith(("#", "Program terminated")))
