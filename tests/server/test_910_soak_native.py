"""Two minutes of everything that the native API does, at once: no child dies, no answer is wrong, memory stays level."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from threading import Event
from urllib.parse import quote

import pytest

from harness import Conf, Server
from harness.client import Raw
from harness.conf import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SECONDS = float(os.environ.get("MOD_PYTHON_SOAK_SECONDS", "120"))
CLIENTS = 16
ECHO = free_port()
PAGE = """<!--#include virtual="/part.py" -->
<!--#python eval="filter.req.uri"-->
<!--#python exec="
for number in range(3):
    filter.write(f'{number} ')
"-->ä
"""
MUCH = b"0123456789" * 500_000


def stacking(server: Server) -> None:
    """Handlers of several phases, one of which adds others."""
    assert server.client.get("/adds", host="phases.test").text == "adds ok declined ok"


def mixed_interpreters(server: Server) -> None:
    """Handlers of one request in two interpreters, and something to call in one of them."""
    lines = server.client.get("/mixed", host="phases.test").text.splitlines()
    assert [line.partition(" in ")[0] for line in lines] == ["a word", "a method", "a word", "a lambda"]


def filters_and_tags(server: Server) -> None:
    """A page with tags, an inner page filtered in another interpreter, and lines numbered around both."""
    text = server.client.get("/page.shtml", host="filters.test").content.decode()
    assert [line.partition(": ")[2] for line in text.splitlines()][:2] == ["inner /part.py main=/page.shtml", ""]
    assert "/page.shtml" in text and "ä" in text


def large(server: Server) -> None:
    """Five million bytes through a filter of another interpreter."""
    assert server.client.get("/mixed.py", host="filters.test").content == MUCH


def both_ways(server: Server) -> None:
    """A body in capitals, and the answer too."""
    assert server.client.post("/echo", host="filters.test", content=b"abc\n" * 5000).content == b"ABC\n" * 5000


def chunked(server: Server) -> None:
    """A body without a length."""

    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 5000

    assert sum(server.client.post("/pieces", host="bodies.test", content=pieces()).json()["lengths"]) == 100_000


def half_a_body(server: Server) -> None:
    """A client that goes in the middle of its body."""
    with server.connect() as raw:
        raw.send(b"POST /guarded HTTP/1.1\r\nHost: bodies.test\r\nContent-Length: 100000\r\n\r\n" + b"x" * 30_000)
        raw.abort()


def goes_away(server: Server) -> None:
    """A client that does not wait for the end of a large answer."""
    with server.connect() as raw:
        raw.send(b"GET /mixed.py HTTP/1.1\r\nHost: filters.test\r\n\r\n")
        raw.socket.recv(1000)
        raw.abort()


def a_protocol(server: Server) -> None:
    """A connection handler."""
    with Raw(ECHO) as raw:
        assert raw.send(b"one\ntwo\n\n").until_closed() == b"echo one\necho two\n"


def a_member(server: Server) -> None:
    """Authentication by a provider, authorization by a handler."""
    assert server.client.get("/require", host="auth.test", auth=("ana", "secret")).status_code == 200
    assert server.client.get("/require", host="auth.test", auth=("ana", "wrong")).status_code == 401


def an_error(server: Server) -> None:
    """An exception."""
    assert server.client.get("/boom", host="errors.test").status_code == 500


def not_ascii(server: Server) -> None:
    """Text and bytes of every kind, there and back."""
    code = "req.headers_out['X-Back'] = req.headers_in['X-There']\n'ä€'"
    answer = server.client.get(f"/probe?{quote(code)}", host="probe.test", headers={"X-There": b"\xe4\xff \xc3\xa9"})
    assert answer.json()["value"] == "ä€"
    assert dict(answer.headers.raw)[b"X-Back"] == b"\xe4\xff \xc3\xa9"


def by_htaccess(server: Server) -> None:
    """A handler of an .htaccess file, read anew for each request."""
    assert server.client.get("/dotted/x", host="relatives.test").text.endswith("dotted")


def redirected(server: Server) -> None:
    """An internal redirect."""
    code = "req.internal_redirect('/probe?[req.prev.path_info, req.prev.next is req]')"
    assert '"value": ["/deeper", true]' in server.client.get(f"/probe/deeper?{quote(code)}", host="probe.test").text


JOBS: list[Callable[[Server], None]] = [
    stacking,
    mixed_interpreters,
    filters_and_tags,
    large,
    both_ways,
    chunked,
    half_a_body,
    goes_away,
    a_protocol,
    a_member,
    an_error,
    not_ascii,
    by_htaccess,
    redirected,
]


def configure(conf: Conf) -> None:
    """A virtual host for each part, all in one child, and a port for the protocol."""
    conf.load("include", "authn_core", "auth_basic", "authz_user")
    conf.prologue.append("AcceptFilter http none")
    conf.mpm_lines("StartServers 1", "ServerLimit 1", "ThreadsPerChild 32", "MaxRequestWorkers 32", "MinSpareThreads 1")
    phases(conf)
    filters(conf)
    bodies = conf.vhost("bodies.test").app("bodies")
    bodies.handler("pieces", "bodies::pieces").handler("guarded", "bodies::guarded")
    conf.vhost("errors.test").app("errors").handler("boom", "errors::boom")
    conf.vhost("probe.test").app("probe").handler("probe", "probe")
    members = conf.vhost("auth.test", f"PythonPath \"sys.path + ['{conf.root}/apps/auth']\"").app("auth")
    basic = ("AuthType Basic", "AuthName club", "AuthBasicProvider python", "PythonAuthBasicProvider members")
    members.handler("require", "members", *basic, "Require python members")
    conf.vhost("relatives.test").app("relatives", "AllowOverride All", "PythonOption where above")
    conf.install("connections")
    conf.add(f"Listen 127.0.0.1:{ECHO}")
    path = f"PythonPath \"sys.path + ['{conf.root}/apps/connections']\""
    conf.vhost("echo.test", path, "PythonConnectionHandler protocols", address=f"127.0.0.1:{ECHO}")


def phases(conf: Conf) -> None:
    """Handlers that add others; two interpreters in one request."""
    host = conf.vhost("phases.test")
    app = host.app("phases", f"PythonPath \"sys.path + ['{conf.root}/apps/phases']\"")
    app.handler("adds", "results::show", "PythonAccessHandler results::adds results::ok")
    app.block("Files", "mixed", "PythonFixupHandler results::adds_callables")
    mixed = host.block("Location", "/mixed", "PythonInterpPerDirective On", "SetHandler mod_python")
    mixed.add("PythonHandler results::told")


def filters(conf: Conf) -> None:
    """Filters in interpreters of their own, in two replicas."""
    conf.add("PythonInterpreterOptions inner replicas=2")
    kinds = ("upper UPPER", "numbered NUMBERED", "named NAMED")
    lines = ["Options +Includes", *(f"PythonOutputFilter filters::{kind}" for kind in kinds)]
    app = conf.vhost("filters.test").app("filters", *lines, "PythonInputFilter filters::upper_body UPPER_BODY")
    (conf.root / "apps/filters/page.shtml").write_text(PAGE)
    app.block("Files", "page.shtml", "SetOutputFilter INCLUDES;NUMBERED")
    app.handler("part.py", "filters::hello", "SetOutputFilter NAMED", "PythonInterpreter inner")
    app.handler("mixed.py", "filters::much", "SetOutputFilter UPPER", "PythonInterpreter inner")
    app.handler("echo", "filters::echo", "SetInputFilter UPPER_BODY", "SetOutputFilter UPPER")


def resident(pid: int) -> float:
    """The resident memory of a process, in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


class TestEverythingAtOnce:
    """Sixteen clients on the event MPM."""

    configure = staticmethod(configure)

    def test_no_child_dies_and_memory_stays_level(self, server: Server) -> None:
        server.log.allow("PythonHandler errors::boom", "PythonLogHandler results::raises_late", "AH0161[78]", "AH01631")
        server.log.allow("PythonHandler filters::much")  # a client that has gone away
        (child,) = server.children()
        enough, curve = Event(), []

        def ask(first: int) -> int:
            answers = 0
            for job in cycle(JOBS[first:] + JOBS[:first]):
                if enough.is_set():
                    return answers
                job(server)
                answers += 1
            return answers

        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(ask, number % len(JOBS)) for number in range(CLIENTS)]
            until = time.monotonic() + SECONDS
            while time.monotonic() < until and not any(client.done() for client in clients):
                time.sleep(SECONDS / 24)
                curve.append(resident(child))
            enough.set()
            answers = sum(client.result() for client in clients)
        print(f"{answers} jobs in {SECONDS:g} s; MB resident: {' '.join(f'{size:.0f}' for size in curve)}")
        assert server.children() == {child}
        middle, last = statistics.median(curve[8:16]), statistics.median(curve[16:])
        assert last < middle * 1.05 + 5, f"memory grows: {curve}"
