"""The configuration of one httpd, built by chaining: what a test class carries and what httpd reads.

    conf.add("PythonInterpreterOptions * replicas=2")
    conf.app("results").handler("ok", "results::ok").handler("moved", "results::moved", "PythonDebug On")
    conf.vhost("two.test").app("results")

An *app* is a directory of `tests/server/apps`, copied into the server root and served at `/` of its host. A *handler*
of it is a name below that: `/ok` runs `results::ok`.
"""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import Self

from harness.env import APPS, REPOSITORY, Installation

# What a usual httpd has; what the tests of one class need beside it, they load themselves.
MODULES = ("authz_core", "authz_host", "unixd", "mime", "dir", "alias", "headers", "log_config", "setenvif", "env")

# One child with more threads than tests have clients: a full httpd closes kept connections, and logs an error.
ONE_CHILD = {
    "event": ("StartServers 1", "ServerLimit 8", "ThreadsPerChild 16", "MinSpareThreads 1", "MaxRequestWorkers 16"),
    "worker": ("StartServers 1", "ServerLimit 8", "ThreadsPerChild 16", "MinSpareThreads 1", "MaxRequestWorkers 16"),
    "prefork": ("StartServers 1", "MinSpareServers 1", "MaxSpareServers 1", "MaxRequestWorkers 16"),
}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Block:
    """Lines of one configuration section; every method returns something to chain on."""

    def __init__(self, conf: Conf, lines: list[object]) -> None:
        self.conf = conf
        self.lines = lines

    def add(self, *lines: str) -> Self:
        """Append directives."""
        self.lines += lines
        return self

    def block(self, name: str, argument: object, *lines: str) -> Block:
        """Open the section `<name argument>` and return it."""
        inner: list[object] = [*lines]
        self.lines.append((f"<{name} {argument}>", inner, f"</{name}>"))
        return Block(self.conf, inner)

    def app(self, behaviour: str, *lines: str) -> App:
        """Serve `apps/<behaviour>` at `/` of this host; directives given here hold for the whole app."""
        directory = self.conf.install(behaviour)
        self.add(f'DocumentRoot "{directory}"')
        block = self.block("Directory", f'"{directory}"', "Require all granted", *lines)
        return App(self.conf, block.lines)

    def text(self, lines: list[object] | None = None, indent: str = "") -> str:
        """The section as httpd reads it."""
        out = []
        for line in self.lines if lines is None else lines:
            if isinstance(line, tuple):
                opening, inner, closing = line
                out += [f"{indent}{opening}\n", self.text(inner, indent + "  "), f"{indent}{closing}\n"]
            else:
                out.append(f"{indent}{line}\n")
        return "".join(out)


class App(Block):
    """The `<Directory>` of an app."""

    def handler(self, name: str, words: str, *lines: str) -> Self:
        """Let `/name` be answered by `PythonHandler words`, under further directives."""
        self.block("Files", name, "SetHandler mod_python", f"PythonHandler {words}", *lines)
        return self


class Conf(Block):
    """The whole of one httpd's configuration, in a server root of its own."""

    def __init__(self, installation: Installation, root: Path, mpm: str = "event") -> None:
        super().__init__(self, [])
        self.installation = installation
        self.root = root
        self.mpm = mpm
        self.port = free_port()
        self.modules = list(MODULES)
        self.processes = list(ONE_CHILD[mpm])
        self.prologue: list[str] = []
        self.python: bool = True

    def load(self, *names: str) -> Self:
        """Load further modules of httpd, by their name without `mod_` and `_module`."""
        self.modules += names
        return self

    def plain(self) -> Self:
        """Leave mod_python out."""
        self.python = False
        return self

    def mpm_lines(self, *lines: str) -> Self:
        """Replace the settings of the MPM."""
        self.processes = list(lines)
        return self

    def vhost(self, name: str, *lines: str, address: str | None = None) -> Block:
        """Open a virtual host, by name on the common port unless an address is given."""
        return self.block("VirtualHost", address or f"127.0.0.1:{self.port}", f"ServerName {name}", *lines)

    def install(self, behaviour: str) -> Path:
        """Copy an app into the server root, once, and return where it lies."""
        directory = self.root / "apps" / behaviour
        if not directory.exists():
            shutil.copytree(APPS / behaviour, directory, ignore=shutil.ignore_patterns("__pycache__"))
        return directory

    def write(self) -> Path:
        """Write httpd.conf and what it needs, and return its path."""
        for name in ("logs", "run", "cores"):
            (self.root / name).mkdir(exist_ok=True)
        (self.root / "cores").chmod(0o777)
        path = self.root / "httpd.conf"
        path.write_text("\n".join(self._core()) + "\n" + self.text())
        return path

    def _core(self) -> list[str]:
        user = self.installation.user
        return [
            f'ServerRoot "{self.root}"',
            "DefaultRuntimeDir run",
            "PidFile run/httpd.pid",
            f"ServerName 127.0.0.1:{self.port}",
            f"Listen 127.0.0.1:{self.port}",
            *self.prologue,
            *self._load_modules(),
            *([f"User {user}", f"Group #{_group(user)}"] if user else []),
            *self.processes,
            "CoreDumpDirectory cores",
            "ErrorLog logs/error.log",
            "LogLevel info",
            "TypesConfig /dev/null",
            "KeepAliveTimeout 2",
            "MaxKeepAliveRequests 0",
            *(self._python() if self.python else []),
        ]

    def _load_modules(self) -> list[str]:
        known = self.installation.compiled_in
        return [
            f"LoadModule {name}_module {self.installation.libexec}/mod_{name}.so"
            for name in dict.fromkeys([f"mpm_{self.mpm}", *self.modules])
            if f"mod_{name}.c" not in known
        ]

    def _python(self) -> list[str]:
        shipped = REPOSITORY / "apache-conf"
        home = self.installation.python_home
        return [
            f'Define MOD_PYTHON_SO "{self.installation.module}"',
            f'Include "{shipped}/python.load"',
            f'Include "{shipped}/python.conf"',
            *([f'PythonHome "{home}"'] if home else []),
        ]


def _group(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid
