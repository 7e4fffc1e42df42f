"""Surroundings that cannot be used: a clear line, 500 for the requests of that name, and a second chance."""

from __future__ import annotations

import os

import pytest

from harness import Conf, Server


class TestForeignVirtualenv:
    """A virtual environment that another Python made."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Two names with it, one without."""
        home = conf.root / "foreign"
        (home / "lib/python3.9/site-packages").mkdir(parents=True)
        (home / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.9.2\n")
        app = conf.app("environment").handler("fine", "environment", "PythonInterpreter fine")
        for name in ("foreign", "hopeless"):
            conf.add(f'PythonInterpreterOptions {name} "virtualenv={home}"')
            app.handler(name, "environment", f"PythonInterpreter {name}")

    def test_it_is_said_and_others_are_unharmed(self, server: Server) -> None:
        server.log.expect(r"MPY\d+.*was made for Python 3\.9")
        assert [server.client.get("/foreign").status_code for _ in range(2)] == [500, 500]
        assert server.client.get("/fine").status_code == 200

    def test_a_name_that_stays_broken_is_tried_less_and_less(self, server: Server) -> None:
        server.log.expect(r"MPY0104: \[hopeless\]", r"MPY0404: \[hopeless\]")
        mark = server.log.mark()
        answers = server.client.several(["/hopeless"] * 40)
        assert {answer.status_code for answer in answers} == {500}
        assert 1 <= len(server.log.find(r"MPY0104: \[hopeless\]", mark)) < 10
        assert len(server.log.find(r"MPY0404: \[hopeless\].*Python 3\.9", mark)) == 40

    def test_the_next_request_tries_anew(self, server: Server) -> None:
        server.log.allow("was made for Python 3")
        assert server.client.get("/foreign").status_code == 500
        version = "{}.{}".format(*server.conf.installation.python_version)
        home = server.root / "foreign"
        (home / f"lib/python{version}/site-packages").mkdir(parents=True)
        (home / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}.0\n")
        assert server.client.get("/foreign").status_code == 200


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what its children cannot read")
class TestUnreadable:
    """Files and directories that the children's user may not read."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A module, and a directory of `python-path=`."""
        app = conf.app("environment").handler("private", "private").handler("closed", "closed", "PythonInterpreter closed")
        (conf.root / "apps/environment/private.py").touch(mode=0o600)
        closed = conf.root / "closed"
        closed.mkdir(mode=0o700)
        (closed / "closed.py").touch()
        app.handler("fine", "environment", "PythonInterpreter fine")
        conf.add(f'PythonInterpreterOptions closed "python-path={closed}"')

    def test_a_module(self, server: Server) -> None:
        server.log.expect("Permission denied.*private.py")
        assert server.client.get("/private").status_code == 500

    def test_a_directory(self, server: Server) -> None:
        server.log.expect(f"{server.root}/closed")
        assert server.client.get("/closed").status_code == 500

    def test_others_are_unharmed(self, server: Server) -> None:
        assert server.client.get("/fine").status_code == 200


class TestSmallStack:
    """Threads whose stack is too small for Python: a warning that names the directive."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Half a megabyte."""
        conf.add("ThreadStackSize 524288")
        conf.app("errors").handler("fine", "errors::fine")

    def test_it_is_said(self, server: Server) -> None:
        if server.conf.installation.python_version < (3, 14):
            server.log.expect(r"MPY\d+.*ThreadStackSize")
        assert server.client.get("/fine").status_code == 200
