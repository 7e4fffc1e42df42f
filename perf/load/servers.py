"""The servers that are measured: a row per server, each an httpd of its own with what it needs and nothing else.

All have the modules and the access log of a distribution's httpd, the event MPM, and one child of 25 threads, so that
what is seen is the parallelism of threads and interpreters.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests/server"))

from harness import Conf, Installation, Server  # noqa: E402
from harness.env import run  # noqa: E402

__all__ = [
    "HERE",
    "ROWS",
    "Conf",
    "Installation",
    "Row",
    "Server",
    "build_yardstick",
    "make_conf",
    "place",
    "processors",
    "python",
    "run",
    "server_conf",
    "stage",
    "url",
]

THREADS = 25


# What distributions load and log beside what our tests need: the yardstick is a handler in a usual server.
USUAL = (
    *("access_compat", "auth_basic", "authn_core", "authn_file", "authz_user", "autoindex"),
    *("deflate", "filter", "negotiation", "reqtimeout", "status"),
)
ACCESS_LOG = (
    r'LogFormat "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" combined',
    "CustomLog logs/access.log combined",
    "AddOutputFilterByType DEFLATE text/html",
)


@dataclass(frozen=True)
class Row:
    """One server: its name, the path that is asked, what its configuration says."""

    name: str
    path: str
    configure: Callable[[Conf], object]


def yardstick(handler: str) -> Callable[[Conf], object]:
    """A C handler answers everything; no Python in this httpd."""

    def configure(conf: Conf) -> None:
        conf.plain().add(f"LoadModule yardstick_module {build_yardstick(conf.installation)}")
        place(conf, "c", "hello", f"SetHandler {handler}")

    return configure


def python(*pairs: str, options: tuple[str, ...] = ()) -> Callable[[Conf], object]:
    """Applications of `apps/`, each pair `NAME/APP` at that path, in the interpreter NAME."""

    def configure(conf: Conf) -> None:
        conf.add(*(f"PythonInterpreterOptions {option}" for option in options))
        for name, app in (pair.split("/") for pair in pairs):
            directory = place(conf, name, app, "SetHandler mod_python", f"PythonHandler {app}", f"PythonInterpreter {name}")
            shutil.copy(HERE / f"apps/{app}.py", directory)

    return configure


def wsgi(name: str, app: str, *options: str) -> Callable[[Conf], object]:
    """A WSGI application of `apps/`, mounted by module at `/NAME/APP` in the interpreter NAME."""

    def configure(conf: Conf) -> None:
        conf.add(*(f"PythonInterpreterOptions {option}" for option in options))
        directory = conf.root / "apps"
        for made in (directory, conf.root / "htdocs"):
            made.mkdir()
        shutil.copy(HERE / f"apps/{app}.py", directory)
        conf.add(f"PythonPath \"['{directory}'] + sys.path\"", f"PythonWSGIAlias /{name}/{app} {app} interpreter={name}")

    return configure


def place(conf: Conf, name: str, app: str, *lines: str) -> Path:
    """A directory that answers `/NAME/APP/anything`: the same shape for every server, so that httpd's share is the same."""
    directory = conf.root / "htdocs" / name / app
    directory.mkdir(parents=True)
    conf.block("Directory", f'"{directory}"', "Require all granted", *lines)
    return directory


ROWS = {
    row.name: row
    for row in (
        Row("yardstick", "/c/hello/x", yardstick("yardstick")),
        Row("yardstick-flush", "/c/hello/x", yardstick("yardstick-flush")),
        Row("native", "/one/hello/x", python("one/hello")),
        Row("native-2", "/one/hello/x", python("one/hello", options=("one replicas=2",))),
        Row("wsgi", "/one/hello_wsgi/x", wsgi("one", "hello_wsgi")),
        Row("wsgi-2", "/one/hello_wsgi/x", wsgi("one", "hello_wsgi", "one replicas=2")),
    )
}


def build_yardstick(installation: Installation) -> Path:
    """Compile mod_yardstick.c with apxs, once."""
    build = installation.stage / "yardstick"
    module = build / ".libs/mod_yardstick.so"
    if not module.exists():
        build.mkdir()
        source = shutil.copy(HERE.parent / "yardstick/mod_yardstick.c", build)
        run(installation.apxs, "-c", source, cwd=build)
    return module


def one_child(threads: int) -> list[str]:
    """The lines of the MPM for one child."""
    limits = (f"{limit} {threads}" for limit in ("ThreadsPerChild", "ThreadLimit", "MaxRequestWorkers"))
    return ["StartServers 1", "ServerLimit 1", *limits]


def server_conf(installation: Installation, name: str, threads: int = THREADS) -> Conf:
    """What every server has, in a new server root."""
    conf = Conf(installation, installation.new_root(name)).mpm_lines(*one_child(threads))
    conf.load(*USUAL).add(*ACCESS_LOG)
    conf.add("LogLevel notice", "MaxKeepAliveRequests 0", "KeepAliveTimeout 60", f'DocumentRoot "{conf.root}/htdocs"')
    conf.block("Directory", "/", "AllowOverride None", "Require all denied")
    return conf


def make_conf(installation: Installation, row: Row) -> Conf:
    """The configuration of a row."""
    conf = server_conf(installation, row.name)
    row.configure(conf)
    return conf


@contextmanager
def stage() -> Iterator[Installation]:
    """What is installed here, for as long as the measurement takes."""
    installation = Installation.find()
    try:
        yield installation
    finally:
        installation.remove()


def url(server: Server, path: str) -> str:
    """The address of a path."""
    return f"http://127.0.0.1:{server.conf.port}{path}"


def processors() -> list[int]:
    """The processors that this process may use."""
    return sorted(os.sched_getaffinity(0))
