"""What a handler returns or raises, and what that means for the request and for the handlers behind it."""

from __future__ import annotations

import pytest

from harness import Conf, Server

RESULTS = {
    "ok": (200, "ok\n"),
    "silent": (200, ""),
    "done": (200, "done\n"),
    "declined": (404, "Not Found"),
    "forbidden": (403, "Forbidden"),
    "raises_ok": (200, "raised ok\n"),
    "raises_gone": (410, "Gone"),
    "raises_created": (201, "created\n"),
}
NO_RESULTS = ("true", "none", "text", "raises_text")

STACKS = {
    "results::ok results::second": (200, "ok\nsecond\n"),
    "results::declined results::second": (200, "second\n"),
    "results::raises_ok results::second": (200, "raised ok\nsecond\n"),
    "results::forbidden results::second": (403, "Forbidden"),
    "results::raises_gone results::second": (410, "Gone"),
    "results::done results::second": (200, "done\n"),
}


class TestResults:
    """One handler."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A path per result."""
        app = conf.app("results")
        for name in (*RESULTS, *NO_RESULTS, "unknown", "raises_bare"):
            app.handler(name, f"results::{name}")
        app.handler("static.txt", "results::declined")

    @pytest.mark.parametrize("name", RESULTS)
    def test_result(self, server: Server, name: str) -> None:
        status, text = RESULTS[name]
        response = server.client.get(f"/{name}")
        assert response.status_code == status
        assert text in response.text

    @pytest.mark.parametrize("name", NO_RESULTS)
    def test_no_integer_is_500_and_said(self, server: Server, name: str) -> None:
        server.log.expect("Handler has returned result or raised SERVER_RETURN")
        assert server.client.get(f"/{name}").status_code == 500

    @pytest.mark.parametrize("name", ["unknown", "raises_bare"])
    def test_what_httpd_does_not_know_is_500(self, server: Server, name: str) -> None:
        server.log.allow("SERVER_RETURN", "status")
        assert server.client.get(f"/{name}").status_code == 500

    def test_declined_leaves_the_file_to_httpd(self, server: Server) -> None:
        assert server.client.get("/static.txt").text == "a static file\n"


class TestStacks:
    """Several handlers: a list goes on after OK and DECLINED; anything else ends it."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A path per list."""
        app = conf.app("results")
        for number, words in enumerate(STACKS):
            app.handler(str(number), words)

    @pytest.mark.parametrize("number", range(len(STACKS)), ids=list(STACKS))
    def test_stack(self, server: Server, number: int) -> None:
        status, text = list(STACKS.values())[number]
        response = server.client.get(f"/{number}")
        assert response.status_code == status
        assert response.text == text or status >= 400 and "second" not in response.text
