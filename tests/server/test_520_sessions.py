"""Sessions of every kind: what a client finds again, whom it waits for, and how it ends."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness import Conf, Server, wait

PAGES = (
    *("count", "short", "past", "signed", "named", "over", "renewed", "fails", "again"),
    *("unlocked", "things", "cleaned", "stored"),
)
SEVERAL = ("StartServers 3", "ServerLimit 3", "ThreadsPerChild 4", "MinSpareThreads 1", "MaxRequestWorkers 12")


def pages(conf: Conf, kind: str, *lines: str) -> Any:
    """The app, with sessions of a kind in the server root."""
    store = conf.root / "sessions"
    store.mkdir(exist_ok=True)
    store.chmod(0o777)
    name = f"PythonOption mod_python.session.session_type {kind}Session"
    directory = f'PythonOption mod_python.session.database_directory "{store}"'
    app = conf.app("sessions", name, directory, *lines)
    for page in PAGES:
        app.handler(page, f"sessions::{page}")
    return app


class Browser:
    """A client that keeps its cookies, on a new connection for each page."""

    def __init__(self, server: Server, **cookies: str) -> None:
        self.url = f"http://127.0.0.1:{server.conf.port}"
        self.cookies = cookies

    def ask(self, path: str) -> httpx.Response:
        """The response of a page."""
        with httpx.Client(base_url=self.url, timeout=60, trust_env=False, cookies=self.cookies) as http:
            answer = http.get(path)
        self.cookies.update(answer.cookies)
        return answer

    def get(self, path: str) -> Any:
        """The answer of a page."""
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def cookie(self, path: str) -> str:
        """The Set-Cookie line of a page."""
        return str(self.ask(path).headers.get("Set-Cookie", ""))

    def together(self, paths: list[str]) -> list[Any]:
        """The answers of pages that are asked for at once."""
        with ThreadPoolExecutor(len(paths)) as pool:
            return list(pool.map(self.get, paths))


class Kind:
    """What every kind of session does."""

    def test_a_client_is_known_again(self, server: Server) -> None:
        one, other = Browser(server), Browser(server)
        first = one.get("/count")
        assert first[:2] == [True, 1] and re.fullmatch("[0-9a-f]{64}", first[2])
        assert one.get("/count") == [False, 2, first[2]]
        assert other.get("/count")[:2] == [True, 1]
        assert one.get("/count")[1] == 3

    def test_the_cookie(self, server: Server) -> None:
        cookie = Browser(server).cookie("/count")
        assert re.fullmatch("pysid=[0-9a-f]{64}; path=/", cookie)

    def test_an_id_that_a_client_made_up(self, server: Server) -> None:
        for sid in ("0" * 64, "0" * 32, "../../etc/passwd", "A" * 64):
            answer = Browser(server, pysid=sid).get("/count")
            assert answer[0] and answer[2] != sid

    def test_nobody_is_overtaken(self, server: Server) -> None:
        browser = Browser(server)
        browser.get("/count")
        answers = browser.together(["/count?0.05"] * 8)
        assert sorted(answer[1] for answer in answers) == list(range(2, 10))

    def test_it_ends(self, server: Server) -> None:
        browser = Browser(server)
        sid = browser.get("/count")[2]
        assert browser.cookie("/over").endswith("expires=Thu, 01-Jan-1970 00:00:00 GMT")
        assert Browser(server, pysid=sid).get("/count")[0]

    def test_a_new_id_after_a_login(self, server: Server) -> None:
        browser = Browser(server)
        old, new = browser.get("/count")[2], browser.get("/renewed")
        assert browser.get("/count") == [False, 1, new]
        assert Browser(server, pysid=old).get("/count")[0]

    def test_it_expires(self, server: Server) -> None:
        browser = Browser(server)
        assert browser.get("/short") == [True, 1]
        assert browser.get("/short") == [False, 1]
        browser.get("/past")
        assert browser.get("/short") == [True, 1]

    def test_a_signed_cookie(self, server: Server) -> None:
        browser = Browser(server)
        assert browser.get("/signed") and not browser.get("/signed")
        value = browser.cookies["pysid"]
        assert len(value) == 128 and Browser(server, pysid=value[:-1] + "x").get("/signed")

    def test_an_id_of_the_handlers_own(self, server: Server) -> None:
        sid = Browser(server).get("/count")[2]
        assert Browser(server).get(f"/named?{sid}") is False
        server.log.allow("ValueError: Invalid Session ID|PythonHandler sessions::named")
        assert Browser(server).ask("/named?x").status_code == 500

    def test_an_error_gives_up_the_lock(self, server: Server) -> None:
        server.log.allow("PythonHandler sessions::fails|with the lock held")
        browser = Browser(server)
        browser.get("/count")
        assert browser.ask("/fails").status_code == 500
        assert browser.get("/count")[1] == 2

    def test_an_internal_redirect_does_not_wait_for_itself(self, server: Server) -> None:
        browser = Browser(server)
        browser.get("/count")
        assert browser.get("/again")[1] == 2
        assert browser.get("/count")[1] == 3

    def test_a_page_may_let_others_in(self, server: Server) -> None:
        browser = Browser(server)
        browser.get("/count")
        assert all(browser.together(["/unlocked?4"] * 4))

    def test_own_types(self, server: Server) -> None:
        browser = Browser(server)
        assert (browser.get("/things?one"), browser.get("/things?two")) == (None, "one")


class TestMemory(Kind):
    """In one interpreter of one child."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """One child."""
        pages(conf, "Memory")
        conf.mpm_lines("StartServers 1", "ServerLimit 1", "ThreadsPerChild 16", "MinSpareThreads 1", "MaxRequestWorkers 16")


class TestAlone:
    """One interpreter in one child."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """No kind is named."""
        conf.app("sessions").handler("default", "sessions::kind")

    def test_by_default(self, server: Server) -> None:
        assert server.client.get("/default").json() == "MemorySession"


class TestMemoryOfSeveral:
    """Several interpreters, and sessions that they do not share."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Two replicas."""
        conf.add("PythonInterpreterOptions * replicas=2")
        pages(conf, "Memory")

    def test_the_log_says_so(self, server: Server) -> None:
        server.log.expect(r"MPY0605: MemorySession keeps .* 2 interpreter\(s\) in each of up to \d+ children")
        Browser(server).get("/count")


@pytest.mark.parametrize("mpm", ["event", "prefork"], indirect=True)
class TestFile(Kind):
    """Files, for replicas and children."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Several of both, where the MPM has threads."""
        conf.add("PythonInterpreterOptions * replicas=2")
        pages(conf, "File")
        if conf.mpm != "prefork":
            conf.mpm_lines(*SEVERAL)
        else:
            conf.mpm_lines("StartServers 8", "MaxSpareServers 8", "MaxRequestWorkers 12")

    def test_the_files_are_ours_alone(self, server: Server) -> None:
        sid = Browser(server).get("/count")[2]
        directory = server.root / "sessions" / "mp_sess"
        assert (directory / sid[:2] / sid).stat().st_mode & 0o777 == 0o600
        assert directory.stat().st_mode & 0o777 == 0o700
        assert (directory / "mp_sess.key").stat().st_mode & 0o777 == 0o600


class TestFilesOfOthers:
    """What somebody put into the place of a session."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """One child."""
        pages(conf, "File", "PythonOption mod_python.file_session.cleanup_grace_period 0")

    def test_it_is_not_loaded(self, server: Server) -> None:
        import pickle

        victim, thief = Browser(server), Browser(server)
        theirs, own = (self.file(server, browser.get("/count")[2]) for browser in (victim, thief))
        server.log.allow("MPY0603: session refused")
        own.write_bytes(theirs.read_bytes())
        assert thief.get("/count")[0], "a session in another's place"
        for data in (pickle.dumps(Exploit()), b"", b"MP4\x01", b"MP4\x02" + pickle.dumps({}), theirs.read_bytes()[:-1]):
            browser = Browser(server)
            self.file(server, browser.get("/count")[2]).write_bytes(data)
            assert browser.get("/count")[0]
        assert not (server.root / "exploited").exists()

    @staticmethod
    def file(server: Server, sid: str) -> Path:
        """The file of a session."""
        return server.root / "sessions" / "mp_sess" / sid[:2] / sid

    def test_cleaning(self, server: Server) -> None:
        import os

        old, young = (self.file(server, Browser(server).get(page)[-1]) for page in ("/count", "/count"))
        brief = self.file(server, Browser(server).get("/past"))
        long_ago = time.time() - 10_000
        for file in (old, brief):
            os.utime(file, (long_ago, long_ago))
        Browser(server).get("/cleaned")
        wait.until(lambda: not brief.exists(), "the short one to go")
        # Only looked at because of its age: by what is in it, it lives.
        assert young.exists() and old.exists()


class Exploit:
    """A pickle that would leave a trace."""

    def __reduce__(self) -> Any:
        return open, (str(Path("exploited")), "w")


class TestDbm(Kind):
    """One database, for replicas and children."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Several of both."""
        conf.add("PythonInterpreterOptions * replicas=2")
        pages(conf, "Dbm").add()
        conf.mpm_lines(*SEVERAL)

    def test_cleaning(self, server: Server) -> None:
        over, lives = Browser(server).get("/past"), Browser(server).get("/count")[2]
        assert Browser(server).get(f"/stored?{over}")
        Browser(server).get("/cleaned")
        wait.until(lambda: not Browser(server).get(f"/stored?{over}"), "the one that is over to go")
        assert Browser(server).get(f"/stored?{lives}")


class TestChoice:
    """Which kind it is, and what its cookie looks like."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A host per setting."""
        app = conf.app("sessions", f'PythonOption mod_python.session.database_directory "{conf.root}"')
        conf.root.chmod(0o777)
        conf.mpm_lines(*SEVERAL)
        app.handler("default", "sessions::kind").handler("locks", "sessions::locks")
        old = ("PythonOption session FileSession", "PythonOption session_cookie_name old")
        app.handler("old", "sessions::kind", *old, "PythonOption ApplicationPath /elsewhere")
        attributes = 'PythonOption mod_python.session.cookie_attributes "HttpOnly; SameSite=Lax; Secure"'
        app.handler("safe", "sessions::kind", attributes, "PythonOption mod_python.session.application_domain example.com")
        app.handler("wrong", "sessions::kind", "PythonOption mod_python.session.session_type Sql")

    def test_by_default(self, server: Server) -> None:
        assert server.client.get("/default").json() == "DbmSession"

    def test_options_of_old(self, server: Server) -> None:
        answer = server.client.get("/old")
        assert answer.json() == "FileSession"
        assert re.fullmatch("old=[0-9a-f]{64}; path=/elsewhere", answer.headers["Set-Cookie"])

    def test_attributes(self, server: Server) -> None:
        cookie = server.client.get("/safe").headers["Set-Cookie"]
        assert cookie.split("; ")[1:] == ["path=/", "domain=example.com", "secure", "samesite=Lax", "httponly"]

    def test_a_kind_that_does_not_exist(self, server: Server) -> None:
        server.log.allow("PythonHandler sessions::kind|session_type is 'Sql': known are")
        assert server.client.get("/wrong").status_code == 500

    def test_the_locks_themselves(self, server: Server) -> None:
        expected = [[True, True], ["ValueError", "TypeError", "ValueError", "TypeError"]]
        assert server.client.get("/locks").json() == expected
        assert server.client.get("/locks").json() == expected, "given up with the request"
