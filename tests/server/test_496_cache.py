"""`mod_python.cache` and `mod_python.python22` in a running interpreter."""

from __future__ import annotations

import os

from harness import Conf, Server


class TestCache:
    """Through the probe; tests/python/test_cache.py has the rest."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The probe."""
        conf.app("probe").handler("probe", "probe")

    def test_a_file_changes(self, server: Server) -> None:
        file = server.root / "apps/probe/cached.txt"
        code = f"""
from mod_python import cache
if not hasattr(apache, "files"):
    apache.files = cache.FileCache(8)
apache.files[{str(file)!r}]"""
        for number in (2, 1):
            file.write_text(f"text {number}")
            os.utime(file, (number, number))
            assert server.client.probe(code) == f"text {number}"

    def test_names(self, server: Server) -> None:
        code = "from mod_python import cache\n[name for name in cache.__all__ if name.endswith('Cache')]"
        assert server.client.probe(code) == ["Cache", "FileCache", "FunctionCache", "ModuleCache", "WeakCache"]
        assert server.client.probe("from mod_python import python22\npython22.__all__") == []
