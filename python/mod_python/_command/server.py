"""A whole server for one application: its configuration, and the directory that it lives in.

Outside httpd only. `configuration` is pure but for questions to httpd about its modules; `write` makes the files.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from mod_python import _conf_parts as parts
from mod_python._command import sections
from mod_python._command.application import Application
from mod_python._conf_parts import quoted
from mod_python._installation import Httpd, find_module
from mod_python.httpdconf import (
    AllowOverride,
    Container,
    CustomLog,
    DefaultRuntimeDir,
    Directory,
    DocumentRoot,
    ErrorLog,
    GracefulShutdownTimeout,
    Include,
    Listen,
    LogFormat,
    LogLevel,
    MaxRequestWorkers,
    MaxSpareServers,
    MaxSpareThreads,
    MinSpareServers,
    MinSpareThreads,
    PidFile,
    PythonAutoReload,
    PythonDebug,
    PythonInterpreterOptions,
    PythonOption,
    Require,
    ServerLimit,
    ServerName,
    ServerRoot,
    StartServers,
    ThreadLimit,
    ThreadsPerChild,
    TypesConfig,
)

# The name of the application's interpreters.
NAME = "app"

_MODULES = ("unixd", "authz_core", "log_config", "mime")
_COMMON = r'"%h %l %u %t \"%r\" %>s %b %{ms}Tms" mod_python'


@dataclass(frozen=True)
class Settings:
    """What the command line says about a server; `root` exists and is absolute."""

    application: Application
    root: Path
    host: str = "127.0.0.1"
    port: int = 8000
    mpm: str | None = None
    processes: int = 1
    threads: int = 25
    replicas: str = "1"
    gil: str = "auto"
    reload: bool = False
    debug: bool = False
    terminal: bool = False
    access_log: bool = False
    log_level: str = "warn"
    user: str | None = None
    python_home: str = sys.base_prefix
    options: tuple[str, ...] = ()
    python_path: tuple[str, ...] = ()
    include: tuple[str, ...] = ()

    @property
    def conf(self) -> Path:
        """The configuration's file."""
        return self.root / "httpd.conf"

    @property
    def error_log(self) -> Path:
        """The file of the error log; unused when the log goes to the terminal."""
        return self.root / "logs" / "error.log"

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the application; a publisher's module is below its own name."""
        module = self.application.word if self.application.kind == "publisher" else ""
        return f"http://{_bracketed(self.near_host)}:{self.port}/{module}"

    @property
    def near_host(self) -> str:
        """The address on which this machine itself finds it."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)


def write(settings: Settings, httpd: Httpd) -> Path:
    """Make the server's directory; the path of its configuration."""
    for name in ("logs", "run", "htdocs"):
        (settings.root / name).mkdir(exist_ok=True)
    settings.conf.write_text(str(configuration(settings, httpd)))
    return settings.conf


def configuration(settings: Settings, httpd: Httpd) -> Container:
    """All of httpd.conf. What `--include` names comes last, so that it has the last word."""
    return Container(
        _server(settings),
        parts.load_mpm(httpd, settings.mpm),
        parts.load(httpd, [*_MODULES, *sections.MODULES.get(settings.application.kind, ())]),
        parts.children_of(settings.user),
        _processes(settings, parts.mpm(httpd, settings.mpm)),
        _logs(settings),
        _python(settings),
        sections.of(settings.application, NAME),
        Container(*(Include(quoted(Path(file).resolve())) for file in settings.include)),
    )


def _server(settings: Settings) -> Container:
    root = settings.root
    return Container(
        ServerRoot(quoted(root)),
        ServerName(f"{_bracketed(settings.host)}:{settings.port}"),
        Listen(f"{_bracketed(settings.host)}:{settings.port}"),
        DefaultRuntimeDir(quoted(root / "run")),
        PidFile(quoted(root / "run" / "httpd.pid")),
        TypesConfig(quoted(_types())),
        GracefulShutdownTimeout(3),
        DocumentRoot(quoted(root / "htdocs")),
        Directory("/", AllowOverride("None")),
        Directory(quoted(root / "htdocs"), Require("all granted")),
    )


def _processes(settings: Settings, mpm: str) -> Container:
    """A fixed number of children, whatever the load; ServerLimit leaves room for those that end as new ones begin."""
    if mpm == "prefork":
        limits = [MaxRequestWorkers, StartServers, MinSpareServers, MaxSpareServers]
        return Container(ServerLimit(2 * settings.processes), *(limit(settings.processes) for limit in limits))
    workers = settings.processes * settings.threads
    return Container(
        ServerLimit(4 * settings.processes),
        ThreadLimit(settings.threads),
        ThreadsPerChild(settings.threads),
        StartServers(settings.processes),
        MaxRequestWorkers(workers),
        MinSpareThreads(1),
        MaxSpareThreads(workers),
    )


def _logs(settings: Settings) -> Container:
    made = Container(
        ErrorLog("/dev/stderr" if settings.terminal else quoted(settings.error_log)),
        LogLevel(settings.log_level),
    )
    if settings.access_log:
        target = "/dev/stdout" if settings.terminal else quoted(settings.root / "logs" / "access.log")
        made.append(LogFormat(_COMMON))
        made.append(CustomLog(f"{target} mod_python"))
    return made


def _python(settings: Settings) -> Container:
    path = ":".join([str(settings.application.home), *settings.python_path])
    count = [f"replicas={settings.replicas}"] if settings.replicas != "1" else []
    options = [f"gil={settings.gil}", *count, "start=yes", quoted(f"python-path={path}")]
    return Container(
        parts.load_python(find_module(), settings.python_home),
        PythonInterpreterOptions(" ".join([NAME, *options])),
        PythonAutoReload("On" if settings.reload else "Off"),
        PythonDebug("On" if settings.debug else "Off"),
        *map(PythonOption, settings.options),
    )


def _types() -> Path:
    """The system's list of content types, or none."""
    usual = (Path("/etc/mime.types"), Path("/etc/httpd/conf/mime.types"))
    return next((path for path in usual if path.exists()), Path("/dev/null"))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
