"""Modules: executed again when they, or what they import, change; named by path; reported with their own errors."""

from __future__ import annotations

import time
from pathlib import Path

from harness import Conf, Server, wait


def rewrite(directory: Path, name: str, source: str) -> None:
    """Write a module, replacing it as a whole as editors do."""
    new = directory / f".{name}.new"
    new.write_text(source)
    new.rename(directory / name)


class TestReload:
    """PythonAutoReload."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The app, once with reloading and once without."""
        app = conf.app("importing")
        app.handler("load", "rewritten").handler("kept", "rewritten", "PythonAutoReload Off")
        app.handler("carrying", "rewritten::carrying", "PythonDebug On")

    def test_import_module_executes_a_changed_file_again(self, server: Server) -> None:
        directory = server.root / "apps/importing"
        rewrite(directory, "numbered.py", "VERSION = 1\n")
        assert server.client.get("/load?numbered").text == "1 True"
        rewrite(directory, "numbered.py", "VERSION = 22\n")
        wait.until(lambda: server.client.get("/load?numbered").text == "22 True", "the second version")
        rewrite(directory, "numbered.py", "VERSION = 333\n")
        time.sleep(1.2)
        assert server.client.get("/kept?numbered").text == "22 True"
        assert server.client.get("/load?numbered").text == "333 True"

    def test_a_carried_error_is_the_one_reported(self, server: Server) -> None:
        server.log.expect("PythonHandler rewritten::carrying")
        answer = server.client.get("/carrying")
        assert answer.status_code == 500
        assert "LookupError: the first error" in answer.text
        assert "PROG_TRACEBACK" not in answer.text.partition("the first error")[0]
