"""The commands of mod_python 3.5: create, genconfig, start, stop, restart, version.

`start` and its kin replace this process by httpd, whose exit status is theirs.
"""

from __future__ import annotations

import argparse
import os
import platform
import runpy
import sys
from collections.abc import Callable

from mod_python._command.application import ApplicationError
from mod_python._installation import NotInstalled, find_httpd, find_module
from mod_python.httpdconf import write_basic_config
from mod_python.version import version as our_version


def add_create(parser: argparse.ArgumentParser) -> None:
    """The options of `create`."""
    parser.add_argument("directory", metavar="DIRECTORY", help="the root of the new server")
    parser.add_argument("--listen", default="8888", help="address and port, or a port (default: %(default)s)")
    parser.add_argument("--pythonpath", default="", metavar="DIR:DIR", help="directories to add to sys.path")
    parser.add_argument("--pythonhandler", required=True, metavar="HANDLER", help="such as mod_python.publisher")
    parser.add_argument("--pythonoption", action="append", default=[], metavar='"NAME VALUE"', help="repeatable")


def create(arguments: argparse.Namespace) -> int:
    """Write the skeleton of a server, and say what to do next."""
    root = os.path.abspath(arguments.directory)
    script = write_basic_config(
        root,
        listen=arguments.listen,
        pythonhandler=arguments.pythonhandler,
        pythonpath=[os.path.abspath(entry) for entry in arguments.pythonpath.split(":") if entry],
        pythonoptions=arguments.pythonoption,
    )
    if script is None:
        return 1
    conf = os.path.join(os.path.dirname(script), "httpd.conf")
    print(f"Next:\n  mod_python genconfig {script} > {conf}\n  mod_python start {conf}")
    return 0


def add_genconfig(parser: argparse.ArgumentParser) -> None:
    """The argument of `genconfig`."""
    parser.add_argument("script", metavar="SCRIPT", help="what `mod_python create` wrote")


def genconfig(arguments: argparse.Namespace) -> int:
    """Execute a configuration script, which prints the configuration."""
    if not os.path.isfile(arguments.script):
        raise ApplicationError(f"there is no {arguments.script}")
    runpy.run_path(arguments.script, run_name="__main__")
    return 0


def add_control(parser: argparse.ArgumentParser) -> None:
    """The argument of `start`, `stop` and `restart`."""
    parser.add_argument("conf", metavar="HTTPD_CONF", help="the configuration of the server")


def control(signal: str) -> Callable[[argparse.Namespace], int]:
    """The command that says `httpd -k SIGNAL`. httpd would look for a relative file below its own root; we do not."""

    def run(arguments: argparse.Namespace) -> int:
        program = str(find_httpd().program)
        os.execv(program, [program, "-f", os.path.abspath(arguments.conf), "-k", signal])

    return run


def add_nothing(parser: argparse.ArgumentParser) -> None:
    """`version` takes no argument."""


def version(arguments: argparse.Namespace) -> int:
    """Print the versions of all that takes part, and where it is."""
    httpd = find_httpd()
    rows = (
        ("mod_python:", our_version),
        ("", f"'{_module()}'"),
        ("python:", sys.version.replace("\n", " ")),
        ("", f"'{sys.executable}'"),
        ("httpd:", httpd.version),
        ("", f"'{httpd.program}'"),
        ("apr:", httpd.apr_version),
        ("platform:", platform.platform()),
    )
    for name, value in rows:
        print(f"{name:<12}{value}")
    return 0


def _module() -> str:
    try:
        return str(find_module())
    except NotInstalled:
        return "no mod_python.so"
