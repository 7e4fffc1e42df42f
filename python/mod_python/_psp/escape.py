"""Values of `<%= … %>` in pages with `PythonOption mod_python.psp.escape on`.

Pure. Follows the field's convention: what has `__html__` is HTML already and says so itself.
"""

from __future__ import annotations

import html
from typing import Any


class Raw(str):
    """Text that is HTML already."""

    __slots__ = ()

    def __html__(self) -> str:
        """The text, as it is."""
        return str(self)


def escape_value(value: Any) -> str:
    """The value as text that means itself in HTML, in content and in quoted attributes."""
    own = getattr(value, "__html__", None)
    return str(own()) if callable(own) else html.escape(str(value))
