"""The publisher: `PythonHandler mod_python.publisher` answers with the functions and objects of modules.

`/shop/cart.py/show?item=3` calls `show(item="3")` of `shop/cart.py`. Names are those of mod_python 3.5; what is
published and what is not is described in docs/publisher.md, the logic is in `_publisher`.
"""

from __future__ import annotations

from mod_python._publisher.auth import process_auth
from mod_python._publisher.content import publish_object
from mod_python._publisher.handler import handler
from mod_python._publisher.pages import PageCache, page_cache
from mod_python._publisher.walk import resolve_object

__all__ = ["PageCache", "handler", "page_cache", "process_auth", "publish_object", "resolve_object"]
