"""`mod_python serve`: real applications on an httpd of their own, started and ended by the command."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from harness import Installation, wait
from harness.command import Command

HANDLER = """
import os, sys, threading
from mod_python import apache

def handler(req):
    req.content_type = "text/plain"
    req.write(f"{__name__} {apache.interpreter}/{apache.replica} {req.uri} {os.getpid()} {TEXT}")
    return apache.OK

TEXT = "first"
"""
SURROUNDED = """
import helper

def handler(req):
    req.write(helper.TEXT + req.get_options()["colour"] + req.subprocess_env["A"])
    return 0
"""
WSGI = """
from mod_python import apache

def application(environ, start_response):
    start_response("201 Created", [("Content-Type", "text/plain")])
    return [f"{__name__} {apache.interpreter} {environ['SCRIPT_NAME']}|{environ['PATH_INFO']} {TEXT}".encode()]

TEXT = "first"
"""
PUBLISHED = """
def index(req):
    return "index of shop"

def greet(req, name="nobody"):
    return f"hello {name}"
"""
FAILING = "def handler(req):\n    raise ValueError('seen')\n"


@pytest.fixture
def command(installation: Installation) -> Command:
    """The command in a folder of its own; `put` writes files into it."""
    return Command(installation, installation.new_root("command"))


def put(command: Command, **files: str) -> None:
    """Write modules; their time stamps lie in the past, so that a later change is seen."""
    for name, source in files.items():
        path = command.folder / f"{name}.py"
        path.write_text(source)
        os.utime(path, (1_000_000_000, 1_000_000_000))


class TestServe:
    """Kinds of applications, options, and the end."""

    def test_a_handler(self, command: Command) -> None:
        put(command, hello=HANDLER)
        with command.serve("hello.py") as serving:
            for path in ("", "deep/er"):
                assert serving.get(path).text.startswith(f"hello app/0 /{path} ")
            root = Path(serving.stdout.partition("log: ")[2].partition("/logs/")[0])
            assert root.is_dir()
            httpd = serving.httpd
            assert serving.end() == 0
        assert not root.exists()
        assert not Path(f"/proc/{httpd}").exists()
        assert serving.stderr == ""

    @pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGHUP])
    def test_other_ends(self, command: Command, kind: signal.Signals) -> None:
        put(command, hello=HANDLER)
        with command.serve("hello.py") as serving:
            httpd = serving.httpd
            assert serving.end(kind) == 0
        assert not Path(f"/proc/{httpd}").exists()

    def test_a_directory_of_handlers(self, command: Command) -> None:
        put(command, index=HANDLER, shop=HANDLER, library="secret = 1")
        with command.serve(".") as serving:
            assert serving.get().text.startswith("index ")
            assert serving.get("shop/1").text.startswith("shop app/0 /shop/1 ")
            for path in ("shopping", "library", "library.py", "shop.py", "nothing"):
                assert serving.get(path).status_code == 404, path

    @pytest.mark.parametrize("app", ["shop:application", "shop.py", "shop.py:application"])
    def test_a_wsgi_application(self, command: Command, app: str) -> None:
        put(command, shop=WSGI)
        with command.serve(app) as serving:
            answer = serving.get("a/b")
            assert (answer.status_code, answer.text) == (201, "shop app |/a/b first")
            assert serving.get().text == "shop app |/ first"

    def test_a_wsgi_file_and_reload(self, command: Command) -> None:
        file = command.folder / "site.wsgi"
        file.write_text(WSGI)
        os.utime(file, (1_000_000_000, 1_000_000_000))
        with command.serve("site.wsgi", "--reload") as serving:
            assert serving.get("a").text.endswith("|/a first")
            file.write_text(WSGI.replace("first", "second"))
            wait.until(lambda: serving.get().text.endswith("second"), "the changed file")

    def test_a_published_module(self, command: Command) -> None:
        put(command, shop=PUBLISHED, other=PUBLISHED)
        with command.serve("shop.py") as serving:
            assert serving.url.endswith("/shop")
            assert serving.get().text == "index of shop"
            assert serving.get("/greet?name=you").text == "hello you"
            assert serving.get("/../other/greet").status_code == 403

    def test_a_published_directory(self, command: Command) -> None:
        put(command, index=PUBLISHED, other=PUBLISHED)
        with command.serve(".") as serving:
            assert serving.get().text == "index of shop"
            assert serving.get("other/greet").text == "hello nobody"

    def test_pages(self, command: Command) -> None:
        (command.folder / "index.psp").write_text("<% import helper %>two is <%= helper.TWO %>")
        (command.folder / "style.css").write_text("b {}")
        put(command, helper="TWO = 1 + 1")
        with command.serve(".") as serving:
            assert serving.get().text == serving.get("index.psp").text == "two is 2"
            assert serving.get("style.css").text == "b {}"
            for path in ("helper.py", ".secret", "__pycache__/x.pyc"):
                assert serving.get(path).status_code == 403, path

    def test_reload(self, command: Command) -> None:
        put(command, hello=HANDLER)
        with command.serve("--reload", "hello.py") as serving:
            assert serving.get().text.endswith("first")
            (command.folder / "hello.py").write_text(HANDLER.replace("first", "second"))
            wait.until(lambda: serving.get().text.endswith("second"), "the changed module")

    def test_without_reload_a_change_waits(self, command: Command) -> None:
        put(command, hello=HANDLER)
        with command.serve("hello.py", "--threads", "1") as serving:
            assert serving.get().text.endswith("first")
            (command.folder / "hello.py").write_text(HANDLER.replace("first", "second"))
            assert wait.stays(lambda: serving.get().text.endswith("first"), True, 1.5)

    def test_processes_and_replicas(self, command: Command) -> None:
        put(command, hello=HANDLER)
        with command.serve("hello.py", "--processes", "2", "--threads", "4", "--replicas", "2") as serving:
            seen: set[tuple[str, str]] = set()

            def four() -> bool:
                words = serving.get(headers={"Connection": "close"}).text.split()
                seen.add((words[1], words[3]))
                return len(seen) == 4

            wait.until(four, "two replicas in each of two processes")
            assert {where for where, _ in seen} == {"app/0", "app/1"}

    def test_logs_on_the_terminal(self, command: Command) -> None:
        put(command, hello=FAILING)
        with command.serve("hello.py", "--log-to-terminal", "--access-log", "--debug") as serving:
            answer = serving.get("x")
            assert answer.status_code == 500 and "ValueError: seen" in answer.text
            wait.until(lambda: "GET /x HTTP/1.1" in serving.stdout, "the access log on stdout")
            wait.until(lambda: "ValueError: seen" in serving.stderr, "the error log on stderr")

    def test_options_path_and_further_lines(self, command: Command, installation: Installation) -> None:
        (command.folder / "lib").mkdir()
        (command.folder / "lib" / "helper.py").write_text("TEXT = 'helped'")
        put(command, hello=SURROUNDED)
        (command.folder / "more.conf").write_text('<Location "/">\n  SetEnvIf Request_URI . A=b\n</Location>\n')
        (command.folder / "load.conf").write_text(f"LoadModule setenvif_module {installation.libexec}/mod_setenvif.so\n")
        with command.serve(
            "hello.py", "--option", "colour blue", "--python-path", "lib", "--include", "load.conf", "--include", "more.conf"
        ) as serving:
            assert serving.get().text == "helpedblueb"

    def test_a_named_server_root_stays(self, command: Command, installation: Installation) -> None:
        put(command, hello=HANDLER)
        with command.serve("hello.py", "--server-root", "kept") as serving:
            assert serving.get().status_code == 200
        assert (command.folder / "kept" / "logs" / "error.log").exists()

    def test_setup_only(self, command: Command) -> None:
        put(command, hello=HANDLER)
        done = command("serve", "hello.py", "--setup-only", "--port", "1", "--server-root", "made")
        assert done.stdout == f"{command.folder}/made/httpd.conf\n", done.stderr
        assert "PythonHandler hello" in Path(done.stdout.strip()).read_text()

    @pytest.mark.parametrize("mpm", ["worker", "prefork"])
    def test_other_mpms(self, command: Command, mpm: str) -> None:
        put(command, hello=HANDLER)
        with command.serve("hello.py", "--mpm", mpm) as serving:
            assert serving.get().text.startswith("hello ")


class TestTrouble:
    """What goes wrong is told in words, with status 1."""

    def test_a_port_in_use(self, command: Command) -> None:
        put(command, hello=HANDLER)
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            done = command("serve", "hello.py", "--port", str(port))
        assert done.returncode == 1
        assert f"cannot be listened on; take another: --port {port + 1}" in done.stderr

    def test_lines_that_httpd_refuses(self, command: Command) -> None:
        put(command, hello=HANDLER)
        (command.folder / "bad.conf").write_text("NoSuchDirective\n")
        done = command("serve", "hello.py", "--port", "0", "--include", "bad.conf")
        assert done.returncode == 1
        assert "httpd does not accept" in done.stderr and "NoSuchDirective" in done.stderr

    def test_httpd_that_ends_by_itself(self, command: Command) -> None:
        put(command, hello=HANDLER)
        with command.serve("hello.py") as serving:
            os.kill(serving.httpd, signal.SIGKILL)
            assert serving.process.wait(wait.PATIENCE) == 1
            assert "httpd ended by itself" in serving.stderr
            with pytest.raises(httpx.ConnectError):
                serving.get()  # a child that was left would answer

    def test_asgi_is_not_there_yet(self, command: Command) -> None:
        put(command, api="async def app(scope, receive, send): ...")
        done = command("serve", "api:app")
        assert done.returncode == 1 and "does not serve yet" in done.stderr

    def test_a_directory_that_children_cannot_read(self, command: Command, installation: Installation) -> None:
        if installation.user is None:
            pytest.skip("only root drops to another user")
        put(command, hello=HANDLER)
        os.chown(command.folder, 0, 0)
        command.folder.chmod(0o700)
        command._options.update(user="root", group=0)
        done = command("serve", "hello.py")
        command.folder.chmod(0o755)
        assert done.returncode == 1 and f"run as {installation.user}, who cannot read {command.folder}" in done.stderr
