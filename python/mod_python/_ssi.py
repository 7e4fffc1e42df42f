"""What a tag `<!--#python eval="…"-->` or `<!--#python exec="…"-->` of a page does.

Runs on request threads, attached, inside mod_include's filter. The names of a page's tags live in `req.ssi_globals`, so
later tags see what earlier ones left. It must never catch an exception: reporting is the module's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mod_python._apache import mp_filter, mp_request


def run(filter: mp_filter, kind: str, source: str) -> None:
    """Put the value of an expression into the page (`eval`), or execute statements that write to it (`exec`)."""
    names = _names(filter.req)
    names["filter"] = filter
    names["__file__"] = filter.req.filename
    try:
        result = eval(compile(_clean(source), f"<#python {kind}>", kind), names)
    finally:
        names["filter"] = None
    if result is not None:
        filter.write(str(result))


def _clean(source: str) -> str:
    return source.replace("\r\n", "\n").rstrip()


def _names(req: mp_request) -> dict[str, Any]:
    names: dict[str, Any] | None = getattr(req, "ssi_globals", None)
    if names is None:
        names = req.ssi_globals = {}
    return names
