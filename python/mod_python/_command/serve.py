"""`mod_python serve APP`: one line starts an unprivileged httpd for an application, in the foreground.

Runs in the command's own process. It never touches the system's configuration: the server lives in a directory of its
own, removed at the end unless it was named.
"""

from __future__ import annotations

import argparse
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mod_python import _conf_parts as parts
from mod_python._command import foreground, server
from mod_python._command.application import KINDS, ApplicationError, find
from mod_python._command.server import Settings
from mod_python._installation import find_httpd, find_module

APP = "a module or .wsgi file, a directory of handlers, published modules or PSP pages, or module:callable of WSGI"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `serve`."""
    add_application(parser)
    network = parser.add_argument_group("where it listens")
    network.add_argument("--host", default="127.0.0.1", help="the address (default: %(default)s, this machine only)")
    network.add_argument("--port", type=int, default=8000, help="the port (default: %(default)s); 0 takes a free one")
    _add_processes(parser.add_argument_group("processes and interpreters"))
    _add_development(parser.add_argument_group("development and logs"))
    _add_surroundings(parser.add_argument_group("surroundings"))


def add_application(parser: argparse.ArgumentParser, nargs: str | None = None) -> None:
    """APP and --type, which several commands have."""
    parser.add_argument("app", metavar="APP", nargs=nargs, help=APP)
    kinds = "; ".join(f"{name}: {text}" for name, text in KINDS.items())
    parser.add_argument("--type", choices=KINDS, help=f"what APP is, when it is not what it looks like. {kinds}")


def _add_processes(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--processes", type=_positive, default=1, help="httpd's children (default: %(default)s)")
    group.add_argument("--threads", type=_positive, default=25, help="threads of each child (default: %(default)s)")
    group.add_argument(
        "--replicas",
        type=_replicas,
        default="1",
        metavar="N|cores",
        help="interpreters of the application in each child, each with its own GIL (default: %(default)s)",
    )
    group.add_argument(
        "--gil",
        choices=("auto", "own", "shared", "main"),
        default="auto",
        help="the kind of its interpreters (default: %(default)s)",
    )
    group.add_argument("--mpm", choices=parts.MPMS, help="the MPM (default: the best there is)")


def _add_development(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--reload", action="store_true", help="load changed modules anew at the next request")
    group.add_argument("--debug", action="store_true", help="show tracebacks in the browser")
    group.add_argument("--log-to-terminal", action="store_true", help="logs go to stderr and stdout, not into files")
    group.add_argument("--access-log", action="store_true", help="log every request")
    group.add_argument("--log-level", default="warn", metavar="LEVEL", help="httpd's LogLevel (default: %(default)s)")


def _add_surroundings(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--option", action="append", default=[], metavar='"NAME VALUE"', help="a PythonOption; repeatable"
    )
    group.add_argument(
        "--python-path", action="append", default=[], metavar="DIR", help="a further directory of modules; repeatable"
    )
    group.add_argument(
        "--include", action="append", default=[], metavar="FILE", help="further lines of configuration; repeatable"
    )
    group.add_argument(
        "--server-root",
        metavar="DIR",
        help="where the server's files go and stay (default: a temporary directory, removed at the end)",
    )
    group.add_argument(
        "--user", help="whom httpd's children run as, when root starts it (default: www-data or the like)"
    )
    group.add_argument(
        "--python-home",
        metavar="DIR",
        default=sys.base_prefix,
        help="the prefix of Python's library (default: %(default)s)",
    )
    group.add_argument(
        "--setup-only",
        action="store_true",
        help="write the server's files, print the path of its configuration, and end",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C; 0 then."""
    httpd = find_httpd()
    with _root(arguments.server_root, keep=arguments.setup_only) as root:
        settings = _settings(arguments, root)
        server.write(settings, httpd)
        _let_read(settings)
        foreground.check(settings, httpd)
        if arguments.setup_only:
            print(settings.conf)
            return 0
        foreground.run(settings, httpd, _ready(settings, arguments.app))
    return 0


def _settings(arguments: argparse.Namespace, root: Path) -> Settings:
    application = find(arguments.app, arguments.type)
    port = arguments.port or foreground.free_port(arguments.host)
    if not arguments.setup_only and not foreground.port_is_free(arguments.host, port):
        raise ApplicationError(f"{arguments.host}:{port} cannot be listened on; take another: --port {port + 1}")
    return Settings(
        application=application,
        root=root,
        host=arguments.host,
        port=port,
        mpm=arguments.mpm,
        processes=arguments.processes,
        threads=arguments.threads,
        replicas=arguments.replicas,
        gil=arguments.gil,
        reload=arguments.reload,
        debug=arguments.debug,
        terminal=arguments.log_to_terminal,
        access_log=arguments.access_log,
        log_level=arguments.log_level,
        user=arguments.user or parts.ordinary_user(),
        python_home=arguments.python_home,
        options=tuple(arguments.option),
        python_path=tuple(str(Path(folder).resolve()) for folder in arguments.python_path),
        include=tuple(arguments.include),
    )


def _ready(settings: Settings, app: str) -> str:
    return f"{app} is served at {settings.url}\nlog: {foreground.log_of(settings)}; Ctrl-C ends it"


@contextmanager
def _root(named: str | None, keep: bool) -> Iterator[Path]:
    """The directory of the server: the one that was named, or one for this run."""
    if named is not None or keep:
        root = Path(named or tempfile.mkdtemp(prefix="mod_python-")).resolve()
        root.mkdir(parents=True, exist_ok=True)
        yield root
        return
    with tempfile.TemporaryDirectory(prefix="mod_python-", ignore_cleanup_errors=True) as made:
        yield Path(made).resolve()


def _let_read(settings: Settings) -> None:
    """As root, see that the children's user can read what they need. Raises ApplicationError."""
    if settings.user is None:
        return
    settings.root.chmod(0o755)
    library = Path(settings.python_home, "lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "os.py")
    for path in (settings.root, settings.application.home, find_module(), library):
        if not _readable(path, settings.user):
            raise ApplicationError(
                f"httpd's children run as {settings.user}, who cannot read {path}.\n"
                "  Start this as an ordinary user, name another with --user, or move it to where that user can read it."
            )


def _readable(path: Path, user: str) -> bool:
    command = ["test", "-r", str(path), "-a", "(", "-f", str(path), "-o", "-x", str(path), ")"]
    group = pwd.getpwnam(user).pw_gid
    return subprocess.run(command, check=False, user=user, group=group, extra_groups=[]).returncode == 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _replicas(text: str) -> str:
    return text if text == "cores" else str(_positive(text))
