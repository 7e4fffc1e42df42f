"""A page that shows what httpd and Python are here, and what a request brings: `PythonHandler mod_python.testhandler`.

Runs on request threads. It shows the configuration and, with `?view_log=1`, the end of the error log: keep it where
only its owner can see it.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable
from html import escape
from typing import Any

from mod_python import apache, mp_version

_LOG_LINES = 100
_LOG_BYTES = 64 * 1024

Rows = Iterable[tuple[str, object]]


def handler(req: Any) -> int:
    """Show the page, or the end of the error log."""
    if req.args == "view_log=1":
        return _show_log(req)
    req.content_type = "text/html; charset=utf-8"
    req.add_common_vars()
    req.write("<!DOCTYPE html><html><head><title>mod_python test page</title></head><body><h1>mod_python</h1>\n")
    for title, rows in _tables(req):
        req.write(_table(title, rows))
    req.write(f"<h2>Configuration</h2>\n<pre>{escape(_configuration(apache.config_tree()))}</pre>\n")
    req.write('<p><a href="?view_log=1">The end of the error log</a></p></body></html>\n')
    return apache.OK


def _tables(req: Any) -> Iterable[tuple[str, Rows]]:
    yield "Versions", _versions()
    yield "Server", _server(req)
    yield (
        "Request",
        ((name, getattr(req, name)) for name in ("method", "uri", "filename", "path_info", "args", "handler")),
    )
    yield "Headers of the request", req.headers_in.items()
    yield "Environment of the request", sorted(req.subprocess_env.items())
    yield "Environment of the interpreter", sorted(os.environ.items())
    yield "Settings (req.get_config)", req.get_config().items()
    yield "Options (req.get_options)", req.get_options().items()
    yield "Notes", req.notes.items()


def _versions() -> Rows:
    return [
        ("mod_python", mp_version),
        ("Python", sys.version),
        ("Platform", platform.platform()),
        ("Module magic number", f"{apache.MODULE_MAGIC_NUMBER_MAJOR}:{apache.MODULE_MAGIC_NUMBER_MINOR}"),
    ]


def _server(req: Any) -> Rows:
    threaded = apache.mpm_query(apache.AP_MPMQ_IS_THREADED)
    forked = apache.mpm_query(apache.AP_MPMQ_IS_FORKED)
    return [
        ("Interpreter", f"{req.interpreter}, replica {apache.replica}"),
        ("sys.path", "\n".join(sys.path)),
        ("MPM", f"{'threaded' if threaded else 'not threaded'}, {'forked' if forked else 'not forked'}"),
        ("Server root", apache.server_root()),
        ("Document root", req.document_root()),
        ("Error log", req.server.error_fname or apache.main_server.error_fname),
        ("Process", os.getpid()),
    ]


def _table(title: str, rows: Rows) -> str:
    lines = "".join(
        f"<tr><td>{escape(name)}</td><td><pre>{escape(str(value))}</pre></td></tr>\n" for name, value in rows
    )
    return f'<h2>{escape(title)}</h2>\n<table border="1">\n{lines}</table>\n'


def _configuration(tree: list[Any], depth: int = 0) -> str:
    lines = []
    for node in tree:
        if isinstance(node, list):
            lines.append(_configuration(node, depth + 1))
        else:
            lines.append("  " * depth + " ".join(node) + "\n")
    return "".join(lines)


def _show_log(req: Any) -> int:
    name = req.server.error_fname or apache.main_server.error_fname
    if not name or name.startswith(("|", "syslog")):
        return apache.HTTP_NOT_FOUND
    with open(os.path.join(apache.server_root(), name), "rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - _LOG_BYTES))
        lines = log.read().splitlines(keepends=True)[-_LOG_LINES:]
    req.content_type = "text/plain; charset=utf-8"
    req.write(b"".join(lines))
    return apache.OK
