"""The commands of 3.5, `module-config` and `doctor`: as an ordinary user starts them."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from harness import Installation, Server, wait
from harness.command import Command
from harness.conf import free_port

HANDLER = "def handler(req):\n    req.write(req.get_options().get('colour', 'hello'))\n    return 0\n"


@pytest.fixture
def command(installation: Installation) -> Command:
    """The command in a folder with one handler."""
    folder = installation.new_root("command")
    (folder / "hello.py").write_text(HANDLER)
    return Command(installation, folder)


class TestSkeleton:
    """create, genconfig, start, restart, stop."""

    def test_a_server_from_nothing(self, command: Command) -> None:
        port = free_port()
        listen = ("--listen", f"127.0.0.1:{port}")
        created = command(
            "create", "root", *listen, "--pythonhandler", "hello", "--pythonpath", ".", "--pythonoption", "colour red"
        )
        assert created.returncode == 0, created.stderr
        conf = command.folder / "root" / "conf" / "httpd.conf"
        assert f"mod_python genconfig {conf.parent}/httpd_conf.py > {conf}" in created.stdout
        conf.write_text(command("genconfig", "root/conf/httpd_conf.py").stdout)
        assert command("start", "root/conf/httpd.conf").returncode == 0
        try:
            assert self.ask(port) == "red"
            conf.write_text(conf.read_text().replace("colour red", "colour blue"))
            assert command("restart", "root/conf/httpd.conf").returncode == 0
            wait.until(lambda: self.ask(port) == "blue", "the restart")
        finally:
            assert command("stop", "root/conf/httpd.conf").returncode == 0
            wait.until(lambda: not (conf.parents[1] / "logs" / "httpd.pid").exists(), "the end")

    @staticmethod
    def ask(port: int) -> str:
        """GET /, once it answers."""
        deadline = time.monotonic() + wait.PATIENCE
        while True:
            try:
                return httpx.get(f"http://127.0.0.1:{port}/", timeout=wait.PATIENCE, trust_env=False).text
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def test_a_second_create_changes_nothing(self, command: Command) -> None:
        assert command("create", "root", "--pythonhandler", "hello").returncode == 0
        again = command("create", "root", "--pythonhandler", "other")
        assert again.returncode == 1 and "exists already" in again.stderr

    def test_httpds_status_is_ours(self, command: Command) -> None:
        done = command("start", "nothing.conf")
        assert done.returncode != 0 and str(command.folder / "nothing.conf") in done.stderr


class TestVersion:
    """version."""

    def test_it_names_all_parts(self, command: Command, installation: Installation) -> None:
        printed = command("version").stdout
        for pattern in (
            r"^mod_python: +\d+\.\d+",
            rf"^ +'{re.escape(str(installation.module))}'$",
            r"^python: +{}\.{}\.".format(*installation.python_version),
            r"^httpd: +2\.4\.\d+$",
            rf"^ +'{re.escape(str(installation.httpd))}'$",
            r"^apr: +1\.\d+\.\d+$",
        ):
            assert re.search(pattern, printed, re.MULTILINE), f"{pattern} in {printed}"


class TestModuleConfig:
    """module-config: its lines work in an httpd that is there already."""

    def test_its_lines(self, idle: Server, installation: Installation) -> None:
        folder = idle.conf.root / "apps"
        folder.mkdir()
        (folder / "hello.py").write_text(HANDLER)
        printed = Command(installation, folder)("module-config", "hello.py", "--name", "shop").stdout
        idle.conf.plain().add(*printed.splitlines())
        with idle as server:
            assert server.client.get("/").text == "hello"
        server.check_log()


class TestDoctor:
    """doctor, through the command line; what it finds is shown in tests/python/test_doctor.py."""

    def test_a_verdict(self, command: Command) -> None:
        done = command("doctor", "hello.py")
        assert done.returncode == 0, done.stderr
        assert "hello.py runs under a GIL of its own" in done.stdout
