"""Sessions in a real redis, shared by two httpds: what one has stored the other finds, and they wait for each other."""

from __future__ import annotations

import importlib.util
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from harness import Conf, Installation, Server, redis
from test_520_sessions import SEVERAL, Browser, Kind, pages

LOCK_TIMEOUT = 2


def configure(conf: Conf, url: str) -> None:
    """Sessions of that server, and its client where httpd's children can read it."""
    found = importlib.util.find_spec("redis")
    assert found and found.origin, "tests/requirements.txt is not installed"
    shutil.copytree(Path(found.origin).parent, conf.root / "lib" / "redis")
    conf.add(f"PythonInterpreterOptions * python-path={conf.root}/lib replicas=2")
    options = {"url": url, "lock_timeout": LOCK_TIMEOUT}
    pages(conf, "Redis", *(f"PythonOption mod_python.redis_session.{name} {value}" for name, value in options.items()))
    conf.mpm_lines(*SEVERAL)


@pytest.fixture(scope="class")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Redis]:
    """A redis of this class."""
    program = redis.find()
    if not program:
        pytest.skip("no redis and no valkey here: apt-get install redis-tools")
    with redis.Redis(program, tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="class")
def pair(installation: Installation, store: redis.Redis) -> Iterator[tuple[Server, Server]]:
    """Two httpds with one redis; their logs are checked when they have stopped."""
    servers = []
    with ExitStack() as stack:
        for number in (1, 2):
            conf = Conf(installation, installation.new_root(f"redis-{number}"))
            configure(conf, store.url)
            servers.append(stack.enter_context(Server(conf)))
        yield servers[0], servers[1]
    for server in servers:
        server.check_log()


class TestRedis(Kind):
    """What every kind of session does, in one of the two."""

    @pytest.fixture
    def server(self, pair: tuple[Server, Server]) -> Iterator[Server]:
        """The first of them."""
        yield pair[0]
        pair[0].check_log()

    def test_own_types(self, server: Server) -> None:
        """Without a secret nothing but plain data is stored."""
        server.log.allow("Refused: .*Thing is no plain data: .*secret_file allows any type|PythonHandler sessions::things")
        assert Browser(server).ask("/things?one").status_code == 500

    def test_two_servers_share_a_session(self, pair: tuple[Server, Server]) -> None:
        browsers = Browser(pair[0]), Browser(pair[1])
        browsers[1].cookies = browsers[0].cookies
        answers = [browsers[number].get("/count") for number in (0, 1, 0, 1)]
        assert [answer[:2] for answer in answers] == [[True, 1], [False, 2], [False, 3], [False, 4]]

    def test_nobody_is_overtaken_by_the_other_server(self, pair: tuple[Server, Server]) -> None:
        browsers = [Browser(server) for server in pair]
        browsers[1].cookies = browsers[0].cookies
        browsers[0].get("/count")
        with ExitStack() as stack:
            from concurrent.futures import ThreadPoolExecutor

            pool = stack.enter_context(ThreadPoolExecutor(12))
            answers = list(pool.map(lambda number: browsers[number % 2].get("/count?0.02"), range(12)))
        assert sorted(answer[1] for answer in answers) == list(range(2, 14))

    def test_a_lock_that_is_left_behind_runs_out(self, pair: tuple[Server, Server], store: redis.Redis) -> None:
        import redis as client

        browser = Browser(pair[0])
        sid = browser.get("/count")[2]
        with client.Redis.from_url(store.url) as connection:
            connection.set(f"mp_sess:{sid}:lock", "somebody", px=1000)
            before = time.monotonic()
            assert browser.get("/count")[1] == 2
            assert time.monotonic() - before > 0.5

    def test_redis_forgets_what_has_expired(self, pair: tuple[Server, Server], store: redis.Redis) -> None:
        import redis as client

        browser: Any = Browser(pair[0])
        browser.get("/short")
        with client.Redis.from_url(store.url) as connection:
            assert 0 < connection.pttl(f"mp_sess:{browser.cookies['pysid']}") <= 1000


class TestSecret:
    """With a secret any type is stored; a redis that is not there is an error."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A secret, and a port at which nobody listens."""
        secret = conf.root / "secret"
        secret.write_text("a secret of the administrator's own")
        configure(conf, "redis://127.0.0.1:1/0")
        conf.add(f'PythonOption mod_python.session.secret_file "{secret}"')

    def test_no_redis(self, server: Server) -> None:
        server.log.allow("redis.exceptions.ConnectionError|PythonHandler sessions::count|ConnectionRefused")
        for _ in range(2):
            assert Browser(server).ask("/count").status_code == 500
