"""A request's fault is a 500 for that request and nothing else; the next one tries anew."""

from __future__ import annotations

import functools
import os

import pytest

from harness import Conf, Server, wait

FAILURES = {
    "boom": r"ValueError: <boom> & 'b",
    "leaves": "SystemExit: 7",
    "interrupted": "KeyboardInterrupt",
    "deep": "RecursionError",
    "chained": "RuntimeError: outer",
    "unprintable": "Awkward",
}

BROKEN = {
    "syntax": "1 +",
    "missing": "import nowhere_at_all",
    "raising": "1 / 0",
    "leaving": "raise SystemExit(3)",
}


class TestFailures:
    """Exceptions of a handler."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A path per failure, once with and once without PythonDebug."""
        app = conf.app("errors").handler("fine", "errors::fine").handler("late", "errors::late")
        for name in FAILURES:
            app.handler(name, f"errors::{name}").handler(f"{name}-debug", f"errors::{name}", "PythonDebug On")
        app.handler("late-debug", "errors::late", "PythonDebug On")

    @pytest.mark.parametrize("name", FAILURES)
    def test_it_is_500_and_the_child_lives_on(self, server: Server, name: str) -> None:
        server.log.expect(FAILURES[name])
        server.log.allow(r"PythonHandler errors::")
        pid = server.client.get("/fine").text
        response = server.client.get(f"/{name}")
        assert response.status_code == 500
        assert "Traceback" not in response.text
        assert server.client.get("/fine").text == pid

    def test_the_log_has_the_traceback_line_by_line(self, server: Server) -> None:
        server.log.expect("PythonHandler errors::boom")
        server.client.get("/boom")
        server.log.wait_for("Traceback .most recent call last")
        assert server.log.find(r"errors\.py.*in boom")

    @pytest.mark.parametrize("name", FAILURES)
    def test_debug_shows_the_page(self, server: Server, name: str) -> None:
        server.log.expect(f"PythonHandler errors::{name}")
        response = server.client.get(f"/{name}-debug")
        assert response.status_code == 500
        assert response.headers["Content-Type"].startswith("text/html")
        assert f'Mod_python error: "PythonHandler errors::{name}"' in response.text
        assert "Traceback" in response.text

    def test_the_page_is_escaped(self, server: Server) -> None:
        server.log.expect("PythonHandler errors::boom")
        text = server.client.get("/boom-debug").text
        assert "&lt;boom&gt; &amp;" in text
        assert "<boom>" not in text

    def test_after_output_the_page_follows_it(self, server: Server) -> None:
        server.log.expect("PythonHandler errors::late")
        text = server.client.get("/late-debug").text
        assert text.startswith("before\n")
        assert "too late" in text


class TestRepair:
    """A file that fails to import, and is mended while the server runs."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Handlers whose files the tests write."""
        app = conf.app("errors").handler("edited", "edited").handler("frozen", "frozen", "PythonAutoReload Off")
        for name in BROKEN:
            app.handler(name, name)

    @staticmethod
    def write(server: Server, name: str, text: str) -> None:
        """Write a handler module; each version has a time of its own."""
        path = server.root / "apps/errors" / f"{name}.py"
        path.write_text(text)
        times = path.stat()
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns + len(text)))

    @staticmethod
    def says(word: str) -> str:
        """The source of a handler that answers with one word."""
        return f"def handler(req):\n    req.write({word!r})\n    return 0\n"

    @pytest.mark.parametrize("name", BROKEN)
    def test_a_failing_import_is_tried_anew(self, server: Server, name: str) -> None:
        server.log.expect(f"PythonHandler {name}")
        self.write(server, name, BROKEN[name])
        assert [server.client.get(f"/{name}").status_code for _ in range(2)] == [500, 500]
        self.write(server, name, self.says("mended"))
        assert server.client.get(f"/{name}").text == "mended"

    def test_an_edited_file_is_reloaded(self, server: Server) -> None:
        for word in ("one", "two", "three"):
            self.write(server, "edited", self.says(word))
            wait.until(functools.partial(self.answers, server, word), f"the version {word!r}")

    @staticmethod
    def answers(server: Server, word: str) -> bool:
        """Whether the edited handler answers with that word."""
        return server.client.get("/edited").text == word

    def test_without_autoreload_it_is_not(self, server: Server) -> None:
        self.write(server, "frozen", self.says("one"))
        assert server.client.get("/frozen").text == "one"
        self.write(server, "frozen", self.says("two"))
        assert wait.stays(lambda: server.client.get("/frozen").text, "one", 1.5)


# A panic inside the module must become a 500 and one `MPY0001` line while the child lives on. Nothing in a released
# module panics on purpose; when a build has a hook for it (say `--cfg mod_python_panic`, a handler name that panics),
# its test belongs here: status 500, `server.log.expect("MPY0001")`, the same process answers the next request.
