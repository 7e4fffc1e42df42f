"""What an error of application code looks like, in the error log and in the browser.

Runs on request threads, attached, after something went wrong. It must never raise and never print: the module writes
the lines to the log, because `PyErr_Print` would obey a SystemExit and end the whole child.
"""

from __future__ import annotations

import html
import traceback
from types import TracebackType

# The frames between the module and application code say nothing to the application's owner.
_BETWEEN = ("mod_python._", "importlib", "_frozen_importlib")


class PROG_TRACEBACK(Exception):
    """Raise it with the triple of `sys.exc_info()`: that error is reported instead of this one."""


def format_report(error: BaseException, phase: str, handler: str) -> tuple[list[str], str]:
    """The lines for the error log and the page for the browser (shown only with `PythonDebug On`)."""
    error = _meant(error)
    trace = "".join(traceback.TracebackException(type(error), error, _in_application(error.__traceback__)).format())
    return _log_lines(trace, phase, handler), _page(trace, phase, handler)


def result_error(value: object) -> TypeError:
    """The error of a handler that returned, or raised SERVER_RETURN with, something that is no integer."""
    return TypeError(
        "Handler has returned result or raised SERVER_RETURN with a value of type "
        f"{type(value).__name__!r}; an integer is expected, such as apache.OK, apache.DECLINED or apache.HTTP_NOT_FOUND"
    )


def _meant(error: BaseException) -> BaseException:
    match error.args if isinstance(error, PROG_TRACEBACK) else ():
        case (_, BaseException() as carried, TracebackType() as trace):
            return carried.with_traceback(trace)
        case _:
            return error


def _in_application(tb: TracebackType | None) -> TracebackType | None:
    while tb is not None and _is_between(str(tb.tb_frame.f_globals.get("__name__"))):
        tb = tb.tb_next
    return tb


def _is_between(module: str) -> bool:
    return module.startswith(_BETWEEN)


def _log_lines(trace: str, phase: str, handler: str) -> list[str]:
    return [f"{phase} {handler}: {line}" for line in trace.splitlines() if line.strip()]


def _page(trace: str, phase: str, handler: str) -> str:
    title = f'Mod_python error: "{phase} {handler}"'
    return f"\n<pre>\n{html.escape(title, quote=False)}\n\n{html.escape(trace)}</pre>\n"
