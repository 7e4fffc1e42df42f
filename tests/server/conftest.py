"""Fixtures of the server tests: each test class gets an httpd with the configuration it carries.

    class TestHello:
        @staticmethod
        def configure(conf):
            conf.app("hello").handler("hello", "hello")

        def test_it_answers(self, server):
            assert server.client.get("/hello").text == "hello"

A test of a server that must not start takes `idle` instead of `server`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness import Conf, Installation, Server


@pytest.fixture(scope="session")
def installation(request: pytest.FixtureRequest) -> Iterator[Installation]:
    """What is installed here; the server roots stay when a test failed."""
    found = Installation.find()
    yield found
    if request.session.testsfailed:
        print(f"\nserver roots, with their configurations and logs: {found.stage}")
    else:
        found.remove()


@pytest.fixture(scope="class")
def mpm(request: pytest.FixtureRequest) -> str:
    """The MPM of the class: event, unless it is parametrised."""
    return str(getattr(request, "param", "event"))


@pytest.fixture(scope="class")
def conf(request: pytest.FixtureRequest, installation: Installation, mpm: str) -> Conf:
    """The configuration of the class, in a server root of its own."""
    return configured(request, installation, mpm)


@pytest.fixture(scope="class")
def running(conf: Conf) -> Iterator[Server]:
    """The httpd of the class; its log is checked once more after it stopped."""
    with Server(conf) as server:
        yield server
    server.check_log()


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    """The httpd of the class, for one test: what the test did not announce in the error log fails it."""
    yield running
    running.check_log()


@pytest.fixture
def idle(request: pytest.FixtureRequest, installation: Installation, mpm: str) -> Iterator[Server]:
    """An httpd of this test's own, not started: for `httpd -t`, for refusals to start, for ends."""
    server = Server(configured(request, installation, mpm))
    yield server
    server.stop()


def configured(request: pytest.FixtureRequest, installation: Installation, mpm: str) -> Conf:
    """A configuration in a new server root, as the class of a test wants it."""
    conf = Conf(installation, installation.new_root(f"{request.node.name}-{mpm}"), mpm)
    if request.cls and hasattr(request.cls, "configure"):
        request.cls.configure(conf)
    return conf
