"""How a handler is written in the configuration, and what it leads to."""

from __future__ import annotations

import pytest

from harness import Conf, Server

FORMS = {
    "module": ("plain", "handler\n"),
    "function": ("plain::other", "other\n"),
    "method": ("plain::Page.show", "made shown\n"),
    "dotted": ("pkg.mod", "pkg.mod\n"),
    "dotted-function": ("pkg.mod::handler", "pkg.mod\n"),
    "two": ("plain plain::other", "handler\nother\n"),
    "three": ("plain::other pkg.mod plain::other", "other\npkg.mod\nother\n"),
}

MISSING = {
    "no-module": ("nowhere", "No module named 'nowhere'"),
    "no-submodule": ("pkg.nowhere", "No module named 'pkg.nowhere'"),
    "no-function": ("plain::absent", "contains no 'absent'"),
    "no-method": ("plain::Quiet.absent", "contains no 'absent'"),
    "no-callable": ("plain::number", "number"),
}


class TestForms:
    """The forms of a handler word, each on a path of its own."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A path per form."""
        app = conf.app("handlers")
        for name, (words, _) in {**FORMS, **MISSING}.items():
            app.handler(name, words)
        app.handler("instance", "plain::site.index")
        app.block("Files", "again", "SetHandler mod_python", "PythonHandler plain", "PythonHandler plain::other")
        app.block("Files", "old", "SetHandler python-program", "PythonHandler plain")
        app.block("Files", "elsewhere", "PythonHandler plain")

    @pytest.mark.parametrize("name", FORMS)
    def test_form(self, server: Server, name: str) -> None:
        response = server.client.get(f"/{name}")
        assert (response.status_code, response.text) == (200, FORMS[name][1])

    @pytest.mark.parametrize("name", MISSING)
    def test_missing_is_500_and_said(self, server: Server, name: str) -> None:
        server.log.expect(MISSING[name][1])
        assert server.client.get(f"/{name}").status_code == 500

    def test_an_instance_lives_as_long_as_its_module(self, server: Server) -> None:
        assert [server.client.get("/instance").text for _ in range(2)] == ["index 1\n", "index 2\n"]

    def test_further_lines_append(self, server: Server) -> None:
        assert server.client.get("/again").text == "handler\nother\n"

    def test_the_old_handler_name(self, server: Server) -> None:
        assert server.client.get("/old").text == "handler\n"

    def test_without_sethandler_httpd_serves_files(self, server: Server) -> None:
        assert server.client.get("/elsewhere").status_code == 404


class TestExtensions:
    """`| .ext`: a list of its own for some files."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Two extensions beside the plain list; and a place where nothing else is configured."""
        conf.app("handlers", "SetHandler mod_python", "PythonHandler kinds::text | .txt .log", "PythonHandler kinds::anything")

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("/a.txt", "text\n"),
            ("/a.log", "text\n"),
            ("/a.TXT", "anything\n"),
            ("/a.b.txt", "anything\n"),
            ("/a", "anything\n"),
            ("/a.css", "anything\n"),
        ],
    )
    def test_the_list_of_the_extension_replaces_the_plain_one(self, server: Server, path: str, text: str) -> None:
        assert server.client.get(path).text == text


class TestOnlyExtensions:
    """Extensions, and no plain list beside them."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """One extension."""
        conf.app("handlers", "SetHandler mod_python", "PythonHandler kinds::text | .txt")

    def test_httpd_serves_the_rest(self, server: Server) -> None:
        assert server.client.get("/a.txt").text == "text\n"
        assert server.client.get("/a.css").status_code == 404


class TestDirectories:
    """The directory of a handler comes first on `sys.path`; an equal name elsewhere is another module."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Two directories with a module `page` each, in one interpreter."""
        conf.add("PythonInterpreter shared")
        for name in ("left", "right"):
            directory = conf.root / name
            directory.mkdir()
            source = f"def handler(req):\n    req.write('{name}')\n    return 0\n"
            (directory / "page.py").write_text(source)
            conf.add(f'Alias "/{name}" "{directory}"')
            conf.block("Directory", directory, "Require all granted", "SetHandler mod_python", "PythonHandler page")

    def test_each_directory_has_its_own(self, server: Server) -> None:
        for _ in range(2):
            assert [server.client.get(f"/{name}/x").text for name in ("left", "right")] == ["left", "right"]
