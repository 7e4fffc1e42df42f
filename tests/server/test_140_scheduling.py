"""Who waits for whom: admission, imports, busy neighbours. The tests open gates; they do not measure time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from harness import Conf, Server


def gate(server: Server, name: str) -> None:
    """Let what waits for this file go on."""
    (server.root / "apps/scheduling" / name).touch()


class TestAdmission:
    """`max-threads=1 queue-timeout=300ms`: one request inside, the next one waits, then 503."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """One name with the limit, one without."""
        conf.add("PythonInterpreterOptions one max-threads=1 queue-timeout=300ms")
        app = conf.app("scheduling").handler("blocked", "gates::blocked", "PythonInterpreter one")
        app.handler("trivial", "gates::trivial", "PythonInterpreter one").handler(
            "free", "gates::trivial", "PythonInterpreter two"
        )

    def test_over_the_limit(self, server: Server) -> None:
        server.log.allow("MPY.*one.*(max-threads|queue)")
        assert server.client.get("/trivial").status_code == 200
        with ThreadPoolExecutor() as pool:
            inside = pool.submit(server.client.get, "/blocked")
            server.log.wait_for("entered")
            refused = server.client.get("/trivial")
            assert refused.status_code == 503
            assert int(refused.headers["Retry-After"]) >= 1
            assert server.client.get("/free").status_code == 200
            gate(server, "open")
            assert inside.result().text == "through\n"
        assert server.client.get("/trivial").text == "trivial\n"


class TestImport:
    """A name that is being imported delays nobody else, and its own requests wait for it."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A slow name, and names with each kind of GIL of their own."""
        app = conf.app("scheduling").handler("slow", "slow", "PythonInterpreter slow")
        for name in ("known", "unknown"):
            app.handler(name, "gates::trivial", f"PythonInterpreter {name}")

    def test_nobody_waits_for_it(self, server: Server) -> None:
        assert server.client.get("/known").status_code == 200
        with ThreadPoolExecutor() as pool:
            slow = [pool.submit(server.client.get, "/slow") for _ in range(2)]
            server.log.wait_for("the import begins")
            for _ in range(50):
                assert server.client.get("/known").text == "trivial\n"
            assert server.client.get("/unknown").text == "trivial\n"
            assert not any(request.done() for request in slow)
            gate(server, "imported")
            assert [request.result().text for request in slow] == ["imported\n"] * 2


class TestNeighbour:
    """A name that burns its GIL leaves another one answering."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Four threads of eight for the busy one."""
        app = conf.app("scheduling").handler("burning", "burning", "PythonInterpreter busy")
        app.handler("trivial", "gates::trivial", "PythonInterpreter other").handler(
            "mine", "gates::trivial", "PythonInterpreter busy"
        )

    def test_the_other_answers(self, server: Server) -> None:
        with ThreadPoolExecutor() as pool:
            burning = [pool.submit(server.client.get, "/burning") for _ in range(4)]
            server.log.wait_for("burning", count=4)
            for path in ("/trivial", "/mine"):
                assert [server.client.get(path).text for _ in range(20)] == ["trivial\n"] * 20
            assert not any(request.done() for request in burning)
            gate(server, "enough")
            assert [request.result().text for request in burning] == ["burnt\n"] * 4
