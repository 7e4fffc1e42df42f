"""The surroundings of an application: what is set up in an interpreter before any application code runs in it.

Runs on the manager thread, attached to the new interpreter, once per interpreter; the main interpreter may serve
several names and is then prepared once for each. It must never fail half-way in silence: an error here is the reason
why the interpreter is refused.
"""

from __future__ import annotations

import os
import sys

# Must be imported first on this very thread: on 3.12 the importing thread becomes threading.main_thread().
import threading  # noqa: F401
from collections.abc import Mapping, Sequence

from mod_python import _environ, _processes, _stdio

# Python 3.12 runs the code of these C modules inside an interpreter with its own GIL before it refuses them, which
# damages the heap (gh-117953, repaired in 3.13). With the C module out of sight most have a twin in pure Python.
BLOCKED_ON_3_12 = (
    "_ctypes",
    "_curses",
    "_curses_panel",
    "_datetime",
    "_decimal",
    "_elementtree",
    "_lsprof",
    "_tkinter",
    "_zoneinfo",
    "faulthandler",
    "nis",
    "ossaudiodev",
    "pyexpat",
    "readline",
)


def prepare(
    own_gil: bool,
    environ: Mapping[str, str],
    virtualenv: str | None,
    python_path: Sequence[str],
    switch_interval: float,
) -> None:
    """Set the interpreter up as `PythonInterpreterOptions` says.

    Raises VirtualenvError when `virtualenv` cannot be used by this Python, PermissionError for a directory of
    `python_path` that cannot be read.
    """
    if own_gil and sys.version_info < (3, 13):
        _block_modules()
    _environ.make_private(environ)
    _processes.refuse_fork()
    _stdio.install()
    sys.argv[:] = ["mod_python"]
    sys.setswitchinterval(switch_interval)
    if virtualenv is not None:
        _activate(virtualenv)
    sys.path[:0] = [_readable(directory) for directory in python_path if directory not in sys.path]


def _readable(directory: str) -> str:
    """httpd looked at the directory as root, perhaps; here it counts what the child's user may do."""
    if not os.access(directory, os.R_OK | os.X_OK):
        raise PermissionError(f"python-path directory {directory} cannot be read by this user")
    return directory


def _block_modules() -> None:
    for name in BLOCKED_ON_3_12:
        sys.modules[name] = None  # type: ignore[assignment]


def _activate(virtualenv: str) -> None:
    from mod_python import _virtualenv  # here, because only a name that has an environment pays for it

    _virtualenv.activate(virtualenv)
