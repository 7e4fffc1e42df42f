"""Runs a script in an interpreter as the module makes them: with its own GIL, or the main one.

Each script gets a Python process of its own, so what it does to `os` and `sys` stays there. It is left without
finalisation, as the module leaves httpd's child. What the script prints, and what reaches the error log as
`LOG <level> <text>`, are the lines of the result.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "python"

_PRELUDE = f"""
import sys
sys.path.insert(0, {str(PACKAGE)!r})
from mod_python import _environment, _standalone
real = sys.stdout
def show(*words): print(*words, file=real, flush=True)
_standalone.log_line = lambda level, text: show("LOG", level, text)
def prepare(environ={{}}, virtualenv=None, python_path=(), own_gil=OWN):
    _environment.prepare(own_gil, environ, virtualenv, list(python_path), 0.001)
"""

_RUNNER = """
import datetime, os, sys
script = sys.stdin.read()
if sys.argv[1] == "main":
    exec(script, {"__name__": "__main__"})
else:
    try:
        import _interpreters as interpreters
        made = interpreters.create("isolated")
        failure = interpreters.exec(made, script)
        text = failure and failure.errdisplay
    except ImportError:
        import _xxsubinterpreters as interpreters
        made = interpreters.create(isolated=True)  # ends when nothing refers to it
        text = interpreters.run_string(made, script)
    if text:
        sys.exit(text)
sys.stdout.flush()
os._exit(0)
"""


def run(script: str, interpreter: str = "own", environ: dict[str, str] | None = None) -> list[str]:
    """The lines that the script showed; an exception in it is an error of the test."""
    source = f"OWN = {interpreter == 'own'}\n{_PRELUDE}\n{textwrap.dedent(script)}"
    command = [sys.executable, "-I", "-X", "utf8", "-c", _RUNNER, interpreter]
    done = subprocess.run(command, input=source, capture_output=True, text=True, timeout=60, env=environ)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
