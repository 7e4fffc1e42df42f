"""The configuration: what `httpd -t` refuses and in which words, `.htaccess`, options and their merging."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import Conf, Server

# (line, texts that the message must have beside the directive's name)
WRONG = [
    ("PythonHandler", ["PythonHandler"]),
    ("PythonHandler a::", ["a::"]),
    ("PythonHandler ::b", ["::b"]),
    ("PythonHandler | .py", ["takes one handler or more"]),
    ("PythonInterpreter", ["takes one argument"]),
    ("PythonInterpreter ''", ["name"]),
    ("PythonInterpPerDirectory perhaps", ["On", "Off"]),
    ("PythonInterpPerDirective perhaps", ["On", "Off"]),
    ("PythonDebug perhaps", ["On", "Off"]),
    ("PythonAutoReload perhaps", ["On", "Off"]),
    ("PythonOptimize perhaps", ["On", "Off"]),
    ("PythonOption", ["argument"]),
    ("PythonOption a b c", ["argument"]),
    ("PythonPath", ["takes one argument"]),
    ("PythonImport module", ["takes two arguments"]),
    ("PythonImport ::f name", ["::f"]),
    ("PythonHome /nowhere/at/all", ["/nowhere/at/all"]),
    ("PythonInterpreterOptions", ["name"]),
    ("PythonInterpreterOptions gil=own", ["gil=own", "first word"]),
    ("PythonInterpreterOptions app gil", ["gil", "key=value"]),
    ("PythonInterpreterOptions app gil=mine", ["mine", "own, shared, main or auto"]),
    ("PythonInterpreterOptions app gli=own", ["gli", "did you mean", "gil"]),
    ("PythonInterpreterOptions app gil=own gil=main", ["gil", "twice"]),
    ("PythonInterpreterOptions app replicas=0", ["replicas", "0", "cores"]),
    ("PythonInterpreterOptions app replicas=many", ["replicas", "many"]),
    ("PythonInterpreterOptions app gil=main replicas=2", ["gil=main", "replicas"]),
    ("PythonInterpreterOptions app gil=shared replicas=2", ["gil=shared", "replicas"]),
    ("PythonInterpreterOptions main_interpreter gil=own", ["main_interpreter"]),
    ("PythonInterpreterOptions app start=perhaps", ["start", "yes or no"]),
    ("PythonInterpreterOptions app virtualenv=/nowhere/at/all", ["virtualenv", "/nowhere/at/all"]),
    ("PythonInterpreterOptions app virtualenv=/tmp", ["virtualenv", "pyvenv.cfg"]),
    ("PythonInterpreterOptions app python-path=/nowhere/at/all", ["python-path", "/nowhere/at/all"]),
    ("PythonInterpreterOptions app env=NOVALUE", ["env", "NAME=VALUE"]),
    ("PythonInterpreterOptions app env=A=1 env=A=2", ["env", "once"]),
    ("PythonInterpreterOptions app switch-interval=fast", ["switch-interval", "fast"]),
    ("PythonInterpreterOptions app switch-interval=1h", ["switch-interval", "1h"]),
    ("PythonInterpreterOptions app switch-interval=0us", ["switch-interval", "10us"]),
    ("PythonInterpreterOptions app daemon-threads=maybe", ["daemon-threads", "yes or no"]),
    ("PythonInterpreterOptions app max-threads=0", ["max-threads", "1"]),
    ("PythonInterpreterOptions app queue-timeout=long", ["queue-timeout", "long"]),
]
SERVER_LEVEL = (
    "PythonImport a b",
    "PythonInterpreterOptions a gil=own",
    "PythonOptimize On",
    "PythonWarmUp json",
    "PythonHome /usr",
)


class TestRefused:
    """Wrong lines, one server each, never started."""

    @pytest.mark.parametrize(("line", "texts"), WRONG, ids=[line for line, _ in WRONG])
    def test_a_wrong_line(self, idle: Server, line: str, texts: list[str]) -> None:
        idle.conf.add(line)
        done = idle.configtest()
        assert done.returncode != 0, f"{line} was accepted"
        assert line.split()[0] in done.stderr
        assert f"{idle.root}/httpd.conf" in done.stderr
        for text in texts:
            assert text in done.stderr

    @pytest.mark.parametrize("line", SERVER_LEVEL)
    def test_server_level_only(self, idle: Server, line: str) -> None:
        idle.conf.block("Directory", "/", line)
        done = idle.configtest()
        assert done.returncode != 0
        assert "not allowed" in done.stderr

    def test_the_shipped_configuration_is_right(self, idle: Server) -> None:
        done = idle.configtest()
        assert (done.returncode, "Syntax OK" in done.stderr) == (0, True), done.stderr


class TestHtaccess:
    """`.htaccess`: handlers, names and options there; an error is that directory's."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A directory in which everything may be said."""
        conf.app("probe", "AllowOverride All")
        for name in ("good", "bad", "forbidden"):
            (conf.root / "apps/probe" / name).mkdir()

    @staticmethod
    def write(server: Server, name: str, *lines: str) -> None:
        """Write the `.htaccess` of a directory."""
        text = "SetHandler mod_python\nPythonHandler probe\n" + "".join(f"{line}\n" for line in lines)
        Path(server.root / "apps/probe" / name / ".htaccess").write_text(text)

    def test_everything_that_is_allowed(self, server: Server) -> None:
        path = f"PythonPath \"['{server.root}/apps/probe'] + sys.path\""
        self.write(server, "good", path, "PythonInterpreter from-htaccess", "PythonOption a b", "PythonDebug On")
        code = "[req.interpreter, req.get_options()['a'], req.hlist.directory]"
        told = server.client.probe(code, "/good/x")
        assert told == ["from-htaccess", "b", f"{server.root}/apps/probe/good/"]

    def test_a_change_counts_at_once(self, server: Server) -> None:
        path = f"PythonPath \"['{server.root}/apps/probe'] + sys.path\""
        for value in ("one", "two"):
            self.write(server, "good", path, f"PythonOption a {value}")
            assert server.client.probe("req.get_options()['a']", "/good/x") == value

    @pytest.mark.parametrize("line", ["PythonDebug perhaps", "PythonHandler a::", "PythonInterpreter ''"])
    def test_an_error_is_500_for_that_directory(self, server: Server, line: str) -> None:
        server.log.expect(line.split()[0])
        self.write(server, "bad", line)
        assert server.client.get("/bad/x").status_code == 500
        assert server.client.get("/").status_code != 500

    def test_server_level_directives_are_refused(self, server: Server) -> None:
        server.log.expect("not allowed here")
        self.write(server, "forbidden", "PythonInterpreterOptions a gil=own")
        assert server.client.get("/forbidden/x").status_code == 500


class TestMerging:
    """Inner sections over outer ones."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Options and handlers at three levels."""
        conf.add("PythonOption level server", "PythonOption server yes", "PythonDebug On")
        app = conf.vhost("v.test", "PythonOption level vhost").app(
            "probe", "PythonOption level directory", "PythonHandler nowhere"
        )
        app.handler("probe", "probe", "PythonOption level file", "PythonOption server")
        app.handler("outer", "probe", "PythonDebug Off")

    def test_options(self, server: Server) -> None:
        assert server.client.probe("req.get_options()['LEVEL']", host="v.test") == "file"
        assert server.client.probe("'server' in req.get_options()", host="v.test") is False
        assert server.client.probe("req.get_options()['level'], req.get_options()['server']", "/outer", host="v.test") == [
            "directory",
            "yes",
        ]

    def test_flags(self, server: Server) -> None:
        assert server.client.probe("req.get_config()['PythonDebug']", host="v.test") == "1"
        assert server.client.probe("req.get_config()['PythonDebug']", "/outer", host="v.test") == "0"

    def test_an_inner_list_replaces_the_outer_one(self, server: Server) -> None:
        assert server.client.probe("req.hlist.handler", host="v.test") == "probe"
