"""`mod_python.publisher`: addresses, arguments, what is published, who may, what is sent, reloading."""

from __future__ import annotations

import os
import socketserver
import threading
from collections.abc import Iterator

import pytest

from harness import Conf, Server

MEMBER = ("spam", "eggs")


class TestPublisher:
    """A folder of modules, one of them `index.py`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """At `/`, as the manual prints it."""
        conf.app("publisher", "SetHandler mod_python", "PythonHandler mod_python.publisher")
        conf.add("AddHandler mod_python .html")

    @pytest.mark.parametrize(
        ("url", "text"),
        [
            ("/", "the index"),
            ("/index", "the index"),
            ("/index.py", "the index"),
            ("/index.py/index", "the index"),
            ("/hello", "Hello nobody"),
            ("/hello/", "Hello nobody"),
            ("/index/hello?name=me", "Hello me"),
            ("/index.html/hello?name=me&other=1", "Hello me"),
            ("/page", "html.py"),
            ("/page.html", "html.py"),
            ("/sub/", "index of sub"),
            ("/sub/deep", "deep"),
            ("/plain", "shown"),
            ("/plain/kind", "plain"),
            ("/plain.method?x=1", "method 1"),
            ("/called?x=2", "called 2"),
            ("/called/inner/method", "method -"),
            ("/tree/a/b.c", "/a/b/c"),
            ("/value", "a value"),
            ("/number", "7"),
            ("/mapping", "{'a': 1}"),
            ("/nested?name=me", "nested me"),
            ("/record", "Record(name='r')"),
            ("/nothing", ""),
            ("/silent", ""),
        ],
    )
    def test_addresses(self, server: Server, url: str, text: str) -> None:
        answer = server.client.get(url)
        assert (answer.status_code, answer.text) == (200, text)

    @pytest.mark.parametrize(
        ("url", "status"),
        [
            ("/none", 404),
            ("/none/at/all", 404),
            ("/plain/none", 404),
            ("/page/index/x", 403),
            ("/value/upper", 403),
            ("/mapping/keys", 403),
            ("/hello/func_code", 403),
            ("/Plain", 403),
            ("/Colour", 403),
            ("/Colour/RED", 403),
            ("/Plain/kind", 403),
            ("/pattern", 403),
            ("/pattern/escape", 403),
            ("/cwd", 403),
            ("/gives_class", 403),
            ("/gone", 410),
        ],
    )
    def test_refusals(self, server: Server, url: str, status: int) -> None:
        assert server.client.get(url).status_code == status

    @pytest.mark.parametrize("url", ["/_SECRET", "/__ANSWER", "/plain/_hidden", "/plain.__class__", "/hello/__globals__", "/_"])
    def test_underscores_are_refused_and_logged(self, server: Server, url: str) -> None:
        server.log.expect("MPY0620.*begins with an underscore")
        assert server.client.get(url).status_code == 403

    def test_arguments(self, server: Server) -> None:
        get = server.client.get
        assert get("/arguments?a=1").text == "['1', 'b', (), 'only', []]"
        query = "/arguments?c=3&b=2&a=1&a=ü&only=x&c=4&blank="
        assert get(query).text == "[['1', 'ü'], '2', (), 'x', [('blank', ''), ('c', ['3', '4'])]]"
        assert server.client.post("/arguments?a=1", data={"b": "ß"}).text == "['1', 'ß', (), 'only', []]"
        assert get("/required?a=1&b=2").text == "1"
        assert get("/forged?req=1").text == "mp_request 1"

    def test_missing_arguments_are_an_error(self, server: Server) -> None:
        server.log.expect("PythonHandler mod_python.publisher: TypeError: .*missing 1 required")
        server.log.allow("PythonHandler mod_python.publisher")
        assert server.client.get("/required").status_code == 500

    def test_files(self, server: Server) -> None:
        assert server.client.post("/upload", files={"file": ("a.txt", b"12345")}).text == "a.txt 5"

    @pytest.mark.parametrize(
        ("url", "kind", "content"),
        [
            ("/hello", "text/plain; charset=UTF-8", b"Hello nobody"),
            ("/html", "text/html; charset=UTF-8", "<html>ü</html>\n".encode()),
            ("/latin", "text/html; charset=iso-8859-1", b"\xfc"),
            ("/json", "application/json", '"ü"'.encode()),
            ("/css", "text/css; charset=UTF-8", "/* ü */".encode()),
            ("/writes", "text/x-own", b"written"),
            ("/raw", "text/plain", b"\xff\x00bytes"),
        ],
    )
    def test_types_and_charsets(self, server: Server, url: str, kind: str, content: bytes) -> None:
        answer = server.client.get(url)
        assert (answer.headers["Content-Type"], answer.content) == (kind, content)

    def test_methods(self, server: Server) -> None:
        assert server.client.request("HEAD", "/hello").status_code == 200
        answer = server.client.request("PUT", "/hello", content=b"")
        assert answer.status_code == 405
        assert {method.strip() for method in answer.headers["Allow"].split(",")} >= {"GET", "HEAD", "POST"}

    def test_names_of_a_module(self, server: Server) -> None:
        name, file, filename, _ = server.client.get("/where/").text.split(" ")
        assert file == filename == f"{server.root}/apps/publisher/index.py"
        assert name.endswith("_publisher_index_py") and name.isidentifier()

    def test_an_error_begins_with_the_published_code(self, server: Server) -> None:
        server.log.expect("PythonHandler mod_python.publisher: ZeroDivisionError")
        server.log.allow("PythonHandler mod_python.publisher")
        mark = server.log.mark()
        assert server.client.get("/fails").status_code == 500
        server.log.wait_for("ZeroDivisionError", mark)
        assert not server.log.find(r"_publisher/(handler|walk)\.py", mark)

    def test_a_page_as_a_template(self, server: Server) -> None:
        answer = server.client.get("/template/page?x=1")
        assert (answer.headers["Content-Type"], answer.text) == ("text/html; charset=utf-8", "<b>1</b>")

    def test_the_manual_s_example(self, server: Server) -> None:
        assert server.client.get("/example/say").text == "I am saying NOTHING"
        assert server.client.get("/example.py/say?what=hello").text == "I am saying hello"


class TestAuth:
    """`__auth__`, `__access__`, `__auth_realm__`."""

    configure = TestPublisher.configure

    @pytest.mark.parametrize(
        ("url", "client", "status"),
        [
            ("/private", None, 401),
            ("/private", ("spam", "wrong"), 401),
            ("/private", MEMBER, 200),
            ("/private/sensitive", None, 401),
            ("/private/sensitive", MEMBER, 200),
            ("/private/sensitive", ("joe", "eoj"), 401),
            ("/private/closed", MEMBER, 403),
            ("/private/listed", MEMBER, 403),
            ("/private/listed", ("joe", "eoj"), 200),
            ("/private/area/page", MEMBER, 403),
            ("/private/area/page", ("joe", "eoj"), 200),
            ("/private/area/none", ("joe", "eoj"), 404),
            ("/private/none", None, 401),
        ],
    )
    def test_who_may(self, server: Server, url: str, client: tuple[str, str] | None, status: int) -> None:
        answer = server.client.get(url, auth=client) if client else server.client.get(url)
        assert answer.status_code == status
        if status == 401:
            assert answer.headers["WWW-Authenticate"] == 'Basic realm="Members only"'

    def test_what_cannot_be_read_is_not_open(self, server: Server) -> None:
        server.log.expect(r"TypeError: __access__ in the body of unreadable\(\) must be one constant")
        server.log.allow("PythonHandler mod_python.publisher")
        assert server.client.get("/private/unreadable", auth=MEMBER).status_code == 500

    def test_a_header_that_means_nothing(self, server: Server) -> None:
        assert server.client.get("/private", headers={"Authorization": "Basic ???"}).status_code == 400
        assert server.client.get("/private", headers={"Authorization": "Digest x"}).status_code == 401
        assert server.client.get("/hello", headers={"Authorization": "Basic ???"}).status_code == 200


class TestReloading:
    """A file changes under the running server."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """One folder that looks, one that does not."""
        for name, lines in (("watching.test", ("PythonDebug On",)), ("still.test", ("PythonAutoReload Off",))):
            host = conf.vhost(name)
            host.app("publisher", "SetHandler mod_python", "PythonHandler mod_python.publisher")
            host.block("Location", "/", *lines)

    def write(self, server: Server, source: str, seconds: int) -> None:
        file = server.root / "apps/publisher/changing.py"
        file.write_text(source)
        os.utime(file, (seconds, seconds))

    def test_a_changed_file_is_a_fresh_module(self, server: Server) -> None:
        def get(path: str, host: str = "watching.test") -> tuple[int, str]:
            answer = server.client.get(f"/changing/{path}", host=host)
            return answer.status_code, answer.text

        mark = server.log.mark()
        self.write(server, "def one(): return '1'\ndef index(): return 'old'\n", 1_000_000)
        assert (get("one"), get("", "still.test")) == ((200, "1"), (200, "old"))
        self.write(server, "def two(): return '2'\ndef index(): return 'new'\n", 999_999)
        assert get("one")[0] == 404, "what the file no longer says is not published"
        assert (get("two"), get("", "still.test")) == ((200, "2"), (200, "old"))
        self.write(server, "1 / 0", 1_000_001)
        server.log.expect("ZeroDivisionError")
        server.log.allow("PythonHandler mod_python.publisher")
        assert get("two")[0] == 500
        self.write(server, "def two(): return '3'\n", 1_000_002)
        assert get("two") == (200, "3")
        server.log.wait_for(r"Publisher loading page .*changing\.py", mark)
        server.log.wait_for(r"Publisher reloading page .*changing\.py", mark)

    def test_nothing_to_publish_is_told(self, server: Server) -> None:
        mark = server.log.mark()
        server.client.get("/silent", host="watching.test")
        server.log.wait_for(r"mod_python\.publisher: nothing to publish\.", mark)


class Mail(socketserver.StreamRequestHandler):
    """Enough of SMTP for one message."""

    received: list[bytes] = []

    def handle(self) -> None:
        """Speak with one client."""
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            match line.split()[0].upper():
                case b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    self.received.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                case b"QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
            self.wfile.write(b"250 fine\r\n")


@pytest.fixture(scope="class")
def mailbox() -> Iterator[int]:
    """The port of a mail server."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as smtp:
        thread = threading.Thread(target=smtp.serve_forever)
        thread.start()
        yield smtp.server_address[1]
        smtp.shutdown()
        thread.join()


class TestMailForm:
    """The manual's form that sends mail."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The port of the mail server comes with the request."""
        conf.app("publisher", "SetHandler mod_python", "PythonHandler mod_python.publisher")

    def test_a_comment_is_sent(self, server: Server, mailbox: int) -> None:
        form = {"name": "Ann", "email": "ann@example.test", "comment": "All is well."}
        answer = server.client.post("/form.py/email", data=form, headers={"X-SMTP-Port": str(mailbox)})
        assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
        assert answer.text.startswith("<html>\n\nDear Ann,<br>\n\nThank You")
        assert b"I have the following comment:\r\n\r\nAll is well.\r\n" in Mail.received[0]

    def test_a_parameter_is_missing(self, server: Server) -> None:
        answer = server.client.post("/form.py/email", data={"name": "Ann", "email": "", "comment": "x"})
        assert answer.text == "A required parameter is missing, please go back and correct the error"
