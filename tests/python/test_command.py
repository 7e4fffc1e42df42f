"""What the `mod_python` command makes of its words, without httpd: applications, configurations, errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from mod_python import _conf_parts
from mod_python._command import application, main, sections, server
from mod_python._command.application import Application, ApplicationError, find
from mod_python._command.server import Settings
from mod_python._installation import Httpd

HANDLER = "def handler(req):\n    return 0\n"
WSGI = "def application(environ, start_response):\n    return []\n"
FLASK = "from flask import Flask\napp = Flask(__name__)\n"
FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
PUBLISHED = "def index(req):\n    return ''\n"


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test stands in its own directory."""
    monkeypatch.chdir(tmp_path)


def put(files: dict[str, str]) -> None:
    for name, source in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(source)


@pytest.mark.parametrize(
    ("files", "app", "kind", "word"),
    [
        ({"hello.py": HANDLER}, "hello.py", "handler", "hello"),
        ({"hello.py": HANDLER + WSGI}, "hello.py", "handler", "hello"),
        ({"hello.py": HANDLER + WSGI}, "hello.py:application", "wsgi", "hello:application"),
        ({"shop.py": WSGI}, "shop.py", "wsgi", "shop:application"),
        ({"shop.py": FLASK}, "shop.py", "wsgi", "shop:app"),
        ({"shop.py": "try:\n    from x import app\nexcept ImportError:\n    app = 1"}, "shop.py", "wsgi", "shop:app"),
        ({"shop.py": PUBLISHED}, "shop.py", "publisher", "shop"),
        ({"shop.py": PUBLISHED}, "shop:app", "wsgi", "shop:app"),
        ({}, "package.module:create", "wsgi", "package.module:create"),
        ({"site/index.psp": ""}, "site", "psp", ""),
        ({"site/deep/index.psp": "", "site/x.py": HANDLER}, "site", "psp", ""),
        ({"site/a.py": HANDLER, "site/b.py": PUBLISHED}, "site", "handlers", ""),
        ({"site/b.py": PUBLISHED}, "site", "publisher", ""),
    ],
)
def test_what_an_app_is(files: dict[str, str], app: str, kind: str, word: str) -> None:
    put(files)
    found = find(app)
    assert (found.kind, found.word) == (kind, word)
    assert found.home == (Path.cwd() / "site" if app == "site" else Path.cwd())


def test_a_wsgi_file_is_named_by_its_path() -> None:
    put({"shop.wsgi": WSGI})
    assert find("shop.wsgi").word == f"{Path.cwd()}/shop.wsgi:application"


def test_the_type_can_be_said() -> None:
    put({"hello.py": HANDLER})
    assert find("hello.py", "publisher").kind == "publisher"
    assert find(".", "publisher").kind == "publisher"


@pytest.mark.parametrize(
    ("files", "app", "kind", "words"),
    [
        ({}, "nothing", None, "there is no file or directory nothing"),
        ({}, "no/thing:app", None, "there is no file or directory"),
        ({"empty/x.txt": ""}, "empty", None, "no page"),
        ({"x.psp": ""}, "x.psp", None, "serve its directory"),
        ({"x.py": "def ("}, "x.py", None, "cannot be read"),
        ({"x.py": "app = 1"}, "x.py:other", None, "defines no other"),
        ({"x.py": "y = 1"}, "x.py", "wsgi", "defines no application"),
        ({"x.py": HANDLER}, "x.py", "psp", "wants a directory"),
        ({"d/x.py": HANDLER}, "d", "wsgi", "wants a module"),
        ({}, "a:b", "psp", "wants a file or a directory"),
        ({"x.py": FASTAPI}, "x.py", None, "ASGI application, which mod_python does not serve yet"),
        ({"x.py": "async def app(a, b, c): pass"}, "x:app", None, "ASGI application"),
    ],
)
def test_what_cannot_be_served(files: dict[str, str], app: str, kind: str | None, words: str) -> None:
    put(files)
    with pytest.raises(ApplicationError, match=words):
        find(app, kind)


def test_what_the_doctor_imports() -> None:
    put({"a.py": HANDLER, "b.py": PUBLISHED, "p/i.psp": "", "shop.wsgi": WSGI})
    assert find(".", "handlers").imports == ["a"]
    assert find(".", "publisher").imports == ["a", "b"]
    assert find("x.y:app").imports == ["x.y"]
    assert find("shop.wsgi").imports == [f"{Path.cwd()}/shop.wsgi"]
    with pytest.raises(ApplicationError):
        find("p").imports  # noqa: B018


@pytest.mark.parametrize("kind", application.KINDS)
def test_each_kind_has_a_section(kind: str) -> None:
    put({"x.py": HANDLER})
    assert "app" in str(sections.of(Application(kind, Path.cwd(), "x"), "app"))


def test_the_section_of_handlers() -> None:
    put({"index.py": HANDLER, "hello.py": HANDLER, "other.py": PUBLISHED})
    text = str(sections.of(find("."), "app"))
    assert "<Location /hello>\n  SetHandler mod_python\n  PythonHandler hello\n  PythonInterpreter app\n" in text
    assert '<LocationMatch "^/$">\n  SetHandler mod_python\n  PythonHandler index\n' in text
    assert "other" not in text


class TestServer:
    """The configuration of a whole server, for an httpd that is made up."""

    @pytest.fixture
    def httpd(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Httpd:
        """An httpd with all MPMs, shared."""
        (tmp_path / "modules").mkdir()
        for name in ("mpm_event", "mpm_worker", "mpm_prefork", "mime", "unixd"):
            (tmp_path / "modules" / f"mod_{name}.so").touch()
        httpd = Httpd(tmp_path / "httpd", tmp_path / "modules", None)
        httpd.__dict__["built_in"] = frozenset({"core", "log_config"})
        monkeypatch.setattr(server, "find_module", lambda: Path("/x/mod_python.so"))
        monkeypatch.setattr(_conf_parts, "virtualenv", lambda: Path("/v"))
        return httpd

    def text(self, httpd: Httpd, **settings: object) -> str:
        application = Application("handler", Path("/srv/app"), "hello")
        return str(server.configuration(Settings(application, Path("/root"), **settings), httpd))  # type: ignore[arg-type]

    def test_what_is_said_nowhere(self, httpd: Httpd) -> None:
        text = self.text(httpd)
        assert "Listen 127.0.0.1:8000\n" in text
        assert "mod_mpm_event.so" in text and "mod_log_config" not in text and "authz_core" not in text
        assert "ThreadsPerChild 25\n" in text and "MaxRequestWorkers 25\n" in text
        assert 'PythonInterpreterOptions * "virtualenv=/v"\n' in text
        assert 'PythonInterpreterOptions app gil=auto start=yes "python-path=/srv/app"\n' in text
        assert "PythonAutoReload Off\nPythonDebug Off\n" in text
        assert 'ErrorLog "/root/logs/error.log"\n' in text and "CustomLog" not in text
        assert "User" not in text

    def test_what_is_said(self, httpd: Httpd) -> None:
        text = self.text(
            httpd, host="::1", port=81, processes=3, threads=4, replicas="cores", gil="own", reload=True, debug=True,
            terminal=True, access_log=True, options=("a b",), python_path=("/lib",), include=("/x.conf",),
        )  # fmt: skip
        assert "Listen [::1]:81\n" in text
        assert "StartServers 3\nMaxRequestWorkers 12\n" in text and "ThreadLimit 4\nThreadsPerChild 4\n" in text
        assert 'app gil=own replicas=cores start=yes "python-path=/srv/app:/lib"\n' in text
        assert "PythonAutoReload On\nPythonDebug On\nPythonOption a b\n" in text
        assert "ErrorLog /dev/stderr\n" in text and "CustomLog /dev/stdout" in text
        assert text.endswith('Include "/x.conf"\n')

    def test_prefork_has_no_threads(self, httpd: Httpd) -> None:
        text = self.text(httpd, mpm="prefork", processes=3)
        assert "MaxRequestWorkers 3\nStartServers 3\n" in text
        assert "Thread" not in text

    @pytest.mark.parametrize(("host", "url"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("10.0.0.1", "10.0.0.1")])
    def test_the_address_for_a_browser(self, host: str, url: str) -> None:
        settings = Settings(Application("publisher", Path("/srv"), "shop"), Path("/root"), host=host)
        assert settings.url == f"http://{url}:8000/shop"


@pytest.mark.parametrize("words", [[], ["unknown"], ["serve"], ["serve", "x", "--threads", "0"], ["start"]])
def test_a_wrong_command_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(words)
    assert ended.value.code == 2
    assert "usage: mod_python" in capsys.readouterr().err


def test_an_error_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["doctor", "nothing"]) == 1
    assert capsys.readouterr().err == "mod_python doctor: there is no file or directory nothing\n"
    assert main.main(["genconfig", "nothing"]) == 1


@pytest.mark.parametrize("command", main.COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main([command, "--help"])
    assert ended.value.code == 0
    assert f"usage: mod_python {command}" in capsys.readouterr().out
