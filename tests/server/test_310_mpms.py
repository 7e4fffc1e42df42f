"""The same small application under every MPM, with one process and with several."""

from __future__ import annotations

import pytest

from harness import MPMS, Conf, Server

SEVERAL = {
    "event": ("StartServers 2", "ServerLimit 2", "ThreadsPerChild 8", "MaxRequestWorkers 16", "MinSpareThreads 1"),
    "worker": ("StartServers 2", "ServerLimit 2", "ThreadsPerChild 8", "MaxRequestWorkers 16", "MinSpareThreads 1"),
    "prefork": ("StartServers 4", "MinSpareServers 4", "MaxSpareServers 8", "MaxRequestWorkers 16"),
}


@pytest.mark.lifecycle
@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestMpms:
    """Names with one replica and with two, in several processes."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Two names; a body; an error."""
        conf.mpm_lines(*SEVERAL[conf.mpm]).add("PythonInterpreterOptions two replicas=2")
        conf.vhost("names.test").app("names").handler("one", "names").handler("two", "names", "PythonInterpreter two")
        conf.vhost("bodies.test").app("bodies").handler("whole", "bodies::whole")
        conf.vhost("errors.test").app("errors").handler("boom", "errors::boom")

    def test_many_requests(self, server: Server) -> None:
        for path in ("/one", "/two"):
            answers = server.client.several([path] * 100, host="names.test")
            assert {answer.status_code for answer in answers} == {200}
            assert {answer.json()["pid"] for answer in answers} <= server.children()

    def test_a_body(self, server: Server) -> None:
        assert server.client.post("/whole", host="bodies.test", content=b"x" * 50_000).json()["lengths"] == [50_000]

    def test_an_error(self, server: Server) -> None:
        server.log.expect("PythonHandler errors::boom")
        assert server.client.get("/boom", host="errors.test").status_code == 500
