"""Modules: executed again when they, or what they import, change; named by path; reported with their own errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import MPMS, Conf, Server, wait


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
        app.handler("load", "rewritten").handler("kept", "rewritten", "PythonAutoReload Off", "PythonInterpreter kept")
        app.handler("carrying", "rewritten::carrying", "PythonDebug On").handler("watching", "watching")

    def test_import_module_executes_a_changed_file_again(self, server: Server) -> None:
        directory = server.root / "apps/importing"
        rewrite(directory, "numbered.py", "VERSION = 1\n")
        assert server.client.get("/load?numbered").text == "1 True"
        assert server.client.get("/kept?numbered").text == "1 True"
        rewrite(directory, "numbered.py", "VERSION = 22\n")
        wait.until(lambda: server.client.get("/load?numbered").text == "22 True", "the second version")
        # It was loaded before, so it had its chance to look at the file, too.
        assert server.client.get("/kept?numbered").text == "1 True"

    def test_a_handler_sees_the_change_of_what_it_imports(self, server: Server) -> None:
        assert server.client.get("/watching").text == "first"
        rewrite(server.root / "apps/importing", "watched.py", "TEXT = 'second one'\n")
        wait.until(lambda: server.client.get("/watching").text == "second one", "the changed neighbour")

    def test_an_error_in_what_it_imports_passes(self, server: Server) -> None:
        directory = server.root / "apps/importing"
        rewrite(directory, "watched.py", "TEXT = 1 / 0\n")
        server.log.expect("ZeroDivisionError")
        wait.until(lambda: server.client.get("/watching").status_code == 500, "the error")
        rewrite(directory, "watched.py", "TEXT = 'mended again'\n")
        wait.until(lambda: server.client.get("/watching").text == "mended again", "the mended neighbour")
        server.log.allow("PythonHandler watching")

    def test_a_carried_error_is_the_one_reported(self, server: Server) -> None:
        server.log.expect("PythonHandler rewritten::carrying")
        answer = server.client.get("/carrying")
        assert answer.status_code == 500
        assert "LookupError: the first error" in answer.text
        assert "PROG_TRACEBACK" not in answer.text.partition("the first error")[0]


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestPlaces:
    """Modules named by path, and `mod_python.importer.path`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The app; its subdirectories are not on `sys.path`."""
        app = conf.app("importing", "PythonOption mod_python.importer.path \"['~/lib']\"")
        directory = conf.root / "apps/importing"
        app.handler("absolute", f"{directory}/deep/placed.py").handler("relative", "./deep/placed")
        app.handler("root", "~/deep/placed.py::handler").handler("plain", "./deep/placed::plain")
        app.handler("elsewhere", "elsewhere").handler("missing", "./none")

    def test_paths(self, server: Server) -> None:
        for name in ("absolute", "relative", "root"):
            assert server.client.get(f"/{name}").text == "deep True True"

    def test_a_plain_name_is_looked_for_beside_who_asks(self, server: Server) -> None:
        assert server.client.get("/plain").text == "deep"

    def test_importer_path(self, server: Server) -> None:
        assert server.client.get("/elsewhere").text == "lib"

    def test_a_path_that_leads_nowhere(self, server: Server) -> None:
        server.log.expect("PythonHandler ./none")
        assert server.client.get("/missing").status_code == 500
        server.log.wait_for("No module named 'none' in ")
