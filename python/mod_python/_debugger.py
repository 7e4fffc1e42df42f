"""`PythonEnablePdb`: handlers under pdb, where httpd runs as one process in the foreground (`httpd -X`).

Runs on request threads, attached. Anywhere else a handler passes here untouched, so that nothing waits for a terminal
that is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mod_python._native import _apache

Handler = Callable[[Any], Any]

# What `httpd -X` and `httpd -DONE_PROCESS` define.
_ONE_PROCESS = ("DEBUG", "ONE_PROCESS")


def watched(handler: Handler) -> Handler:
    """The handler; in one process, a function that runs it under pdb."""
    if not any(map(_apache.exists_config_define, _ONE_PROCESS)):
        return handler
    return lambda given: _debug(handler, given)


def _debug(handler: Handler, given: Any) -> Any:
    import pdb  # with all that it brings: wanted by nobody else

    # The interpreter's own standard streams lead to the error log; the debugger wants the terminal.
    with open(0, closefd=False) as terminal, open(1, "w", closefd=False) as screen:
        return pdb.Pdb(stdin=terminal, stdout=screen, nosigint=True, readrc=False).runcall(handler, given)
