"""Caches for applications: `from mod_python import cache`.

Names are those of mod_python 3.5, without its caches of HTTP, which fail there on Python 3. The logic is in `_cache`.
"""

from __future__ import annotations

from mod_python._cache.kinds import FileCache, FunctionCache, ModuleCache, WeakCache
from mod_python._cache.lru import NOT_INITIALIZED, Cache, Entry

__all__ = ["NOT_INITIALIZED", "Cache", "Entry", "FileCache", "FunctionCache", "ModuleCache", "WeakCache"]
