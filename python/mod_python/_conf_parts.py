"""The lines that every configuration of ours begins with: httpd's modules, the MPM, mod_python itself.

Outside httpd only. Here names of files become arguments: the only place that quotes.
"""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterable
from pathlib import Path

from mod_python._installation import Httpd, NotInstalled, virtualenv
from mod_python.httpdconf import Container, Group, LoadModule, PythonHome, PythonInterpreterOptions, User

MPMS = ("event", "worker", "prefork")
# Ordinary users that a system is likely to have for httpd, the best first.
_USERS = ("www-data", "apache", "http", "httpd", "daemon", "nobody")


class Unquotable(ValueError):
    """A name that httpd's configuration cannot hold."""


def quoted(text: str | Path) -> str:
    """A file's name as one argument. Raises Unquotable for the characters that httpd has no way to write."""
    name = str(text)
    if any(sign in name for sign in ('"', "\\", "\n", "${")):
        raise Unquotable(f"httpd's configuration cannot name {name!r}; rename it")
    return f'"{name}"'


def load(httpd: Httpd, names: Iterable[str]) -> Container:
    """LoadModule lines for the modules that are shared here; what is built in, or not there, has no line."""
    files = ((name, httpd.shared(name)) for name in names)
    return Container(*(LoadModule(f"{name}_module {quoted(file)}") for name, file in files if file is not None))


def mpm(httpd: Httpd, wanted: str | None = None) -> str:
    """The MPM to run: the one built in, the one wanted, or the best there is. Raises NotInstalled."""
    fixed = next((name for name in MPMS if name in httpd.built_in), None)
    found = fixed or next((name for name in ([wanted] if wanted else MPMS) if httpd.has(f"mpm_{name}")), None)
    if found is None or wanted not in (None, found):
        raise NotInstalled(f"{httpd.program} has no MPM {wanted or ' or '.join(MPMS)}")
    return found


def load_mpm(httpd: Httpd, wanted: str | None = None) -> Container:
    """The line that loads the MPM, where it is not built in."""
    return load(httpd, [f"mpm_{mpm(httpd, wanted)}"])


def load_python(module: Path, python_home: str = sys.base_prefix) -> Container:
    """The lines that load mod_python with this Python, and with its virtual environment for every name."""
    made = Container(LoadModule(f"python_module {quoted(module)}"), PythonHome(quoted(python_home)))
    if (environment := virtualenv()) is not None:
        made.append(PythonInterpreterOptions(f"* {quoted(f'virtualenv={environment}')}"))
    return made


def ordinary_user() -> str | None:
    """The user that children of a root httpd drop to; None when we are not root. Raises NotInstalled."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in (os.environ.get("MOD_PYTHON_USER"), *_USERS):
        if name in known:
            return name
    raise NotInstalled("httpd started by root needs an ordinary user for its children: --user NAME")


def children_of(user: str | None) -> Container:
    """User and Group of the children; nothing when httpd does not start as root."""
    if user is None:
        return Container()
    return Container(User(user), Group(f"#{pwd.getpwnam(user).pw_gid}"))
