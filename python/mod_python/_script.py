"""A CGI script, run in this interpreter as if in a process of its own.

Runs on request threads. Standard streams, `os.environ`, `sys.argv` and `__main__` are the interpreter's: one script at
a time has them. Scripts of other interpreters run at the same time. It must never hold its lock while it waits for
anything but the script.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
from collections.abc import Iterator
from types import CodeType, ModuleType
from typing import Any

from mod_python import _cgi, _directory, apache
from mod_python._log import CGI_WITHOUT_HEADERS, ERROR, log

_alone = threading.Lock()


def handler(req: Any) -> int:
    """Run the script that the request asks for."""
    file = req.filename
    if not file or not os.path.isfile(file):
        return apache.HTTP_NOT_FOUND
    directory = os.path.dirname(file)
    with _alone, _directory.inside(directory), _process(req, file) as stdout:
        _run(file, stdout)
    return _conclude(req, stdout)


@contextlib.contextmanager
def _process(req: Any, file: str) -> Iterator[_cgi.CGIStdout]:
    """What a process has of its own, for the length of one script."""
    modules, path, argv, main = set(sys.modules), list(sys.path), sys.argv, sys.modules.get("__main__")
    saved = _cgi.setup_cgi(req)
    sys.argv = [file]
    sys.path.insert(0, os.path.dirname(file))
    try:
        yield sys.stdout  # type: ignore[misc]  # setup_cgi has just put it there
    finally:
        _cgi.restore_nocgi(*saved)
        sys.argv, sys.path[:] = argv, path
        _restore_main(main)
        _forget(sys.modules.keys() - modules, os.path.join(os.path.dirname(file), ""))


def _run(file: str, stdout: _cgi.CGIStdout) -> None:
    main = sys.modules["__main__"] = ModuleType("__main__")
    main.__file__ = file
    status = os.stat(file)
    try:
        exec(_code(file, status.st_mtime_ns, status.st_size), vars(main))
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    finally:
        if sys.stdout is not stdout:  # a wrapper of the script's own
            with contextlib.suppress(ValueError):  # closed
                sys.stdout.flush()


@functools.lru_cache(maxsize=128)
def _code(file: str, mtime: int, size: int) -> CodeType:
    """The code of a script, as long as its file is the same."""
    with open(file, "rb") as source:
        return compile(source.read(), file, "exec", dont_inherit=True)


def _restore_main(main: ModuleType | None) -> None:
    if main is not None:
        sys.modules["__main__"] = main
    else:
        sys.modules.pop("__main__", None)


def _forget(imported: set[str], directory: str) -> None:
    """Drop the modules that lie beside the script: the next run executes them again, as a new process would."""
    for name in imported:
        file = getattr(sys.modules.get(name), "__file__", None)
        if isinstance(file, str) and file.startswith(directory):
            del sys.modules[name]


def _conclude(req: Any, stdout: _cgi.CGIStdout) -> int:
    """What httpd is told when the script has ended."""
    reply = stdout.buffer
    if not reply.has_begun:
        log(req, ERROR, CGI_WITHOUT_HEADERS, f"the script {req.filename} ended before its header lines did")
        return apache.HTTP_INTERNAL_SERVER_ERROR
    if reply.local and req.method in ("GET", "HEAD") and not req.bytes_sent:
        del req.headers_out["Location"]
        req.status = apache.HTTP_OK
        req.internal_redirect(reply.local)
    return apache.OK
