"""The one door to `_apache`, the module that mod_python.so builds into every interpreter.

Outside httpd there is no `_apache`; `_standalone` takes its place, so that an application and its tests can import
`mod_python.apache` anywhere. No other file imports either of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mod_python import _apache
else:
    try:
        import _apache
    except ModuleNotFoundError:
        from mod_python import _standalone as _apache

__all__ = ["_apache"]
