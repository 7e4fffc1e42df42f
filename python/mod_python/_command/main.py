"""The table of commands, and the way into them: the console script `mod_python`, and `python -m mod_python`.

Exit status: 0, or the command's own; 1 for an error that the user can mend, told in words; 2 for a wrong command line.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from mod_python._command import classic, doctor, module_config, serve
from mod_python._command.application import ApplicationError
from mod_python._command.foreground import NotStarted
from mod_python._conf_parts import Unquotable
from mod_python._installation import NotInstalled


class Command(NamedTuple):
    """A command: what it does in a line, its arguments, and the function that does it."""

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


COMMANDS = {
    "serve": Command("serve an application on an httpd of its own, in the foreground", serve.add_arguments, serve.run),
    "doctor": Command("see whether an application runs under a GIL of its own", doctor.add_arguments, doctor.run),
    "module-config": Command("print the lines for an existing httpd", module_config.add_arguments, module_config.run),
    "create": Command("write the skeleton of a server", classic.add_create, classic.create),
    "genconfig": Command("print the configuration that a script makes", classic.add_genconfig, classic.genconfig),
    "start": Command("start httpd with a configuration", classic.add_control, classic.control("start")),
    "stop": Command("end that httpd gracefully", classic.add_control, classic.control("graceful-stop")),
    "restart": Command("restart that httpd gracefully", classic.add_control, classic.control("graceful")),
    "version": Command("print versions and places", classic.add_nothing, classic.version),
}


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    arguments = _parser().parse_args(words)
    try:
        return COMMANDS[arguments.command].run(arguments)
    except (ApplicationError, NotInstalled, NotStarted, Unquotable) as error:
        print(f"mod_python {arguments.command}: {error}", file=sys.stderr)
        return getattr(error, "status", 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mod_python", description="Python inside the Apache HTTP Server.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        command.add_arguments(commands.add_parser(name, help=command.help, description=f"{command.help}.".capitalize()))
    return parser
