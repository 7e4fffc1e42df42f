"""WSGI among other modules of httpd: TLS, proxies in front, compression, HTTP/2, filters and subrequests."""

from __future__ import annotations

import gzip
import shutil
import ssl
import subprocess
from typing import Any

import httpx
import pytest

from harness import Conf, Server
from harness.conf import free_port
from test_450_ssl import certificate
from test_500_wsgi import mount


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
class TestTls:
    """An encrypted virtual host beside the plain one."""

    port: int

    @classmethod
    def configure(cls, conf: Conf) -> None:
        """One application in both."""
        cls.port = free_port()
        conf.load("ssl").add(f"Listen 127.0.0.1:{cls.port}", "SSLRandomSeed startup builtin")
        mount(conf, "/app")
        safe = conf.vhost("safe.test", "SSLEngine on", address=f"127.0.0.1:{cls.port}")
        safe.add(*certificate(conf.root), "SSLOptions +StdEnvVars")

    def test_the_scheme(self, server: Server) -> None:
        trusting = ssl.create_default_context(cafile=str(server.conf.root / "certificate.pem"))
        trusting.check_hostname = False
        with httpx.Client(verify=trusting, trust_env=False, timeout=60) as client:
            environ = client.get(f"https://127.0.0.1:{self.port}/app/x").json()
        wanted = {"wsgi.url_scheme": "https", "HTTPS": "on", "SERVER_PORT": str(self.port), "SSL_PROTOCOL": "TLSv1.3"}
        assert wanted.items() <= environ.items()
        plain = server.client.get("/app/x").json()
        assert plain["wsgi.url_scheme"] == "http"
        assert "HTTPS" not in plain


class TestProxies:
    """What a proxy in front says of the client."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """mod_remoteip trusts this machine."""
        mount(conf, "/app")
        conf.load("remoteip").add("RemoteIPHeader X-Forwarded-For", "RemoteIPInternalProxy 127.0.0.1")

    def test_the_client_behind_a_proxy(self, server: Server) -> None:
        environ = server.client.get("/app/x", headers={"X-Forwarded-For": "192.0.2.7"}).json()
        assert environ["REMOTE_ADDR"] == "192.0.2.7"
        assert "HTTP_X_FORWARDED_FOR" not in environ


class TestFilters:
    """Filters between the application and the client."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """mod_deflate in both directions."""
        mount(conf, "/app")
        conf.load("deflate", "filter").block("Location", "/app", "SetOutputFilter DEFLATE", "SetInputFilter DEFLATE")

    @pytest.mark.parametrize(
        ("path", "body"),
        {
            "big": b"a" * 20_000 + b"b" + b"c" * 100_000,
            "stream": b"one,two",
            "measured?9": b"abcdefghi",
            "written": b"abc",
        }.items(),
    )
    def test_compressed(self, server: Server, path: str, body: bytes) -> None:
        answer = server.client.get(f"/app/{path}", headers={"Accept-Encoding": "gzip"})
        assert (answer.headers["Content-Encoding"], answer.content) == ("gzip", body)

    def test_a_file_compressed(self, server: Server) -> None:
        answer = server.client.get("/app/file", headers={"Accept-Encoding": "gzip"})
        assert answer.content == (server.conf.root / "apps/wsgi/page.txt").read_bytes()

    def test_a_compressed_body(self, server: Server) -> None:
        body = b"".join(b"%d " % number for number in range(20_000))
        answer = server.client.post("/app/echo", content=gzip.compress(body), headers={"Content-Encoding": "gzip"})
        assert answer.content == body


class TestSubrequests:
    """An application as a part of a page."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A page of mod_include."""
        mount(conf, "/app")
        conf.load("include")
        directory = conf.root / "pages"
        directory.mkdir()
        parts = "".join(f'<!--#include virtual="/app/{name}" -->' for name in ("hello", "measured?9", "stream"))
        (directory / "page.shtml").write_text(parts + "end")
        conf.add(f'DocumentRoot "{directory}"', "AddOutputFilter INCLUDES .shtml")
        conf.block("Directory", f'"{directory}"', "Options +Includes", "Require all granted")

    def test_a_page_with_parts(self, server: Server) -> None:
        assert server.client.get("/page.shtml").text == "hello world\nabcdefghione,twoend"


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl that speaks HTTP/2")
class TestHttp2:
    """Streams of one connection."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """HTTP/2 without TLS."""
        mount(conf, "/app")
        conf.load("http2").add("Protocols h2c http/1.1")

    def curl(self, server: Server, path: str, *options: Any) -> subprocess.CompletedProcess[bytes]:
        url = f"http://127.0.0.1:{server.conf.port}/app/{path}"
        command = ["curl", "-s", "--max-time", "30", "--http2-prior-knowledge", *options, url]
        answer = subprocess.run(command, capture_output=True, check=False)
        if answer.returncode in (1, 2, 4):
            pytest.skip("this curl speaks no HTTP/2")
        return answer

    def test_replies(self, server: Server) -> None:
        assert self.curl(server, "hello").stdout == b"hello world\n"
        assert self.curl(server, "stream").stdout == b"one,two"
        assert self.curl(server, "measured?9").stdout == b"abcdefghi"
        assert self.curl(server, "echo", "--data-binary", "x" * 50_000).stdout == b"x" * 50_000
        assert self.curl(server, "file").stdout == (server.conf.root / "apps/wsgi/page.txt").read_bytes()
        assert b'"SERVER_PROTOCOL": "HTTP/2.0"' in self.curl(server, "x").stdout

    def test_a_broken_stream(self, server: Server) -> None:
        server.log.expect("PythonWSGIAlias pages:")
        answer = self.curl(server, "raises-streaming")
        assert answer.stdout in (b"begun", b"")
        assert answer.returncode != 0, "the stream is reset"
