"""`mod_python.apache`: what it tells of files, of the configuration and of the server; CGI's ways."""

from __future__ import annotations

from harness import Conf, Server


class TestFiles:
    """`apache.stat` and `req.finfo`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The probe, with its own file beside it."""
        conf.app("probe").block("Files", "probe.py", "SetHandler mod_python", "PythonHandler probe")

    def test_finfo_of_a_request(self, server: Server) -> None:
        code = "f = req.finfo\n[str(type(f)), f.filetype == apache.APR_REG, f.fname == req.filename, f.size > 100, f.name]"
        assert server.client.probe(code, "/probe.py") == ["<class 'mp_finfo'>", True, True, True, None]

    def test_by_position_and_by_name(self, server: Server) -> None:
        code = """
f = apache.stat(req.filename, apache.APR_FINFO_NORM)
names = 'protection inode device nlink user group size atime mtime ctime fname name filetype'.split()
[f[index] == getattr(f, name) for index, name in enumerate(names)]"""
        assert server.client.probe(code, "/probe.py") == [True] * 13
        assert server.client.raised("req.finfo[13]", "/probe.py").startswith("IndexError")
        assert server.client.raised("req.finfo[-1]", "/probe.py").startswith("IndexError")
        assert server.client.raised("req.finfo.other", "/probe.py").startswith("AttributeError")
        assert server.client.raised("len(req.finfo)", "/probe.py").startswith("TypeError")

    def test_it_agrees_with_the_system(self, server: Server) -> None:
        code = """
import os
f, s = apache.stat(req.filename, apache.APR_FINFO_NORM), os.stat(req.filename)
protection = f'0x{s.st_mode & 0o777:o}'
[f.size == s.st_size, f.mtime == int(s.st_mtime), f.inode == s.st_ino, f.user == s.st_uid, hex(f.protection) == protection]"""
        assert server.client.probe(code, "/probe.py") == [True] * 5

    def test_only_what_is_known(self, server: Server) -> None:
        code = "f = apache.stat(req.filename, apache.APR_FINFO_MIN)\n[f.name, f.valid & apache.APR_FINFO_NAME, f.size > 100]"
        assert server.client.probe(code, "/probe.py") == [None, 0, True]

    def test_a_file_that_is_not_there(self, server: Server) -> None:
        code = "f = apache.stat('/no/such', apache.APR_FINFO_NORM)\n[f.filetype, f.fname, f.size, f.valid, f[7], f[12]]"
        assert server.client.probe(code, "/probe.py") == [0, "/no/such", None, None, None, 0]
        assert "PermissionError" not in server.client.raised("apache.stat('a\\0b', 0)", "/probe.py")

    def test_finfo_can_be_replaced(self, server: Server) -> None:
        code = "req.finfo = apache.stat('/', apache.APR_FINFO_NORM)\n[req.finfo.filetype == apache.APR_DIR, req.finfo.fname]"
        assert server.client.probe(code, "/probe.py") == [True, "/"]
        assert server.client.raised("req.finfo = 7\nNone", "/probe.py").startswith("TypeError")


class TestServer:
    """`apache.main_server`, `apache.config_tree`, and where the running code stands."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A virtual host beside the main server, each with options; AddHandler in it."""
        conf.add("PythonOption where main", "ServerAdmin admin@main.test")
        host = conf.vhost("one.test", "PythonOption where one", "ServerAdmin admin@one.test")
        lines = ("AllowOverride FileInfo", "AddHandler mod_python .py .PSP", "AddHandler cgi-script .cgi")
        host.app("probe", *lines).handler("probe", "probe", "PythonOption where here")
        inner = conf.root / "apps/probe/inner"
        inner.mkdir()
        (inner / ".htaccess").write_text("AddHandler python-program mp\nAddHandler type-map .py\nRemoveHandler .psp\n")

    def probe(self, server: Server, code: str) -> object:
        return server.client.probe(code, host="one.test")

    def test_main_server(self, server: Server) -> None:
        code = "s = apache.main_server\n[s.server_admin, s.is_virtual, s.get_options()['where'], req.server.is_virtual]"
        assert self.probe(server, code) == ["admin@main.test", 0, "main", 1]
        assert self.probe(server, "type(apache.main_server).__name__") == "mp_server"

    def test_generation_and_restart(self, server: Server) -> None:
        code = "import time\n[req.server.my_generation, 0 < time.time() - req.server.restart_time < 600]"
        assert self.probe(server, code) == [0, True]

    def test_config_tree(self, server: Server) -> None:
        tree = self.probe(server, "apache.config_tree()")
        assert isinstance(tree, list)
        at = next(i for i, node in enumerate(tree) if node[0] == "<VirtualHost")
        assert "127.0.0.1" in tree[at][1]
        assert ["ServerName", "one.test"] in tree[at + 1]
        assert ["PythonOption", "where main"] in tree

    def test_current_options_and_root(self, server: Server) -> None:
        assert self.probe(server, "apache.get_current_options()['where']") == "here"
        assert self.probe(server, "apache.get_current_config().get('PythonDebug', 'unset')") == "unset"
        assert self.probe(server, "apache.get_handler_root() == req.hlist.directory") is True

    def test_addhandler_extensions(self, server: Server) -> None:
        assert self.probe(server, "req.get_addhandler_exts()") == "py psp"
        assert server.client.probe("req.get_addhandler_exts()", "/inner/probe", host="one.test") == "mp"
        assert server.client.probe("req.get_addhandler_exts()", host="other.test") == "py psp"

    def test_records_for_extension_modules(self, server: Server) -> None:
        code = "[type(x).__name__ for x in (req._request_rec, req.connection._conn_rec, req.server._server_rec)]"
        assert self.probe(server, code) == ["PyCapsule"] * 3


class TestCgi:
    """`apache.setup_cgi`, `restore_nocgi`, `build_cgi_env`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The scripts."""
        conf.app("cgi").handler("cgi", "scripts")

    def test_environment_input_and_output(self, server: Server) -> None:
        mark = server.log.mark()
        headers = {"Authorization": "Basic eDp5"}
        answer = server.client.post("/cgi/echo?q=1", content="grün\nzwei".encode(), headers=headers)
        assert answer.headers["X-Query"] == "q=1"
        assert answer.headers["Content-Type"] == "text/plain"
        assert answer.text == "Python-CGI/1.1 /cgi Basic eDp5\ngrün\nzwei"
        server.log.wait_for(r"restored \(True, True, False\)", mark)

    def test_bytes_and_headers(self, server: Server) -> None:
        body = bytes(range(256)) * 1000
        answer = server.client.post("/cgi/raw", content=body)
        assert answer.status_code == 404
        assert answer.content == body
        assert answer.headers["Content-Type"] == "application/x"
        assert answer.headers.get_list("Set-Cookie") == ["a=1", "b=2"]

    def test_lines(self, server: Server) -> None:
        assert server.client.post("/cgi/lines", content=b"a\nb\r\nc").text == "0 a\n1 b\r\n2 c\n"

    def test_no_body(self, server: Server) -> None:
        assert server.client.get("/cgi/lines").text == ""
