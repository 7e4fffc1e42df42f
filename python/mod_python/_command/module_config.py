"""`mod_python module-config [APP]`: prints the lines for an existing httpd.

Looks at the application's source and prints; nothing else.
"""

from __future__ import annotations

import argparse

from mod_python import _conf_parts as parts
from mod_python._command import sections
from mod_python._command.application import Application, find
from mod_python._command.serve import add_application
from mod_python._installation import find_module
from mod_python.httpdconf import Container, PythonInterpreterOptions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `module-config`."""
    add_application(parser, nargs="?")
    parser.add_argument(
        "--name", default="app", help="the name of the application's interpreters (default: %(default)s)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the lines that load mod_python, and those of the application."""
    lines = parts.load_python(find_module())
    if arguments.app is not None:
        lines.append(_application(find(arguments.app, arguments.type), arguments.name))
    print(lines, end="")
    return 0


def _application(application: Application, name: str) -> Container:
    path = parts.quoted(f"python-path={application.home}")
    return Container(PythonInterpreterOptions(f"{name} {path}"), sections.of(application, name))
