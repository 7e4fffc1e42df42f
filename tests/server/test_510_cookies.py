"""Cookies on their way to a client and back."""

from __future__ import annotations

import httpx

from harness import Conf, Server


class TestCookies:
    """Handlers that send cookies and read them."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A path per handler."""
        app = conf.app("forms")
        for name in ("sent", "read", "one", "smuggled"):
            app.handler(name, f"cookies::{name}")

    @staticmethod
    def sent(server: Server) -> list[str]:
        """The Set-Cookie lines."""
        answer = httpx.get(f"http://127.0.0.1:{server.conf.port}/sent", trust_env=False)
        assert answer.headers["Cache-Control"] == 'no-cache="set-cookie"'
        return [value.decode() for name, value in answer.headers.raw if name.lower() == b"set-cookie"]

    @staticmethod
    def read(server: Server, path: str, *cookies: str) -> object:
        """What a handler makes of these Cookie headers."""
        with server.connect() as raw:
            lines = "".join(f"Cookie: {cookie}\r\n" for cookie in cookies)
            raw.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
            return httpx.Response(200, content=raw.response()[1]).json()

    def test_what_is_sent(self, server: Server) -> None:
        plain, signed, marshal, odd = self.sent(server)
        assert plain == "plain=é; path=/; secure; max-age=60; samesite=Strict; httponly"
        assert len(signed) == len("signed=") + 64 + len("value") and marshal.startswith("marshal=")
        assert odd == "odd:name[]=x; expires=Thu, 01-Jan-1970 00:00:00 GMT"

    def test_what_comes_back(self, server: Server) -> None:
        header = "; ".join(line.partition(";")[0] for line in self.sent(server))
        assert self.read(server, "/read?signed", header) == {"signed": "value"} | self.marshalled(header)
        assert self.read(server, "/read?marshal", header.replace("signed=", "s=")) == {"marshal": {"a": [1, None]}}
        assert self.read(server, "/one?odd:name[]", header) == "x"

    @staticmethod
    def marshalled(header: str) -> dict[str, str]:
        """A marshal cookie is a signed one too."""
        return {"marshal": header.partition("marshal=")[2].partition(";")[0][64:]}

    def test_odd_ones(self, server: Server) -> None:
        answer = self.read(server, "/read?plain", 'a=1; $b=2; c="d e";é=ü;;,x')
        assert answer == {"a": "1", "c": '"d e"', "é": "ü", "x": ""}
        assert self.read(server, "/read?plain") == {}
        assert self.read(server, "/one?a") is None

    def test_what_is_forged(self, server: Server) -> None:
        header = "; ".join(line.partition(";")[0] for line in self.sent(server))
        for forged in (header.replace("value", "other"), header.replace("signed=", "signet=")):
            assert "value" not in str(self.read(server, "/read?signed", forged))

    def test_nothing_is_smuggled_in(self, server: Server) -> None:
        assert "cannot be the value of a cookie" in server.client.get("/smuggled").text
