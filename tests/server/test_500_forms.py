"""Forms of every kind, and what is refused: by query string, url-encoded, multipart, chunked, cut short, too large."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pytest

from harness import Conf, Server

TYPE = "multipart/form-data; boundary=XX"


def post(server: Server, body: bytes | Iterator[bytes], path: str = "/fields", content_type: str = TYPE) -> Any:
    """The response to a body."""
    return server.client.post(path, content=body, headers={"Content-Type": content_type})


def part(options: str, data: bytes) -> bytes:
    """A part of a body."""
    return f"--XX\r\nContent-Disposition: form-data; {options}\r\n\r\n".encode() + data + b"\r\n"


class TestForms:
    """Handlers that read forms."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A path per handler, and one per limit."""
        app = conf.app("forms")
        for name in ("fields", "latin", "counted", "caught", "applied", "moved"):
            app.handler(name, f"forms::{name}")
        for limit, value in (("max_fields", 3), ("max_size", 1000), ("max_memory", 100), ("max_header_size", 100)):
            app.handler(limit, "forms::fields", f"PythonOption mod_python.form.{limit} {value}")
        app.handler("wrong", "forms::fields", "PythonOption mod_python.form.max_size big")

    def test_a_query_string(self, server: Server) -> None:
        answer = server.client.get("/fields?a=1&b=%C3%A9;c=x+y&a=").json()
        assert [field[:2] for field in answer] == [["a", "1"], ["b", "é"], ["c", "x y"], ["a", ""]]

    def test_url_encoded(self, server: Server) -> None:
        answer = server.client.post("/fields?q=1", data={"a": "é&=", "b": ["1", "2"]}).json()
        assert [field[:2] for field in answer] == [["q", "1"], ["a", "é&="], ["b", "1"], ["b", "2"]]

    def test_another_encoding(self, server: Server) -> None:
        assert server.client.get("/latin?a=%E9").json()[0][1] == "é"

    def test_files(self, server: Server) -> None:
        data = bytes(range(256)) * 1000
        files = {"small": ("naïve.txt", b"hello\r\n", "text/plain"), "big": ("b.bin", data, "application/x-b")}
        answer = server.client.post("/fields", data={"text": "é"}, files=files).json()
        assert answer == [
            ["text", "é", None, "text/plain"],
            ["small", hashlib.sha256(b"hello\r\n").hexdigest(), "naïve.txt", "text/plain"],
            ["big", hashlib.sha256(data).hexdigest(), "b.bin", "application/x-b"],
        ]

    def test_a_file_goes_where_the_handler_says(self, server: Server) -> None:
        data = b"\r\n--X" * 100_000
        answer = server.client.post("/counted", files={"f": ("name", io.BytesIO(data))}).json()
        assert answer == [["name", len(data), hashlib.sha256(data).hexdigest()]]

    @pytest.mark.parametrize("size", [1, 7, 100_000])
    def test_chunked(self, server: Server, size: int) -> None:
        body = part('name="a"', b"1") + part('name="f"; filename="g"', b"x" * 200) + b"--XX--\r\n"
        pieces = (body[at : at + size] for at in range(0, len(body), size))
        assert [field[0] for field in post(server, pieces).json()] == ["a", "f"]

    def test_no_body_is_an_empty_form(self, server: Server) -> None:
        assert server.client.post("/fields").json() == []

    @pytest.mark.parametrize(
        ("body", "content_type", "status"),
        [
            (b"--XX\r\nno", TYPE, 400),
            (b"--XX\r\nno colon\r\n\r\n\r\n--XX--", TYPE, 400),
            (b"x" * 200_000, TYPE, 400),
            (b"--XX--", "multipart/form-data", 400),
            (b"{}", "application/json", 501),
        ],
    )
    def test_what_is_no_form(self, server: Server, body: bytes, content_type: str, status: int) -> None:
        assert post(server, body, content_type=content_type).status_code == status
        answered, reason = post(server, body, "/caught", content_type).json()
        assert answered == status and reason
        assert server.client.get("/fields").json() == []

    @pytest.mark.parametrize("limit", ["max_fields", "max_size", "max_memory", "max_header_size"])
    def test_limits(self, server: Server, limit: str) -> None:
        within = part('name="a"', b"x" * 50) + part('name="b"', b"y") + b"--XX--"
        assert post(server, within, f"/{limit}").status_code == 200
        beyond = {
            "max_fields": part('name="a"', b"") * 4 + b"--XX--",
            "max_size": part('name="a"; filename="f"', b"x" * 1000) + b"--XX--",
            "max_memory": part('name="a"', b"x" * 101) + b"--XX--",
            "max_header_size": part(f'name="{"a" * 100}"', b"") + b"--XX--",
        }
        server.log.allow(rf"MPY0601: form refused: .*PythonOption mod_python.form.{limit} sets the limit")
        assert post(server, beyond[limit], f"/{limit}").status_code == 413
        assert post(server, iter([beyond[limit]]), f"/{limit}").status_code == 413

    def test_a_limit_that_is_no_number(self, server: Server) -> None:
        server.log.allow("PythonHandler forms::fields|PythonOption mod_python.form.max_size is 'big'")
        assert server.client.get("/wrong?a=1").status_code == 500

    def test_half_a_form_and_gone(self, server: Server) -> None:
        server.log.allow("PythonHandler forms::fields|Client read error|OSError")
        with server.connect() as raw:
            head = f"POST /fields HTTP/1.1\r\nHost: x\r\nContent-Type: {TYPE}\r\nContent-Length: 1000\r\n\r\n"
            raw.send(head.encode() + part('name="f"; filename="g"', b"x")).abort()
        assert server.client.get("/fields").json() == []

    def test_calling_with_a_form(self, server: Server) -> None:
        assert server.client.get("/applied?name=n&many=1&many=2&req=evil&other=x").json() == ["n", ["1", "2"]]

    def test_redirect(self, server: Server) -> None:
        for query, status in (("", 302), ("permanent", 301)):
            answer = server.client.get(f"/moved?{query}")
            assert (answer.status_code, answer.headers["Location"]) == (status, "/fields?a=1")
            assert "/fields?a=1" in answer.text


@pytest.mark.slow
class TestGibibyte:
    """An upload that no memory should hold."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """No limit of httpd's."""
        conf.app("forms", "LimitRequestBody 0").handler("fields", "forms::fields")

    def test_a_gibibyte_on_disk(self, server: Server) -> None:
        block = bytes(range(256)) * 4096
        head, tail = part('name="f"; filename="g"', b"")[:-2], b"\r\n--XX--\r\n"
        sha = hashlib.sha256()

        def body() -> Iterator[bytes]:
            yield head
            for _ in range(1024):
                sha.update(block)
                yield block
            yield tail

        server.client.get("/fields")
        before = {pid: peak(pid) for pid in server.children()}
        answer = post(server, body()).json()
        assert answer == [["f", sha.hexdigest(), "g", "text/plain"]]
        grown = max(peak(pid) - before.get(pid, 0) for pid in server.children() if pid in before)
        assert grown < 16 << 20, f"the child grew by {grown >> 10} KiB"


def peak(pid: int) -> int:
    """The most memory that a process has had, in bytes."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))
