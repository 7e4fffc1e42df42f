"""`mod_python.httpdconf`: the text and the source of configurations, and the rows of its table."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest

from mod_python import _conf_parts, _conf_skeleton, _installation, httpdconf
from mod_python._installation import Httpd
from mod_python.httpdconf import *  # noqa: F403  as the scripts of 3.5 do
from mod_python.httpdconf import (
    Comment,
    Container,
    ContainerTag,
    Directive,
    Directory,
    FilesMatch,
    IfModule,
    Listen,
    LoadModule,
    LogFormat,
    PythonInterpPerDirective,
    PythonOption,
    PythonPath,
    quote_if_space,
    write_basic_config,
)

DIRECTIVES = Path(__file__).parents[2] / "docs" / "directives.md"

NAMES_OF_3_5 = """
AddHandler AddOutputFilter AddType AuthBasicAuthoritative AuthBasicProvider AuthName AuthType CustomLog DirectoryIndex
DocumentRoot ErrorLog KeepAliveTimeout Listen LoadModule LockFile LogFormat LogLevel MaxClients MaxConnectionsPerChild
MaxRequestsPerChild MaxSpareServers MaxSpareThreads MaxThreadsPerChild MinSpareThreads Mutex NameVirtualHost NumServers
Options PidFile PythonAccessHandler PythonAuthenHandler PythonAuthzHandler PythonCleanupHandler PythonConnectionHandler
PythonDebug PythonFixupHandler PythonHandler PythonImport PythonInterpPerDirective PythonInterpPerDirectory PythonOption
PythonOutputFilter PythonPath PythonPostReadRequestHandler PythonTransHandler Require ServerAdmin ServerName ServerPath
ServerRoot SetHandler StartServers StartThreads ThreadsPerChild Timeout TypesConfig
Directory Files IfModule Location VirtualHost
Directive Container ContainerTag Comment quote_if_space write_basic_config
""".split()


@pytest.mark.parametrize("name", NAMES_OF_3_5)
def test_the_names_of_3_5_come_with_a_star(name: str) -> None:
    assert name in globals()


@pytest.mark.parametrize("name", re.findall(r"^## (Python\w+)", DIRECTIVES.read_text(), re.MULTILINE))
def test_every_directive_of_ours_has_a_row(name: str) -> None:
    assert str(getattr(httpdconf, name)("x")) == f"{name} x\n"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (Listen("8080"), "Listen 8080\n"),
        (Listen(8080), "Listen 8080\n"),
        (Directive("Foo", "bar baz"), "Foo bar baz\n"),
        (LoadModule(r"x_module C:\x\y.so"), "LoadModule x_module C:/x/y.so\n"),
        (LogFormat(r'"\"%r\""'), 'LogFormat "\\"%r\\""\n'),
        (PythonPath(r"['a\\b']"), "PythonPath ['a\\\\b']\n"),
        (PythonInterpPerDirective(), "PythonInterpPerDirective Off\n"),
        (PythonInterpPerDirective("On"), "PythonInterpPerDirective On\n"),
        (Comment("one\n\ntwo"), "# one\n#\n# two\n"),
        (Directory(r"C:\srv"), "<Directory C:/srv>\n</Directory>\n"),
        (Directory(r"C:\srv", flipslash=0), "<Directory C:\\srv>\n</Directory>\n"),
        (FilesMatch(r'"\.py$"'), '<FilesMatch "\\.py$">\n</FilesMatch>\n'),
        (Directory("/srv", Listen("1")), "<Directory /srv>\n  Listen 1\n</Directory>\n"),
        (ContainerTag("Foo", "", [Listen("1")]), "<Foo>\n  Listen 1\n</Foo>\n"),
        (
            IfModule("a", Container(Directory("/b", Listen("1"))), Listen("2")),
            "<IfModule a>\n  <Directory /b>\n    Listen 1\n  </Directory>\n  Listen 2\n</IfModule>\n",
        ),
        (Container(Listen("1"), only_if="os.sep == '/'"), "Listen 1\n"),
        (Container(Listen("1"), only_if="mod_python.version.version is None"), ""),
        (Directory("/srv", Listen("1"), only_if="False"), ""),
        (Container(), ""),
    ],
)
def test_text_and_source(item: Container | Directive, text: str) -> None:
    assert str(item) == text
    assert str(eval(repr(item), vars(httpdconf))) == text


def test_the_source_is_indented_by_level() -> None:
    tree = Container(Listen("1"), Directory("/srv", PythonOption("a b")))
    assert repr(tree) == (
        "Container(\n    Listen('1'),\n    Directory(\n        '/srv',\n        PythonOption('a b'),\n    ),\n)"
    )


def test_only_items_are_appended() -> None:
    tree = Container()
    tree.append(Listen("1"))
    with pytest.raises(TypeError, match="appended value must be an instance of Directive, Container"):
        tree.append("Listen 2")  # type: ignore[arg-type]
    assert str(tree) == "Listen 1\n"


def test_quotes_come_with_blanks() -> None:
    assert quote_if_space("a b") == '"a b"'
    assert quote_if_space("ab") == "ab"


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "${HOME}/x"])
def test_a_name_that_httpd_cannot_write_is_refused(name: str) -> None:
    with pytest.raises(_conf_parts.Unquotable):
        _conf_parts.quoted(name)


class TestBasicConfig:
    """`write_basic_config` for an httpd that is made up."""

    @pytest.fixture(autouse=True)
    def installation(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """An httpd with a shared MPM and one more module."""
        modules = tmp_path / "modules"
        modules.mkdir()
        for name in ("mpm_event", "dir"):
            (modules / f"mod_{name}.so").touch()
        httpd = Httpd(tmp_path / "httpd", modules, None)
        httpd.__dict__.update(built_in=frozenset({"core", "unixd"}), sysconfdir=tmp_path)
        monkeypatch.setattr(_conf_skeleton, "find_httpd", lambda: httpd)
        monkeypatch.setattr(_conf_skeleton, "find_module", lambda: Path("/x/mod_python.so"))
        monkeypatch.setattr(_conf_parts, "ordinary_user", lambda: None)
        monkeypatch.setattr(_conf_parts, "virtualenv", lambda: None)

    def test_the_script_prints_the_configuration(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        root = tmp_path / "root"
        script = write_basic_config(
            str(root), pythonhandler="hello", pythonpath=["/srv/lib"], pythonoptions=["a b"], mp_comments=["PythonFoo"]
        )
        assert script == str(root / "conf" / "httpd_conf.py")
        assert {entry.name for entry in root.iterdir()} == {"conf", "logs", "public"}
        capsys.readouterr()
        runpy.run_path(script, run_name="__main__")
        lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("#")]
        modules = tmp_path / "modules"
        assert lines[:2] == [
            f'LoadModule mpm_event_module "{modules}/mod_mpm_event.so"',
            f'LoadModule dir_module "{modules}/mod_dir.so"',
        ]
        assert "Listen 0.0.0.0:8888" in lines
        assert lines[-6:] == [
            'LoadModule python_module "/x/mod_python.so"',
            f'PythonHome "{sys.base_prefix}"',
            "SetHandler mod_python",
            "PythonHandler hello",
            "PythonPath \"sys.path+['/srv/lib']\"",
            "PythonOption a b",
        ]

    def test_a_script_that_is_there_stays(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        root = str(tmp_path / "root")
        assert write_basic_config(root)
        assert write_basic_config(root) is None
        assert "exists already" in capsys.readouterr().err
        assert write_basic_config(root, replace_config=True)


def test_an_unknown_name_of_version_is_an_error() -> None:
    from mod_python import version

    with pytest.raises(AttributeError):
        version.TESTHOME  # noqa: B018


def test_missing_httpd_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    _installation.find_httpd.cache_clear()
    monkeypatch.delenv("MOD_PYTHON_HTTPD", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(_installation, "_SYSTEM_PATH", "/nowhere")
    with pytest.raises(_installation.NotInstalled, match="apt-get install apache2-bin"):
        _installation.find_httpd()
    _installation.find_httpd.cache_clear()
