"""What `PythonOption` says about PSP pages.

Read at each run of a page, on request threads. A value that means nothing is an error of the request: it is never
taken for "off".
"""

from __future__ import annotations

from typing import Any, NamedTuple

_WORDS = {"on": True, "yes": True, "true": True, "1": True, "off": False, "no": False, "false": False, "0": False}


class Options(NamedTuple):
    """How a page is translated."""

    escape: bool = False
    literal: bool = False


def options_of(req: Any) -> Options:
    """The options in effect for a request.

    Raises ValueError for a value that is none.
    """
    table = req.get_options()
    return Options(_flag(table, "mod_python.psp.escape"), _flag(table, "mod_python.psp.literal_backslashes"))


def _flag(table: Any, name: str) -> bool:
    value = table.get(name) or "off"
    try:
        return _WORDS[value.lower()]
    except KeyError:
        raise ValueError(f"PythonOption {name} is on or off, not {value!r}") from None
