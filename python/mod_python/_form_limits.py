"""What a form may cost: the `PythonOption`s `mod_python.form.*`, read once per form.

Runs in handlers. A value that is no number raises ValueError, which names the option.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

__all__ = ["FormLimits"]


@dataclass(frozen=True, slots=True)
class FormLimits:
    """A field is the option `mod_python.form.<name>`; sizes are bytes."""

    # Fields of the query string, and fields or parts of the body.
    max_fields: int = 1000
    # The whole body. httpd's LimitRequestBody holds for it too, 1 GiB unless set.
    max_size: int = 1 << 62
    # What is kept in memory: the body of an url-encoded form, the parts without a file name.
    max_memory: int = 8 << 20
    # The headers of one part.
    max_header_size: int = 8 << 10
    # A file up to here stays in memory.
    spool_size: int = 64 << 10

    @classmethod
    def of(cls, req: Any) -> Self:
        """Those that are in effect for a request."""
        options = req.get_options()
        return cls(**{field.name: _number(options, field.name, field.default) for field in fields(cls)})


def _number(options: Any, name: str, default: Any) -> int:
    option = f"mod_python.form.{name}"
    value = options.get(option)
    if value is None:
        return int(default)
    if not value.isdecimal():
        raise ValueError(f"PythonOption {option} is {value!r}: it takes a number")
    return int(value)
