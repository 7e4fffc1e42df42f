"""PythonEnablePdb: the debugger at the terminal of `httpd -X`, and nowhere else."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor

import httpx

from harness import Conf, Server, wait


def get(server: Server, path: str) -> httpx.Response | None:
    """Ask on a connection of its own; None while nobody listens."""
    try:
        return httpx.get(f"http://127.0.0.1:{server.conf.port}{path}", trust_env=False, timeout=30)
    except httpx.ConnectError:
        return None


class TestDebugger:
    """A handler under pdb."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The probe, watched."""
        conf.app("probe").handler("probe", "probe", "PythonEnablePdb On")

    def test_it_runs_in_one_process(self, idle: Server) -> None:
        command = f"exec {idle.conf.installation.httpd} -X -f {idle.conf.write()}"
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, shell=True) as process, ThreadPoolExecutor() as pool:
            assert process.stdin and process.stdout
            try:
                wait.until(lambda: get(idle, "/static"), "httpd -X")
                asked = pool.submit(get, idle, "/probe?6*7")
                process.stdin.write("step\nprint('in', req.uri)\ncontinue\n")
                process.stdin.flush()
                answer = asked.result(30)
                assert answer and answer.json() == {"value": 42}
            finally:
                process.terminate()
            assert "in /probe" in process.stdout.read()

    def test_it_is_ignored_otherwise(self, server: Server) -> None:
        assert server.client.probe("req.get_config()['PythonEnablePdb']") == "1"
