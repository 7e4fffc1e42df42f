"""Clients: whole requests through httpx, single bytes through a socket."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from harness import wait

TIMEOUT = 60.0
# What a client sees when a kept connection ends as it sends the next request.
CLOSED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


class Client:
    """Requests to one httpd, kept-alive, by the name of a virtual host."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._http = self._open()

    def _open(self) -> httpx.Client:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
        return httpx.Client(base_url=self._url, timeout=TIMEOUT, trust_env=False, limits=limits)

    def request(self, method: str, url: str, *, host: str | None = None, **options: Any) -> httpx.Response:
        """Send one request; `host` is the virtual host to ask."""
        headers = httpx.Headers(options.pop("headers", None))
        if host:
            headers["Host"] = host
        return self._http.request(method, url, headers=headers, **options)

    def get(self, url: str, **options: Any) -> httpx.Response:
        """GET; once more when the server closed the kept connection meanwhile, as it may."""
        return wait.retried(lambda: self.request("GET", url, **options), *CLOSED)

    def post(self, url: str, **options: Any) -> httpx.Response:
        """POST."""
        return self.request("POST", url, **options)

    def probe(self, code: str, path: str = "/probe", **options: Any) -> Any:
        """The value of the last line of some code that the app `probe` runs with the names `req` and `apache`."""
        answer = self.request(options.pop("method", "GET"), f"{path}?{quote(code)}", **options).json()
        assert "value" in answer, f"{code!r} raised {answer['raised']}"
        return answer["value"]

    def raised(self, code: str, path: str = "/probe", **options: Any) -> str:
        """What that code raises, as `Type: text`."""
        answer = self.get(f"{path}?{quote(code)}", **options).json()
        assert "raised" in answer, f"{code!r} gave {answer['value']!r}"
        return str(answer["raised"])

    def several(self, urls: Iterable[str], at_once: int = 8, **options: Any) -> list[httpx.Response]:
        """GET these, several at once; the responses in the order of the addresses."""
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(lambda url: self.get(url, **options), urls))

    def close_idle(self) -> None:
        """Close the kept connections, so that no child waits for them; the client can go on."""
        self._http.close()
        self._http = self._open()

    def close(self) -> None:
        """Close for good."""
        self._http.close()


class Raw:
    """One TCP connection; a context manager."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)

    def send(self, data: bytes) -> Self:
        """Send these bytes as they are."""
        self.socket.sendall(data)
        return self

    def response(self, method: str = "GET") -> tuple[http.client.HTTPResponse, bytes]:
        """Read one response and its body; the connection stays as the server left it."""
        response = http.client.HTTPResponse(self.socket, method=method)
        response.begin()
        return response, response.read()

    def until_closed(self) -> bytes:
        """Read until the server closes the connection."""
        data = b""
        while part := self.socket.recv(65536):
            data += part
        return data

    def abort(self) -> None:
        """Close with a reset, as a client that died."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.socket.close()
