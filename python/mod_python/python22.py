"""Nothing: applications written for Python 2.2 say `from mod_python.python22 import *`."""

from __future__ import annotations

__all__: list[str] = []
