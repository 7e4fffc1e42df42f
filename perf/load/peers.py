"""The peers: a row per server, each with its applications mounted as its own documentation says.

Every httpd is the one of servers.py: same modules, same log, one child; its threads are more than the clients, as a full httpd
closes kept connections. What lives in processes of its own gets as many as there are processors, of twelve threads each.
Reloading of changed files is off everywhere, as in production.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from backend import Backend
from environment import Environment
from harness.conf import free_port
from servers import HERE, Conf, Server, build_yardstick, place, processors, server_conf

Command = list[str | Path]
HTTPD_THREADS = 80
THREADS_EACH = "12"
PROCESSES = str(len(processors()))


@dataclass(frozen=True)
class Mount:
    """An application at `/NAME`: a module of `apps/`, and the module with the same in mod_python's own way."""

    name: str
    module: str
    handler: str = ""


@dataclass(frozen=True)
class Site:
    """What a row configures: its httpd, what is installed, the folder of applications, the mounts."""

    conf: Conf
    environment: Environment
    apps: Path
    mounts: list[Mount]

    def handlers(self, *lines: str) -> None:
        """A directory for each mount, answered by these lines; `{handler}` is the name of the module."""
        for mount in self.mounts:
            told = [line.format(handler=mount.handler, name=mount.name) for line in lines]
            directory = place(self.conf, mount.name, "reply", *told)
            if mount.handler:
                shutil.copy(HERE / f"apps/{mount.handler}.py", directory)


@dataclass(frozen=True)
class Peer:
    """One row: what it speaks (`c`, `handler`, `wsgi`), its configuration, its process behind the proxy, its environment."""

    name: str
    speaks: str
    configure: Callable[[Site], object]
    backend: Callable[[Site, Mount, int], Command] | None = None
    variables: Callable[[Environment], dict[str, str]] = field(default=lambda _: {})


class PeerServer(Server):
    """An httpd with the processes it passes requests to."""

    def __init__(self, peer: Peer, site: Site, prefix: list[str]) -> None:
        super().__init__(site.conf)
        self.peer = peer
        self.site = site
        self.prefix = prefix
        self.backends: list[Backend] = []

    def command(self, *options: str) -> Command:
        """httpd, with the variables of its row."""
        variables = (f"{name}={value}" for name, value in self.peer.variables(self.site.environment).items())
        return ["env", *variables, *self.prefix, *super().command(*options)]

    def start(self) -> PeerServer:
        """Start the processes, then httpd."""
        try:
            if self.peer.backend:
                self._start_backends(self.peer.backend)
            super().start()
        except BaseException:
            self._end_backends()
            raise
        return self

    def _start_backends(self, command: Callable[[Site, Mount, int], Command]) -> None:
        for mount in self.site.mounts:
            port = free_port()
            scheme = "uwsgi" if self.peer.name == "uWSGI" else "http"
            self.site.conf.add(f"ProxyPass /{mount.name} {scheme}://127.0.0.1:{port}")
            log = self.root / f"{mount.module}.log"
            self.backends.append(Backend([*self.prefix, *command(self.site, mount, port)], port, log))
        for backend in self.backends:
            backend.wait()

    def _end_backends(self) -> None:
        for backend in self.backends:
            backend.end()

    def stop(self, *how: object) -> None:
        """End httpd, then the processes."""
        super().stop()
        self._end_backends()


def yardstick(handler: str) -> Callable[[Site], None]:
    """The C handler."""

    def configure(site: Site) -> None:
        site.conf.plain().add(f"LoadModule yardstick_module {build_yardstick(site.conf.installation)}")
        site.handlers(f"SetHandler {handler}")

    return configure


def native(site: Site) -> None:
    """A handler of ours."""
    site.handlers("SetHandler mod_python", "PythonHandler {handler}", "PythonInterpreter {name}", "PythonAutoReload Off")


def mod_python_3(site: Site) -> None:
    """The same handler in Debian's mod_python."""
    module = site.environment.debian / "usr/lib/apache2/modules/mod_python.so"
    site.conf.plain().add(f"LoadModule python_module {module}")
    native(site)


def wsgi(options: str = "") -> Callable[[Site], None]:
    """WSGI by ours."""

    def configure(site: Site) -> None:
        site.conf.add("PythonAutoReload Off")
        for mount in site.mounts:
            home = f"python-path={site.apps} virtualenv={site.environment.venv}"
            site.conf.add(f"PythonInterpreterOptions {mount.name} {home} {options}")
            site.conf.add(f"PythonWSGIAlias /{mount.name} {mount.module} interpreter={mount.name}")

    return configure


def mod_wsgi(group: str, *lines: str) -> Callable[[Site], None]:
    """mod_wsgi, the words of WSGIScriptAlias and further lines; `{name}` in them is the mount's."""

    def configure(site: Site) -> None:
        conf, environment = site.conf.plain(), site.environment
        conf.add(f"LoadModule wsgi_module {environment.mod_wsgi}", f'WSGIPythonHome "{environment.venv}"')
        conf.add("WSGIScriptReloading Off", "WSGISocketPrefix run/wsgi")
        conf.block("Directory", f'"{site.apps}"', "Require all granted")
        for mount in site.mounts:
            script = site.apps / f"{mount.module}.py"
            conf.add(*(line.format(name=mount.name) for line in lines))
            conf.add(f'WSGIScriptAlias /{mount.name} "{script}" {group.format(name=mount.name)}')

    return configure


def proxy(*modules: str) -> Callable[[Site], None]:
    """httpd as a proxy; the ProxyPass lines follow once the ports are known."""

    def configure(site: Site) -> None:
        site.conf.plain().load("proxy", *modules)

    return configure


def gunicorn(site: Site, mount: Mount, port: int) -> Command:
    """Threads; connections of the proxy are kept as long as httpd keeps its clients'."""
    options = ("--worker-class=gthread", f"--workers={PROCESSES}", f"--threads={THREADS_EACH}", "--keep-alive=75")
    where = (f"--bind=127.0.0.1:{port}", f"--chdir={site.apps}")
    return [site.environment.venv / "bin/gunicorn", *options, *where, f"{mount.module}:application"]


def uwsgi(site: Site, mount: Mount, port: int) -> Command:
    """Its own protocol, without a log line for each request: httpd has one."""
    options = ("--master", "--die-on-term", "--need-app", "--disable-logging", f"--processes={PROCESSES}")
    where = (f"--threads={THREADS_EACH}", f"--socket=127.0.0.1:{port}", f"--pythonpath={site.apps}")
    home = f"--virtualenv={site.environment.venv}"
    return [site.environment.venv / "bin/uwsgi", *options, *where, home, f"--module={mount.module}:application"]


def granian(site: Site, mount: Mount, port: int) -> Command:
    """Its own choice of threads."""
    options = ("--interface=wsgi", f"--workers={PROCESSES}", "--no-access-log", "--log-level=warning")
    where = ("--host=127.0.0.1", f"--port={port}", f"--working-dir={site.apps}")
    return [site.environment.venv / "bin/granian", *options, *where, f"{mount.module}:application"]


def debian_path(environment: Environment) -> dict[str, str]:
    """Where Debian's mod_python finds its package, as it is not installed."""
    return {"PYTHONPATH": str(environment.debian / "usr/lib/python3/dist-packages")}


DAEMON = f"WSGIDaemonProcess {{name}} processes={PROCESSES} threads={THREADS_EACH}"

PEERS = {
    peer.name: peer
    for peer in (
        Peer("C handler", "c", yardstick("yardstick")),
        Peer("C handler, flushing", "c", yardstick("yardstick-flush")),
        Peer("mod_python 4, handler", "handler", native),
        Peer("mod_python 4, WSGI", "wsgi", wsgi()),
        Peer("mod_python 4, WSGI, 2 replicas", "wsgi", wsgi("replicas=2")),
        Peer("mod_python 3.5, handler", "handler", mod_python_3, variables=debian_path),
        Peer("mod_wsgi, embedded", "wsgi", mod_wsgi("application-group={name}")),
        Peer("mod_wsgi, own GIL", "wsgi", mod_wsgi("application-group={name}", "WSGIPerInterpreterGIL On")),
        Peer("mod_wsgi, daemon", "wsgi", mod_wsgi("process-group={name} application-group=%{{GLOBAL}}", DAEMON)),
        Peer("gunicorn gthread", "wsgi", proxy("proxy_http"), gunicorn),
        Peer("uWSGI", "wsgi", proxy("proxy_uwsgi"), uwsgi),
        Peer("granian", "wsgi", proxy("proxy_http"), granian),
    )
}


def make(environment: Environment, peer: Peer, mounts: list[Mount], prefix: list[str] | None = None) -> PeerServer:
    """The server of a row with these applications, not started."""
    conf = server_conf(environment.installation, f"peer-{peer.name}", HTTPD_THREADS)
    apps = conf.root / "apps"
    shutil.copytree(HERE / "apps", apps, ignore=shutil.ignore_patterns("__pycache__"))
    (conf.root / "htdocs").mkdir()
    site = Site(conf, environment, apps, mounts)
    peer.configure(site)
    return PeerServer(peer, site, prefix or [])
