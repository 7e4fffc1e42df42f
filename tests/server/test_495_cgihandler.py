"""`mod_python.cgihandler`: unmodified scripts, what they leave behind, several at once."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import Conf, Server

SCRIPTS = ("SetHandler mod_python", "PythonHandler mod_python.cgihandler")


class TestScripts:
    """A folder of scripts."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """At `/`."""
        conf.app("scripts").block("FilesMatch", r'"\.cgi$"', *SCRIPTS)

    def test_an_ordinary_script(self, server: Server) -> None:
        answer = server.client.post("/hello.cgi?q=1", content="grün")
        assert (answer.status_code, answer.headers["X-Script"]) == (200, "yes")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        expected = ["Hello from /hello.cgi q=1 POST", "True True True", "read beside the script", "grün"]
        assert answer.text.splitlines() == expected

    def test_every_run_is_a_first_run(self, server: Server) -> None:
        assert [server.client.get("/imports.cgi").text for _ in range(3)] == ["2 True\n"] * 3
        assert [server.client.get("/after.cgi").text for _ in range(3)] == ["None 1 False True\n"] * 3

    def test_a_changed_script(self, server: Server) -> None:
        script = server.root / "apps/scripts/changing.cgi"
        for text in ("one", "three"):
            script.write_text(f"print('Content-Type: text/plain\\n\\n{text}', end='')")
            assert server.client.get("/changing.cgi").text == text

    def test_streams_that_are_wrapped(self, server: Server) -> None:
        assert server.client.post("/binary.cgi", content=b"\xff" * 100_000).content == b"\xfc100000"
        assert server.client.get("/encoding.cgi").content == b"\xfc"

    def test_redirects(self, server: Server) -> None:
        answer = server.client.get("/local.cgi")
        assert (answer.status_code, "location" in answer.headers) == (200, False)
        assert answer.text.startswith("Hello from /hello.cgi from=here GET")
        assert server.client.post("/local.cgi").headers["Location"] == "/hello.cgi?from=here"
        answer = server.client.get("/away.cgi")
        assert (answer.status_code, answer.headers["Location"]) == (302, "http://elsewhere.test/x")
        answer = server.client.get("/status.cgi")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/hello.cgi")

    def test_a_script_without_headers(self, server: Server) -> None:
        server.log.expect(r"MPY0621: the script .*headless\.cgi ended before")
        assert server.client.get("/headless.cgi").status_code == 500

    def test_the_end_of_a_script(self, server: Server) -> None:
        server.log.expect("last words")
        assert server.client.get("/exits.cgi").text == "before"

    def test_an_error_names_the_script_alone(self, server: Server) -> None:
        server.log.expect("PythonHandler mod_python.cgihandler")
        mark = server.log.mark()
        server.client.get("/fails.cgi")
        server.log.wait_for("NameError: name 'undefined' is not defined", mark)
        (line,) = server.log.find("  File ", mark)
        assert "apps/scripts/fails.cgi" in line.raw
        assert server.client.get("/after.cgi").text == "None 1 False True\n"

    def test_missing_scripts(self, server: Server) -> None:
        assert server.client.get("/none.cgi").status_code == 404


class TestSeveralAtOnce:
    """Two names, two folders: each script has its own directory and its own environment."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The second pair believes that no thread can have a working directory of its own."""
        directory = conf.install("scripts")
        (directory / "lib").mkdir(exist_ok=True)
        shutil.copy(directory / "slow.cgi", directory / "lib")
        for name, place in (("one", ""), ("two", "/lib"), ("three", ""), ("four", "/lib")):
            host = conf.vhost(f"{name}.test", f'DocumentRoot "{directory}{place}"')
            host.block("Directory", f'"{directory}"', "Require all granted", *SCRIPTS)
            if name in ("three", "four"):
                host.add(f"PythonInterpreterOptions {name}.test python-path={directory}")
                host.add(f"PythonImport sharing::take {name}.test")

    @pytest.mark.parametrize("hosts", [("one.test", "two.test"), ("three.test", "four.test")])
    def test_they_do_not_meet(self, server: Server, hosts: tuple[str, str]) -> None:
        def ask(number: int) -> str:
            return server.client.get(f"/slow.cgi?{number}", host=hosts[number % 2]).text

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, range(12)))
        assert answers == ["[('scripts', True)]", "[('lib', True)]"] * 6
