"""`wsgiref.validate` and `paste.lint` around the test applications: neither finds fault with the server.

What they have to say is an AssertionError, so a 500, or a line in the error log; both fail the test.
"""

from __future__ import annotations

import shutil
from importlib.metadata import distribution

import pytest

from harness import Conf, Server
from test_500_wsgi import mount


@pytest.mark.parametrize("path", ["/standard", "/paste", "/handler/standard"])
class TestValidators:
    """Every well-behaved application, between each of the checkers."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Mounts for each checker; a handler for one; Paste's is one file, which httpd's children can read as a copy."""
        mount(conf, "/plain")
        lint = distribution("Paste").locate_file("paste/lint.py")
        shutil.copy(str(lint), conf.root / "apps/wsgi/paste_lint.py")
        conf.add("PythonWSGIAlias /standard validated:standard", "PythonWSGIAlias /paste validated:paste")
        block = conf.block("Location", "/handler/standard", "SetHandler mod_python", "PythonHandler mod_python.wsgi")
        block.add("PythonOption mod_python.wsgi.application validated::standard")

    @pytest.mark.parametrize(
        ("name", "body"),
        {
            "hello": b"hello world\n",
            "many": b"abc",
            "big": b"a" * 20_000 + b"b" + b"c" * 100_000,
            "late": b"late",
            "nothing": b"",
            "written": b"abc",
            "closing": b"ab",
            "measured?9": b"abcdefghi",
            "measured-list?6": b"abcdef",
            "cookies": b"",
            "file-unreal": b"unreal",
        }.items(),
    )
    def test_replies(self, server: Server, path: str, name: str, body: bytes) -> None:
        answer = server.client.get(f"{path}/{name}")
        assert (answer.status_code // 100, answer.content) == (2, body)

    def test_a_file(self, server: Server, path: str) -> None:
        assert server.client.get(f"{path}/file").content == (server.conf.root / "apps/wsgi/page.txt").read_bytes()

    @pytest.mark.parametrize("ways", ["rrrr", "lll", "sssr", "n"])
    def test_input(self, server: Server, path: str, ways: str) -> None:
        wanted = server.client.post(f"/plain/pieces?{ways}", content=b"ab\ncde\nfg").text
        assert server.client.post(f"{path}/pieces?{ways}", content=b"ab\ncde\nfg").text == wanted

    def test_the_other_methods(self, server: Server, path: str) -> None:
        for method in ("HEAD", "PUT", "DELETE", "OPTIONS"):
            assert server.client.request(method, f"{path}/hello").status_code == 200

    def test_errors_stream(self, server: Server, path: str) -> None:
        server.log.expect("a line of wsgi.errors", "and another")
        assert server.client.get(f"{path}/errors").text == "ok"
