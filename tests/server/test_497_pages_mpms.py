"""PSP, the publisher and CGI scripts side by side, under the other MPMs and with replicas."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import Conf, Server

SEVERAL = {
    "worker": ("StartServers 2", "ServerLimit 2", "ThreadsPerChild 8", "MaxRequestWorkers 16", "MinSpareThreads 1"),
    "prefork": ("StartServers 3", "MinSpareServers 3", "MaxSpareServers 6", "MaxRequestWorkers 16"),
}


@pytest.mark.parametrize("mpm", SEVERAL, indirect=True)
class TestSideBySide:
    """Three hosts, two replicas each."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """One kind of page for each host."""
        conf.mpm_lines(*SEVERAL[conf.mpm]).add("PythonInterpreterOptions * replicas=2")
        conf.vhost("psp.test").app("psp", "AddHandler mod_python .psp", "PythonHandler mod_python.psp")
        conf.vhost("publisher.test").app("publisher", "SetHandler mod_python", "PythonHandler mod_python.publisher")
        conf.vhost("cgi.test").app("scripts", "SetHandler mod_python", "PythonHandler mod_python.cgihandler")

    def test_requests_do_not_meet(self, server: Server) -> None:
        kinds = {
            "psp.test": ("/hello.psp?who={}", "Hello {}, grüß Gott GET\n"),
            "publisher.test": ("/hello?name={}", "Hello {}"),
            "cgi.test": ("/echo.cgi?{}", "{} True"),
        }

        def ask(number: int) -> tuple[str, str]:
            host = list(kinds)[number % len(kinds)]
            url, text = kinds[host]
            return server.client.get(url.format(number), host=host).text, text.format(number)

        with ThreadPoolExecutor(6) as pool:
            for answer, expected in pool.map(ask, range(60)):
                assert answer == expected

    def test_errors_stay_with_their_request(self, server: Server) -> None:
        server.log.expect(r"PythonHandler mod_python\.psp: ZeroDivisionError", r"PythonHandler mod_python\.publisher: ZeroDiv")
        server.log.allow(r"PythonHandler mod_python\.")
        for _ in range(3):
            assert server.client.get("/fails.psp", host="psp.test").status_code == 500
            assert server.client.get("/fails", host="publisher.test").status_code == 500
            assert server.client.get("/none.cgi", host="cgi.test").status_code == 404
            assert server.client.get("/hello", host="publisher.test").status_code == 200
