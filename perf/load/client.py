"""One kept-alive client that sends one request after the other, for measurements that count instead of timing."""

from __future__ import annotations

from servers import Server


def requests(server: Server, path: str, count: int) -> None:
    """Send so many requests on one connection; each must be answered with 200."""
    question = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with server.connect() as raw:
        for _ in range(count):
            response, _ = raw.send(question).response()
            if response.status != 200:
                raise RuntimeError(f"{path}: {response.status}\n{server.last_words()}")
