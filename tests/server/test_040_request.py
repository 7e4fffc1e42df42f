"""The request object: its attributes and methods, asked from inside a handler."""

from __future__ import annotations

import pytest

from harness import Conf, Server

# (code, path and query behind it, its value); the host is always one.test.
ATTRIBUTES = [
    ("req.uri", "/probe"),
    ("req.method", "GET"),
    ("req.protocol", "HTTP/1.1"),
    ("req.path_info", ""),
    ("req.filename.endswith('/apps/probe/probe')", True),
    ("req.args == req.unparsed_uri.partition('?')[2]", True),
    ("req.unparsed_uri.startswith('/probe?req.unparsed_uri')", True),
    ("req.phase", "PythonHandler"),
    ("req.interpreter", "one.test"),
    ("apache.interpreter", "one.test"),
    ("apache.replica", 0),
    ("req.status", 200),
    ("req.headers_in['Host']", "one.test"),
    ("req.headers_in['hOsT']", "one.test"),
    ("req.headers_in.get('Absent', 'default')", "default"),
    ("req.hlist.handler", "probe"),
    ("req.hlist.directory.endswith('/apps/probe/')", True),
    ("str(type(req))", "<class 'mp_request'>"),
    ("str(type(req.headers_in))", "<class 'mp_table'>"),
]

WRITES = {
    "status": ("201", 201),
    "content_type": ("'text/x'", "text/x"),
    "uri": ("'/new'", "/new"),
    "filename": ("'/new'", "/new"),
    "path_info": ("'/new'", "/new"),
    "args": ("'a=b'", "a=b"),
}


class TestAttributes:
    """What the request says of itself."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The probe in a virtual host, with options."""
        app = conf.vhost("one.test", "PythonOption outer o", "PythonOption both outer").app("probe")
        app.handler("probe", "probe", "PythonOption both inner", "PythonOption empty", "PythonOption ключ значение")

    @pytest.mark.parametrize(("code", "value"), ATTRIBUTES, ids=[code for code, _ in ATTRIBUTES])
    def test_attribute(self, server: Server, code: str, value: object) -> None:
        assert server.client.probe(code, host="one.test") == value

    @pytest.mark.parametrize("name", WRITES)
    def test_writable(self, server: Server, name: str) -> None:
        expression, value = WRITES[name]
        code = f"before = req.{name}\nreq.{name} = {expression}\nafter = req.{name}\nreq.{name} = before\nafter"
        assert server.client.probe(code, host="one.test") == value

    @pytest.mark.parametrize("name", ["method", "phase", "interpreter", "headers_in", "protocol"])
    def test_read_only(self, server: Server, name: str) -> None:
        assert server.client.raised(f"req.{name} = 'x'\nNone", host="one.test").startswith("AttributeError")

    @pytest.mark.parametrize("code", ["req.status = '200'", "req.content_type = 7", "req.uri = None"])
    def test_wrong_types(self, server: Server, code: str) -> None:
        assert server.client.raised(f"{code}\nNone", host="one.test").startswith("TypeError")

    def test_path_info(self, server: Server) -> None:
        assert server.client.probe("req.path_info", "/probe/deeper/still", host="one.test") == "/deeper/still"

    def test_method_and_body(self, server: Server) -> None:
        asked = server.client.probe("[req.method, req.read().decode()]", host="one.test", method="PUT", content=b"body")
        assert asked == ["PUT", "body"]

    def test_application_attributes(self, server: Server) -> None:
        assert server.client.probe("req.mine = [1]\nreq.mine.append(2)\nreq.mine", host="one.test") == [1, 2]
        assert server.client.probe("req.mine = 1\ndel req.mine\nhasattr(req, 'mine')", host="one.test") is False
        assert server.client.raised("req.mine", host="one.test").startswith("AttributeError")

    def test_options(self, server: Server) -> None:
        options = server.client.probe("dict(req.get_options().items())", host="one.test")
        assert options["both"] == "inner"
        assert options["outer"] == "o"
        assert options["ключ"] == "значение"
        assert "empty" not in options

    def test_config(self, server: Server) -> None:
        assert "PythonDebug" not in server.client.probe("list(req.get_config().keys())", host="one.test")

    def test_environment_and_notes(self, server: Server) -> None:
        for table in ("subprocess_env", "notes"):
            assert server.client.probe(f"req.{table}['A'] = 'b'\nreq.{table}['a']", host="one.test") == "b"

    @pytest.mark.parametrize("text", ["grün", "日本語", "a b", "😀"])
    def test_paths_that_are_not_ascii(self, server: Server, text: str) -> None:
        assert server.client.probe("req.path_info", f"/probe/{text}", host="one.test") == f"/{text}"

    def test_a_path_that_is_no_utf8_is_no_crash(self, server: Server) -> None:
        path = server.client.probe("req.path_info.encode('utf-8', 'surrogateescape').hex()", "/probe/%ff%fe", host="one.test")
        assert path == b"/\xff\xfe".hex()

    def test_the_request_cannot_be_made(self, server: Server) -> None:
        assert server.client.raised("type(req)()", host="one.test").startswith("TypeError")


class TestLog:
    """`req.log_error` and its levels."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The probe."""
        conf.app("probe").handler("probe", "probe")

    @pytest.mark.parametrize(
        ("level", "word"),
        [("WARNING", "warn"), ("NOTICE", "notice"), ("INFO", "info"), ("ERR", "error"), ("CRIT", "crit")],
    )
    def test_level(self, server: Server, level: str, word: str) -> None:
        text = f"a line at {level}"
        if word in ("error", "crit"):
            server.log.expect(text)
        server.client.probe(f"req.log_error('{text}', apache.APLOG_{level})")
        (line,) = server.log.wait_for(text)
        assert line.level == word
        assert "[client 127.0.0.1" in line.raw

    def test_without_a_level_it_is_an_error(self, server: Server) -> None:
        server.log.expect("no level")
        server.client.probe("req.log_error('no level')")

    def test_several_lines_and_odd_characters(self, server: Server) -> None:
        server.client.probe("req.log_error('first\\nsecond\\x07 grün', apache.APLOG_NOTICE)")
        server.log.wait_for("first")
        server.log.wait_for("second")


class TestCleanups:
    """Functions that run when the request is over."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The app that registers."""
        conf.app("lives").handler("cleanups", "cleanups").handler("kept", "kept").handler("failing", "cleanups::failing")

    def test_they_run_after_the_request_last_first(self, server: Server) -> None:
        mark = server.log.mark()
        assert server.client.get("/cleanups").text == "done\n"
        lines = server.log.wait_for("cleanup (one|two|none)", mark, count=3)
        assert [line.text.split("cleanup ")[1].split()[0].rstrip(",") for line in lines] == ["none", "two", "one"]

    def test_a_failing_one_is_told_and_others_run(self, server: Server) -> None:
        server.log.expect("Error calling cleanup object", "ZeroDivisionError")
        mark = server.log.mark()
        assert server.client.get("/failing").status_code == 200
        server.log.wait_for("cleanup one", mark)

    def test_a_request_that_is_kept_says_that_it_is_over(self, server: Server) -> None:
        assert server.client.get("/kept").text == "nothing kept\n"
        for _ in range(3):
            lines = server.client.get("/kept").text.splitlines()
            assert len(lines) == 5
            assert all("Error: " in line for line in lines), lines
