"""Connection handlers: protocols of an application's own, beside HTTP in the same httpd."""

from __future__ import annotations

import pytest

from harness import Conf, Server
from harness.client import Raw
from harness.conf import free_port

PORTS = {name: free_port() for name in ("connectionhandler", "greets", "describes", "raises", "nothing")}


def talk(name: str, *pieces: bytes) -> bytes:
    """Send these, say that it was all, and read the answer until the server closes."""
    with Raw(PORTS[name]) as raw:
        for piece in pieces:
            raw.send(piece)
        raw.socket.shutdown(1)
        return raw.until_closed()


@pytest.mark.parametrize("mpm", ["event", "worker", "prefork"], indirect=True)
class TestProtocols:
    """One port each."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A virtual host per protocol, and one handler for requests in the same interpreter."""
        app = conf.app("connections", "PythonInterpreter talk").handler("later", "protocols")
        assert app
        conf.prologue.append("AcceptFilter http none")
        for name, port in PORTS.items():
            conf.add(f"Listen 127.0.0.1:{port}")
            conf.vhost(
                f"{name}.test",
                f"PythonPath \"sys.path + ['{conf.root}/apps/connections']\"",
                "PythonInterpreter talk",
                f"PythonConnectionHandler protocols::{name}",
                address=f"127.0.0.1:{port}",
            )

    def test_lines(self, server: Server) -> None:
        assert talk("connectionhandler", b"one\n", b"two\r\n", b"\nignored\n") == b"echo one\necho two\r\n"

    def test_the_server_may_speak_first(self, server: Server) -> None:
        with Raw(PORTS["greets"]) as raw:
            assert raw.socket.recv(100) == b"who is there? "
            raw.send(b"abc" + b"d" * 20_000)
            raw.socket.shutdown(1)
            assert raw.until_closed() == b"3 20000"

    def test_what_is_known(self, server: Server) -> None:
        text = talk("describes", b"hello")
        assert text == b"b'hello' 127.0.0.1 protocols::describes describes.test mp_conn"

    def test_afterwards_it_is_over(self, server: Server) -> None:
        talk("describes", b"hello")
        lines = server.client.get("/later").text.splitlines()
        assert lines[0] == "only a connection handler reads and writes the connection itself"
        assert ["finished" in line for line in lines[1:3]] == [True, True]
        assert lines[3] == "None"

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("raises", "LookupError: no such protocol"),
            ("nothing", "ConnectionHandler 'protocols::nothing' returned invalid return code"),
        ],
    )
    def test_errors_are_only_logged(self, server: Server, name: str, said: str) -> None:
        server.log.expect(said)
        server.log.allow("PythonConnectionHandler")
        assert talk(name, b"x\n") == b""
