"""A panic of the module itself: 500 for its request, one line in the log, and the child lives on.

The module is built once more, with the feature `defects`: a hook of it panics when a request asks for that.
"""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from harness import Conf, Installation, Server
from harness.env import REPOSITORY


def build(installation: Installation) -> str:
    """The module with defects, staged beside its package."""
    cargo = shutil.which("cargo")
    if cargo is None:
        pytest.skip("no cargo to build the module with defects")
    target = os.environ.get("CARGO_TARGET_DIR") or str(REPOSITORY / "target/defects")
    version = "{}.{}".format(*installation.python_version)
    prefixes = installation.libpython.parents[1:4]
    python = next(path for prefix in prefixes if (path := prefix / f"bin/python{version}").exists())
    environment = os.environ | {"PYO3_PYTHON": str(python), "CARGO_TARGET_DIR": target}
    command = [cargo, "build", "--locked", "--quiet", "--lib", "--features", "defects"]
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True, timeout=900)
    staged = installation.stage / "defects"
    if not staged.exists():
        shutil.copytree(installation.module.parent, staged)
    return str(shutil.copy(f"{target}/debug/libmod_python.so", staged / "mod_python.so"))


@pytest.mark.timeout(1000)
class TestPanic:
    """Requests that strike a defect, among others that do not."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The module with defects in place of the other."""
        module = build(conf.installation)
        conf.plain().add(f'LoadModule python_module "{module}"')
        if home := conf.installation.python_home:
            conf.add(f'PythonHome "{home}"')
        conf.app("probe").handler("probe", "probe")

    def test_it_is_500_and_one_line(self, server: Server) -> None:
        before = server.children()
        assert server.client.probe("1 + 1") == 2
        server.log.expect(r'MPY0001: asked to by "once" at src/hooks/defects.rs:\d+')
        mark = server.log.mark()
        assert server.client.get("/probe?1", headers={"X-Defect": "once"}).status_code == 500
        assert len(server.log.find("MPY0001", mark)) == 1
        assert server.client.probe("2 + 2") == 4
        assert server.children() == before

    def test_many_of_them(self, server: Server) -> None:
        server.log.expect("MPY0001: asked to by")
        before = server.children()
        struck = server.client.several(["/probe?1"] * 50, headers={"X-Defect": "many"})
        assert {answer.status_code for answer in struck} == {500}
        assert {answer.status_code for answer in server.client.several(["/probe?1"] * 50)} == {200}
        assert server.children() == before
