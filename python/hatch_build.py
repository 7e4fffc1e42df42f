"""The step of `pip install .` that builds mod_python.so: hatchling calls it, script/build does the work.

Runs in pip's build process, with the Python that pip installs for. It installs no packages of the distribution: what is
missing, script/build names.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ModuleBuild(BuildHookInterface):
    """Builds the module and puts it beside the package's Python files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the wheel is packed. A wheel belongs to one minor version of Python and one machine."""
        if version == "editable":
            raise RuntimeError("no editable installation: httpd reads the package beside its module; use script/build")
        out = Path(self.root, "build", "wheel")
        _build(Path(self.root), out)
        build_data["force_include"][str(out / "mod_python" / "mod_python.so")] = "mod_python/mod_python.so"
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def _build(top: Path, out: Path) -> None:
    """script/build, for the Python itself and not for pip's or a virtual environment's door to it."""
    python = getattr(sys, "_base_executable", None) or sys.executable
    command = [top / "script" / "build", "--python", python, "--out", out]
    subprocess.run(command, check=True, env={**os.environ, "MOD_PYTHON_INSTALL": "no"})
