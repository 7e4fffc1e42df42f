"""Kinds of interpreters: own GIL, shared GIL, main, and what `auto` does when an extension module refuses.

The extension module is numpy's wheel: it refuses an own GIL, and a second interpreter of the process.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness import Conf, Installation, Server
from harness.client import Raw
from harness.conf import free_port

KINDS = ("own", "shared", "main", "auto")


@pytest.fixture(scope="session")
def wheels(installation: Installation) -> Path:
    """A virtual environment with numpy; where it cannot be had, its tests are skipped."""
    home = installation.virtualenv("wheels")
    pip: list[str | Path] = [
        home / "bin/python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary=:all:",
        "numpy",
    ]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"numpy cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
    return home


class TestKinds:
    """The four kinds side by side."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A name per kind."""
        app = conf.app("names")
        for kind in KINDS:
            conf.add(f"PythonInterpreterOptions {kind} gil={kind}")
            app.handler(kind, "names", f"PythonInterpreter {kind}")

    @pytest.mark.parametrize("kind", KINDS)
    def test_it_serves_in_an_interpreter_of_its_kind(self, server: Server, kind: str) -> None:
        facts = server.client.get(f"/{kind}").json()
        assert facts["interpreter"] == kind
        assert (facts["identity"] == 0) == (kind == "main")


class WithWheels:
    """The app, its packages from the virtual environment."""

    LINES: tuple[str, ...] = ()

    @pytest.fixture(autouse=True, scope="class")
    @staticmethod
    def needs(wheels: Path) -> None:
        """The wheels, before the configuration is written."""

    @classmethod
    def configure(cls, conf: Conf) -> None:
        """Names a, b and c over the same app, and one that needs nothing."""
        home = conf.installation.stage / "wheels"
        conf.add(f'PythonInterpreterOptions * "virtualenv={home}"', *cls.LINES)
        app = conf.app("wheels")
        for name in ("a", "b", "c"):
            app.handler(name, "single", f"PythonInterpreter {name}")
        app.handler("many", "many", "PythonInterpreter a")
        conf.install("names")
        block = conf.block("Directory", f'"{conf.root}/apps/names"', "Require all granted")
        block.block("Files", "facts", "SetHandler mod_python", "PythonHandler names", "PythonInterpreter plain")
        conf.add(f'Alias "/names" "{conf.root}/apps/names"')


class TestAuto(WithWheels):
    """Without a word: own GIL, then main, said once."""

    def test_it_falls_back_and_says_so_once(self, server: Server) -> None:
        server.log.expect("numpy.*PythonInterpreterOptions a gil=main|PythonInterpreterOptions a gil=main.*numpy")
        server.log.allow("PythonHandler single")
        answers = [server.client.get("/a") for _ in range(4)]
        assert [answer.status_code for answer in answers[-3:]] == [200, 200, 200]
        assert answers[-1].text.split()[:3] == ["45", "a", "0"]
        assert len(server.log.find("PythonInterpreterOptions a gil=main")) == 1

    def test_a_second_name_is_told_what_to_do(self, server: Server) -> None:
        server.log.expect("PythonInterpreterOptions b")
        server.log.allow("PythonHandler single", "numpy")
        assert server.client.get("/b").status_code == 500

    def test_others_are_unharmed(self, server: Server) -> None:
        facts = server.client.get("/names/facts").json()
        assert facts["interpreter"] == "plain"
        assert facts["identity"] != 0


class TestAutoInFilter(WithWheels):
    """The first import comes from a filter, while the handler of the request is at work in the same name."""

    @classmethod
    def configure(cls, conf: Conf) -> None:
        """A handler that needs nothing, behind the filter."""
        super().configure(conf)
        block = conf.block("Directory", f'"{conf.root}/apps/wheels"', "PythonOutputFilter single SINGLE")
        block.block("Files", "filtered", "SetHandler mod_python", "PythonHandler plain", "PythonInterpreter a").add(
            "SetOutputFilter SINGLE"
        )

    def test_it_falls_back_and_the_data_come_through(self, server: Server) -> None:
        server.log.expect("numpy.*PythonInterpreterOptions a gil=main")
        for _ in range(3):
            answer = server.client.get("/filtered")
            assert (answer.status_code, answer.text) == (200, "45 a 0")
        assert len(server.log.find("PythonInterpreterOptions a gil=main")) == 1


class TestAutoInConnection(WithWheels):
    """The first import comes from a connection handler."""

    PORT = free_port()

    @classmethod
    def configure(cls, conf: Conf) -> None:
        """A port for it."""
        super().configure(conf)
        conf.prologue.append("AcceptFilter http none")
        conf.add(f"Listen 127.0.0.1:{cls.PORT}")
        conf.vhost(
            "connected.test",
            f"PythonPath \"sys.path + ['{conf.root}/apps/wheels']\"",
            "PythonInterpreter a",
            "PythonConnectionHandler single",
            address=f"127.0.0.1:{cls.PORT}",
        )

    def test_it_falls_back(self, server: Server) -> None:
        server.log.expect("numpy.*PythonInterpreterOptions a gil=main")
        for _ in range(3):
            with Raw(self.PORT) as raw:
                assert raw.until_closed() == b"45 a 0"
        assert len(server.log.find("PythonInterpreterOptions a gil=main")) == 1


class TestOwn(WithWheels):
    """With an own GIL on purpose there is no way back: an error that names module and directive."""

    LINES = ("PythonInterpreterOptions a gil=own",)

    def test_the_error_helps(self, server: Server) -> None:
        server.log.expect(r"MPY\d+.*numpy.*PythonInterpreterOptions a gil=|MPY\d+.*PythonInterpreterOptions a gil=.*numpy")
        server.log.allow("PythonHandler single")
        assert server.client.get("/a").status_code == 500


class TestShared(WithWheels):
    """Under the shared GIL the first interpreter may have it; the second one is told."""

    LINES = ("PythonInterpreterOptions a gil=shared", "PythonInterpreterOptions b gil=shared")

    def test_the_first(self, server: Server) -> None:
        server.log.allow("NumPy|import numpy|Improvements")
        interpreter = server.client.get("/a").text.split()
        assert interpreter[:2] == ["45", "a"]
        assert interpreter[2] != "0"

    def test_the_second(self, server: Server) -> None:
        server.log.expect("numpy")
        server.log.allow("PythonHandler single", "PythonInterpreterOptions b")
        assert server.client.get("/b").status_code == 500


class TestMain(WithWheels):
    """Two names that share the main interpreter on purpose."""

    LINES = ("PythonInterpreterOptions a gil=main", "PythonInterpreterOptions b gil=main")

    def test_both(self, server: Server) -> None:
        for name in ("a", "b", "a"):
            assert server.client.get(f"/{name}").text.split()[:3] == ["45", name, "0"]

    def test_the_virtual_environment(self, server: Server) -> None:
        assert server.client.get("/a").text.split()[3] == str(server.conf.installation.stage / "wheels")
