"""Where a WSGI application answers: `PythonWSGIAlias` and `PythonHandler mod_python.wsgi`."""

from __future__ import annotations

import pytest

from harness import Conf, Server, wait


class TestAlias:
    """Mounts beside each other, beside aliases, sections and rewriting."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Modules and files, the main server and two virtual hosts."""
        directory = conf.install("wsgi")
        (conf.root / "static").mkdir()
        (conf.root / "static/file.txt").write_text("a file")
        conf.load("rewrite", "authn_core", "authn_file", "authz_user", "auth_basic")
        conf.add(f"PythonPath \"['{directory}'] + sys.path\"")
        conf.add("PythonWSGIAlias /shop pages", "PythonWSGIAlias /shop/admin pages:hello")
        conf.add("PythonWSGIAlias /named pages interpreter=other")
        conf.add(f'PythonWSGIAlias /file "{directory}/shop.wsgi"', f'PythonWSGIAlias /other "{directory}/shop.wsgi:other"')
        conf.add("PythonWSGIAlias /lost no_such_module", "PythonWSGIAlias /none pages:missing")
        conf.add("PythonWSGIAlias /thing pages:TEXT")
        conf.add(f'PythonWSGIAlias /gone "{directory}/gone.wsgi"', "PythonWSGIAlias /grün pages")
        conf.add(f'Alias /shop/static "{conf.root}/static"', "Redirect /shop/moved /shop/new")
        conf.block("Directory", f'"{directory}"', "Require all granted")
        conf.block("Directory", f'"{conf.root}/static"', "Require all granted")
        conf.block("Location", "/shop/secret", "AuthType Basic", 'AuthName "x"', "AuthBasicProvider file")
        conf.block("Location", "/shop/secret", f'AuthUserFile "{conf.root}/users"', "Require valid-user")
        conf.block("Location", "/shop/denied", "Require all denied")
        conf.block("Location", "/shop/mine", "PythonInterpreter mine")
        conf.add("AddHandler cgi-script .wsgi .cgi", "AddType text/x-source .wsgi")
        (conf.root / "users").write_text("ann:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n")  # ann, password
        conf.add("RewriteEngine On", "RewriteRule ^/pretty/(.*)$ /shop/$1?from=pretty [PT]")
        conf.vhost("127.0.0.1", "RewriteEngine On", "RewriteOptions Inherit")
        host = conf.vhost("two.test", "PythonWSGIAlias / pages", "PythonWSGIAlias /shop/admin pages")
        host.add("ErrorDocument 404 /shop/error", "Redirect 404 /lost")
        conf.vhost("three.test")

    def place(self, server: Server, path: str, host: str | None = None) -> tuple[str, str]:
        environ = server.client.get(path, host=host).json()
        return environ["SCRIPT_NAME"], environ["PATH_INFO"]

    @pytest.mark.parametrize(
        ("path", "wanted"),
        {
            "/shop": ("/shop", ""),
            "/shop/": ("/shop", "/"),
            "/shop/a/b": ("/shop", "/a/b"),
            "/shop/a//b": ("/shop", "/a/b"),
            "/shop/a/%2e%2e/b": ("/shop", "/b"),
            "/gr%C3%BCn/x": ("/gr\xc3\xbcn", "/x"),
        }.items(),
    )
    def test_script_name_and_path_info(self, server: Server, path: str, wanted: tuple[str, str]) -> None:
        environ = server.client.get(path).json()
        assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == wanted
        assert environ["REQUEST_URI"] == path

    def test_a_path_that_only_begins_alike(self, server: Server) -> None:
        assert server.client.get("/shopping").status_code == 404

    def test_the_longest_path(self, server: Server) -> None:
        assert server.client.get("/shop/admin/x").text == "hello world\n"
        assert self.place(server, "/shop/administration") == ("/shop", "/administration")

    def test_virtual_hosts(self, server: Server) -> None:
        assert self.place(server, "/anything", "two.test") == ("", "/anything")
        assert self.place(server, "/shop/x", "two.test") == ("/shop", "/x")
        assert self.place(server, "/shop/admin/x", "two.test") == ("/shop/admin", "/x")
        assert self.place(server, "/shop/x", "three.test") == ("/shop", "/x")
        assert server.client.get("/anything", host="three.test").status_code == 404

    def test_an_error_document(self, server: Server) -> None:
        answer = server.client.get("/lost?x", host="two.test")
        assert answer.status_code == 200, "the application says what it is"
        environ = answer.json()
        assert (environ["PATH_INFO"], environ["REQUEST_URI"]) == ("/error", "/lost?x")
        assert (environ["REDIRECT_STATUS"], environ["REDIRECT_URL"]) == ("404", "/lost")

    def test_the_interpreter(self, server: Server) -> None:
        names = {path: server.client.get(path).json()["mod_python.interpreter"] for path in ("/shop", "/named", "/shop/mine")}
        assert names == {"/shop": "127.0.0.1", "/named": "other", "/shop/mine": "mine"}

    def test_a_file(self, server: Server) -> None:
        assert server.client.get("/file/x").text == "shop%2ewsgi beside /file /x"
        assert server.client.get("/other").text == "other"

    def test_extensions_mean_nothing(self, server: Server) -> None:
        answer = server.client.get("/file/x.cgi")
        assert (answer.headers["Content-Type"], answer.text.split()[-1]) == ("text/plain", "/x.cgi")
        assert self.place(server, "/shop/x.cgi") == ("/shop", "/x.cgi")

    def test_aliases_and_redirects_go_first(self, server: Server) -> None:
        assert server.client.get("/shop/static/file.txt").text == "a file"
        assert server.client.get("/shop/moved").headers["Location"].endswith("/shop/new")

    def test_rewriting(self, server: Server) -> None:
        environ = server.client.get("/pretty/x").json()
        assert [environ[key] for key in ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")] == ["/shop", "/x", "from=pretty"]
        assert environ["REQUEST_URI"] == "/pretty/x"

    def test_access_control_of_the_location(self, server: Server) -> None:
        server.log.expect("client denied by server configuration")
        assert server.client.get("/shop/denied").status_code == 403
        assert server.client.get("/shop/secret").status_code == 401
        environ = server.client.get("/shop/secret", auth=("ann", "password")).json()
        assert [environ[key] for key in ("REMOTE_USER", "AUTH_TYPE")] == ["ann", "Basic"]

    def test_what_is_not_there(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias")
        for path, error in {
            "/lost": "ModuleNotFoundError: No module named 'no_such_module'",
            "/none": "pages.py' contains no 'missing'",
            "/thing": "'TEXT' in module .* is no WSGI application but of type 'list'",
            "/gone": "ModuleNotFoundError: No module named 'gone%2ewsgi' in",
        }.items():
            mark = server.log.mark()
            assert server.client.get(path).status_code == 500
            server.log.wait_for(error, mark)

    def test_trace_is_httpds(self, server: Server) -> None:
        assert server.client.request("TRACE", "/shop").headers["Content-Type"] == "message/http"


class TestReload:
    """Changed files are executed again while PythonAutoReload is on."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A module and a file."""
        directory = conf.install("wsgi")
        conf.add(f"PythonPath \"['{directory}'] + sys.path\"", f'PythonWSGIAlias /file "{directory}/shop.wsgi"')
        conf.add("PythonWSGIAlias /module pages:hello")
        conf.block("Location", "/fixed", "PythonAutoReload Off")
        conf.add(f'PythonWSGIAlias /fixed "{directory}/shop.wsgi" interpreter=fixed')
        conf.block("Directory", f'"{directory}"', "Require all granted")

    @pytest.mark.parametrize(
        ("path", "file", "old"), [("/file", "shop.wsgi", 'f"{__name__}'), ("/module", "pages.py", "hello world\\n")]
    )
    def test_a_changed_file(self, server: Server, path: str, file: str, old: str) -> None:
        before, fixed = server.client.get(path).text, server.client.get("/fixed").text
        source = server.conf.root / "apps/wsgi" / file
        source.write_text(source.read_text().replace(old, 'f"changed' if old.startswith("f") else "changed"))
        wait.until(lambda: "changed" in server.client.get(path).text, "the changed application")
        assert "changed" not in before
        assert server.client.get("/fixed").text == fixed

    def test_no_byte_code_of_a_file_without_an_ending_of_pythons(self, server: Server) -> None:
        server.client.get("/file")
        assert not list((server.conf.root / "apps/wsgi").glob("__pycache__/shop.*"))


class TestSyntax:
    """What `httpd -t` finds."""

    @pytest.mark.parametrize(
        ("words", "error"),
        {
            "/a": "takes a URL path and an application",
            "a pages": "'a' is no URL path",
            "/a pages:": "is no name of a callable",
            "/a pages threads=2": "'threads=2' is no option; allowed is interpreter=name",
            "/a no-module": "'no-module' is no application",
        }.items(),
    )
    def test_errors(self, idle: Server, words: str, error: str) -> None:
        idle.conf.add(f"PythonWSGIAlias {words}")
        said = idle.configtest()
        assert said.returncode != 0
        assert f"PythonWSGIAlias: {error}" in said.stderr or error in said.stderr

    def test_one_path_twice(self, idle: Server) -> None:
        idle.conf.add("PythonWSGIAlias /a pages", "PythonWSGIAlias /a/ other")
        assert "'/a/' has an application already: pages" in idle.configtest().stderr

    def test_not_in_sections(self, idle: Server) -> None:
        idle.conf.block("Location", "/a", "PythonWSGIAlias /a pages")
        assert "PythonWSGIAlias not allowed" in idle.configtest().stderr


class TestHandler:
    """`PythonHandler mod_python.wsgi`, and a handler that has an application."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A base in an option, a base of a section, files, and mistakes."""
        directory = conf.install("wsgi")
        handled = ("SetHandler mod_python", "PythonHandler mod_python.wsgi")
        conf.add(f"PythonPath \"['{directory}'] + sys.path\"")
        app = conf.app("wsgi")
        app.handler("page", "mod_python.wsgi", "PythonOption mod_python.wsgi.application pages")
        app.handler("own", "own", "PythonAutoReload Off")
        conf.block("Location", "/base", *handled).add(
            "PythonOption mod_python.wsgi.application pages::application", "PythonOption mod_python.wsgi.base_uri /base/x"
        )
        conf.block("Location", "/located/", *handled, "PythonOption mod_python.wsgi.application pages:application")
        conf.block("Location", "/hello", *handled, "PythonOption mod_python.wsgi.application pages::hello")
        conf.block("Location", "/missing", *handled, "PythonOption mod_python.wsgi.application pages::missing")
        conf.block("Location", "/unset", *handled)

    def test_bases(self, server: Server) -> None:
        for path, wanted in {
            "/base/x": ("/base/x", ""),
            "/base/x/y": ("/base/x", "/y"),
            "/located/a": ("/located", "/a"),
            "/page": ("", "/page"),
        }.items():
            environ = server.client.get(path).json()
            assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == wanted

    def test_elsewhere(self, server: Server) -> None:
        server.log.expect("does not answer here")
        assert server.client.get("/base/xy").status_code == 404

    def test_the_status(self, server: Server) -> None:
        answer = server.client.get("/located/late")
        assert (answer.status_code, answer.reason_phrase, answer.text) == (202, "Well", "late")
        assert server.client.get("/hello").text == "hello world\n"

    def test_a_failing_stream(self, server: Server) -> None:
        server.log.expect("PythonHandler mod_python.wsgi:")
        with server.connect() as raw:
            data = raw.send(b"GET /located/raises-streaming HTTP/1.1\r\nHost: h\r\n\r\n").until_closed()
        assert data.endswith(b"begun\r\n")
        server.log.wait_for("KeyError: 'in the stream'")

    def test_a_handler_of_ones_own(self, server: Server) -> None:
        assert server.client.get("/own").text == "hello world\n"

    def test_mistakes(self, server: Server) -> None:
        server.log.expect("WSGI application 'pages::missing' is not there", "PythonHandler mod_python.wsgi:")
        assert server.client.get("/missing").status_code == 404
        assert server.client.get("/unset").status_code == 500
        server.log.wait_for("needs `PythonOption mod_python.wsgi.application")
