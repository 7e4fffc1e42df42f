"""One kept-alive client that sends one request after the other, for measurements that count instead of timing."""

from __future__ import annotations

from servers import Server

# Seconds: under valgrind a child takes its time to start.
PATIENCE = 300

# What a browser sends; a bare request line would make httpd's own share, and so the yardstick, too small.
HEADERS = """\
Host: www.example.com
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
Accept-Language: en-US,en;q=0.5
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
Upgrade-Insecure-Requests: 1
Sec-Fetch-Dest: document
Sec-Fetch-Mode: navigate
Sec-Fetch-Site: none
""".replace("\n", "\r\n")


def requests(server: Server, path: str, count: int) -> None:
    """Send so many requests on one connection; each must be answered with 200."""
    question = f"GET {path} HTTP/1.1\r\n{HEADERS}\r\n".encode()
    with server.connect() as raw:
        raw.socket.settimeout(PATIENCE)
        for _ in range(count):
            response, _ = raw.send(question).response()
            if response.status != 200:
                raise RuntimeError(f"{path}: {response.status}\n{server.last_words()}")
