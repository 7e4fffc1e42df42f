"""Filters that a handler names and adds, and filters beside everything else that a server does."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import MPMS, Conf, Server

PAGE = '<!--#include virtual="/part.py" -->\n'


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestFiltersAtRunTime:
    """Handlers that name filters of their own."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Handlers that add filters, and one filter for all of them."""
        app = conf.app("filters", "PythonDebug Off", "PythonOutputFilter filters::upper UPPER")
        for name in ("at_run_time", "describing", "wrong_filters"):
            app.handler(name, f"filters::{name}")

    def test_words_and_callables_and_names_of_the_configuration(self, server: Server) -> None:
        assert server.client.get("/at_run_time").text == "[1: A\n2: B\n2 LINES\n]"

    def test_it_describes_itself(self, server: Server) -> None:
        facts = server.client.get("/describing").text.splitlines()
        assert facts[0] == "name='Own'"
        assert facts[3:5] == ["handler='filters::described'", f"dir='{server.root / 'apps/filters'}/'"]

    def test_what_cannot_be_added(self, server: Server) -> None:
        server.log.expect("unknown filter")
        assert server.client.get("/wrong_filters").text.split() == ["TypeError", "ValueError", "ValueError"]


class TestFiltersTogether:
    """Filters, subrequests, interpreters and mod_deflate in one server."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A page that includes another, each filtered in an interpreter of its own."""
        conf.load("include", "deflate", "filter").mpm_lines(
            "StartServers 1", "ServerLimit 4", "ThreadsPerChild 16", "MinSpareThreads 1", "MaxRequestWorkers 64"
        )
        app = conf.app(
            "filters",
            "Options +Includes",
            "PythonOutputFilter filters::upper UPPER",
            "PythonOutputFilter filters::numbered NUMBERED",
            "PythonOutputFilter filters::named NAMED",
            "PythonInputFilter filters::upper_body UPPER_BODY",
        )
        (conf.root / "apps/filters/page.shtml").write_text(PAGE)
        (conf.root / "apps/filters/typed.html").write_text("typed\n")
        app.block("Files", "page.shtml", "SetOutputFilter INCLUDES;NUMBERED")
        # Slow machines leave a connection idle for long.
        conf.add("KeepAliveTimeout 60")
        app.handler("part.py", "filters::hello", "SetOutputFilter NAMED", "PythonInterpreter inner")
        app.handler("mixed.py", "filters::much", "SetOutputFilter UPPER", "PythonInterpreter one")
        app.handler("echo", "filters::echo", "SetInputFilter UPPER_BODY", "SetOutputFilter UPPER")
        app.block("Files", "typed.html", "ForceType text/html", "AddOutputFilterByType UPPER text/html")
        for order in ("UPPER;DEFLATE", "DEFLATE"):
            app.block("Files", f"{order[:1]}.txt", f"SetOutputFilter {order}")
            (conf.root / f"apps/filters/{order[:1]}.txt").write_text("deflated\n" * 1000)

    def test_a_filter_of_a_subrequest_knows_the_main_request(self, server: Server) -> None:
        assert server.client.get("/page.shtml").text == "1: inner /part.py main=/page.shtml\n2: \n2 lines\n"

    def test_another_interpreter(self, server: Server) -> None:
        assert server.client.get("/mixed.py").content == b"0123456789" * 500_000

    def test_by_type(self, server: Server) -> None:
        assert server.client.get("/typed.html").text == "TYPED\n"

    @pytest.mark.parametrize(("path", "word"), [("/U.txt", b"DEFLATED\n"), ("/D.txt", b"deflated\n")])
    def test_together_with_mod_deflate(self, server: Server, path: str, word: bytes) -> None:
        with server.connect() as raw:
            raw.send(b"GET %s HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n" % path.encode())
            response, data = raw.response()
        assert response.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(data) == word * 1000

    def test_sixteen_clients(self, server: Server) -> None:
        before = server.children()
        wanted = {
            "/page.shtml": b"1: inner /part.py main=/page.shtml\n2: \n2 lines\n",
            "/mixed.py": b"0123456789" * 500_000,
            "/U.txt": b"DEFLATED\n" * 1000,
            "/typed.html": b"TYPED\n",
        }

        def one(number: int) -> bool:
            path = list(wanted)[number % 4]
            posted = server.client.post("/echo", content=b"abc\n" * number).content
            return server.client.get(path).content == wanted[path] and posted == b"ABC\n" * number

        with ThreadPoolExecutor(16) as pool:
            assert all(pool.map(one, range(240)))
        assert before <= server.children()
