"""Calling functions with a form: `apply_fs_data` and `redirect` of `mod_python.util`.

Runs in handlers. The publisher's security rests on `apply_fs_data`: it passes nothing that the function does not name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NoReturn

from mod_python._fields import AnyField, Field
from mod_python._native import _apache

__all__ = ["apply_fs_data", "redirect"]

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_DONE = -2


def apply_fs_data(obj: Callable[..., Any], fs: Any, **args: Any) -> Any:
    """Call `obj` with the fields of a form and further arguments, as far as it names them or takes `**anything`.

    Files arrive as `Field`, other fields as their value, several of one name as a list. A further argument hides the
    fields of its name: nobody forges `req`. What has no signature (some built-ins) is called without any.
    """
    named, anything = _parameters(obj)
    given: dict[str, list[Any]] = {}
    for field in fs.list:
        given.setdefault(field.name, []).append(_value(field))
    every = {name: values[0] if len(values) == 1 else values for name, values in given.items()} | args
    return obj(**{name: value for name, value in every.items() if anything or name in named})


def _value(field: AnyField) -> Any:
    return field if isinstance(field, Field) else field.value


def _parameters(obj: Callable[..., Any]) -> tuple[set[str], bool]:
    """The names that a callable takes, and whether it takes any; a wrapper's own ones."""
    try:
        parameters = inspect.signature(obj, follow_wrapped=False).parameters.values()
    except (TypeError, ValueError):
        return set(), False
    named = {parameter.name for parameter in parameters if parameter.kind in _NAMED}
    return named, any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters)


def redirect(req: Any, location: str, permanent: object = 0, text: str | None = None) -> NoReturn:
    """Send the client elsewhere and end the handler.

    Raises OSError when the reply has begun; otherwise SERVER_RETURN, which is how it ends the handler.
    """
    if not isinstance(location, str):
        raise TypeError(f"the location must be a str, not {type(location).__name__}")
    if req.sent_bodyct:
        raise OSError("Cannot redirect after headers have already been sent.")
    req.err_headers_out["Location"] = location
    req.status = 301 if permanent else 302
    req.write(f'<p>The document has moved <a href="{_escaped(location)}">here</a></p>\n' if text is None else text)
    raise _apache.SERVER_RETURN(_DONE)


def _escaped(text: str) -> str:
    from html import escape

    return escape(text)
