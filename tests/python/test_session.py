"""Sessions without httpd: what is stored and what is refused, options, cookies, cleaning, stores of one's own."""

from __future__ import annotations

import datetime
import os
import pickle
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake import FakeRequest
from mod_python import Session, util
from mod_python._session import base, seal
from mod_python._session.cookie import session_cookie
from mod_python._session.file_cleaner import FileCleaner
from mod_python._session.options import option, option_number
from mod_python._session.places import check_owner
from mod_python._session.seal import Refused, Sealer, directory_key, file_key

SID = "0" * 64
KEY = b"k" * 32
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.frozensets(st.integers()),
    max_leaves=10,
)


class Own:
    """A type of an application."""


class Exploit:
    """A pickle that would call something."""

    def __reduce__(self) -> Any:
        return pytest.fail, ("a pickle was executed",)


class TestSeal:
    """Bytes that nobody else can have written."""

    @pytest.mark.parametrize("key", [KEY, None])
    @given(data=st.dictionaries(st.text(), PLAIN))
    def test_round_trip(self, key: bytes | None, data: dict[str, Any]) -> None:
        sealer = Sealer(key)
        assert sealer.open(SID, sealer.seal(SID, data)) == data

    @pytest.mark.parametrize("key", [KEY, None])
    @pytest.mark.parametrize("read_old", [False, True])
    @given(data=st.binary(max_size=80), prefix=st.sampled_from([b"", b"MP4\x01", b"MP4\x02", pickle.dumps({"a": 1})]))
    def test_any_bytes_are_a_session_or_refused(self, key: bytes, read_old: bool, data: bytes, prefix: bytes) -> None:
        try:
            assert isinstance(Sealer(key, read_old=read_old).open(SID, prefix + data), dict)
        except Refused:
            pass

    def test_own_types_need_a_key(self) -> None:
        sealed = Sealer(KEY).seal(SID, {"a": Own()})
        assert isinstance(Sealer(KEY).open(SID, sealed)["a"], Own)
        with pytest.raises(Refused, match=r"test_session.Own is no plain data: .*secret_file"):
            Sealer(None).seal(SID, {"a": Own()})

    @pytest.mark.parametrize("value", [datetime.timedelta(1), {1, 2}, 1j, datetime.date(2020, 1, 1)])
    def test_plain_data(self, value: Any) -> None:
        assert Sealer(None).open(SID, Sealer(None).seal(SID, {"a": value})) == {"a": value}

    def test_a_field_of_a_form_is_its_text(self) -> None:
        form = util.FieldStorage(FakeRequest("a=b"))
        for key in (KEY, None):
            found = Sealer(key).open(SID, Sealer(key).seal(SID, {"a": form["a"]}))["a"]
            assert found == "b" and type(found) is str

    def test_nothing_foreign_is_executed(self) -> None:
        evil = pickle.dumps({"a": Exploit()})
        for key in (KEY, None):
            for data in (evil, b"MP4\x02" + evil, b"MP4\x01" + b"0" * 32 + evil):
                for read_old in (False, True):
                    with pytest.raises(Refused):
                        Sealer(key, read_old=read_old).open(SID, data)

    def test_a_signature_holds_for_one_id_and_one_key(self) -> None:
        sealed = Sealer(KEY).seal(SID, {"a": 1})
        for sealer, sid in ((Sealer(KEY), "1" * 64), (Sealer(b"x" * 32), SID), (Sealer(None), SID)):
            with pytest.raises(Refused):
                sealer.open(sid, sealed)
        with pytest.raises(Refused):
            Sealer(KEY).open(SID, Sealer(None).seal(SID, {"a": 1}))

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_what_3_5_wrote(self, protocol: int) -> None:
        old = {"_data": {"a": b"\xff", "b": "é"}, "_created": 1.0, "_accessed": 2.0, "_timeout": 3}
        assert Sealer(KEY, read_old=True).open(SID, pickle.dumps(old, protocol)) == old
        with pytest.raises(Refused):
            Sealer(KEY).open(SID, pickle.dumps(old, protocol))

    def test_what_python_2_wrote(self) -> None:
        assert Sealer(None, read_old=True).open(SID, b"(dp0\nS'a'\np1\nS'\\xc3\\xa9'\np2\ns.") == {"a": "é"}


class TestKeys:
    """Where keys come from."""

    @pytest.fixture(autouse=True)
    def forget(self) -> None:
        """Keys are read once."""
        file_key.cache_clear()
        directory_key.cache_clear()

    def test_a_key_of_our_own_is_made_once(self, tmp_path: Path) -> None:
        path = tmp_path / "key"
        key = directory_key(str(path))
        directory_key.cache_clear()
        assert directory_key(str(path)) == key and len(key) == 64
        assert path.stat().st_mode & 0o777 == 0o600 and list(tmp_path.iterdir()) == [path]

    def test_a_key_that_others_may_read(self, tmp_path: Path) -> None:
        path = tmp_path / "key"
        path.write_bytes(KEY)
        path.chmod(0o644)
        with pytest.raises(PermissionError):
            directory_key(str(path))
        (tmp_path / "link").symlink_to(path)
        with pytest.raises(OSError):
            seal._read_own(str(tmp_path / "link"))

    def test_the_administrators_key(self, tmp_path: Path) -> None:
        path = tmp_path / "key"
        path.write_bytes(b"short\n")
        with pytest.raises(ValueError, match="shorter than 16"):
            file_key(str(path))
        path.write_bytes(KEY + b"\n")
        assert file_key(str(path)) == KEY

    def test_places(self, tmp_path: Path) -> None:
        check_owner(str(tmp_path))
        tmp_path.chmod(0o777)
        with pytest.raises(PermissionError):
            check_owner(str(tmp_path))


class TestOptions:
    """Names of today and of old."""

    def test_the_new_name_wins(self) -> None:
        req = FakeRequest(session__cookie_name="new")
        req.get_options()["session_cookie_name"] = "old"
        assert option(req, "session.cookie_name") == "new"
        req.get_options()["ApplicationPath"] = "/a"
        assert option(req, "session.application_path") == "/a"

    def test_numbers(self) -> None:
        assert option_number(FakeRequest(a="5"), "a", 1) == 5 and option_number(FakeRequest(), "a", 1) == 1
        with pytest.raises(ValueError, match="mod_python.a is 'x'"):
            option_number(FakeRequest(a="x"), "a", 1)

    def test_flags(self) -> None:
        assert all(map(Session.true_or_false, ["Yes", "true", "1", "on", True, 1]))
        assert not any(map(Session.true_or_false, ["No", "false", "0", "off", False, 0]))
        for item in ("perhaps", 2, None, 1.0):
            with pytest.raises(ValueError):
                Session.true_or_false(item)


class TestCookie:
    """Where the cookie holds."""

    @pytest.mark.parametrize(
        ("directory", "uri", "path"),
        [
            ("/srv/www/shop/", "/shop/page", "/shop"),
            ("/srv/www/", "/page", "/"),
            ("/srv/www/shop/", "/alias/page", "/"),
            ("/srv/elsewhere/", "/page", "/"),
            ("/location", "/location", "/"),
            ("/srv/wwwother/", "/other/page", "/"),
        ],
    )
    def test_paths(self, directory: str, uri: str, path: str) -> None:
        req = FakeRequest()
        req.uri = uri
        req.hlist = SimpleNamespace(directory=directory)  # type: ignore[assignment]
        assert session_cookie(req, SID, None).path == path

    def test_attributes(self) -> None:
        req = FakeRequest(session__cookie_attributes="HttpOnly; SameSite=Lax; max-age=5;")
        assert str(session_cookie(req, SID, None)) == f"pysid={SID}; path=/; max-age=5; samesite=Lax; httponly"
        with pytest.raises(ValueError, match="no cookie has 'Odd'"):
            session_cookie(FakeRequest(session__cookie_attributes="Odd"), SID, None)


class Store(Session.BaseSession):
    """A store of an application."""

    kept: dict[str, dict[str, Any]] = {}
    cleaned = 0

    def do_load(self) -> dict[str, Any] | None:
        """From memory."""
        return self.kept.get(self.id())

    def do_save(self, dict: dict[str, Any]) -> None:
        """Into memory."""
        self.kept[self.id()] = dict

    def do_delete(self) -> None:
        """Out of it."""
        self.kept.pop(self.id(), None)

    def do_cleanup(self) -> None:
        """Count."""
        Store.cleaned += 1


class TestBase:
    """What every session does."""

    def test_a_life(self) -> None:
        first = Store(FakeRequest(), timeout=50)
        assert first.is_new() and first.created() <= first.last_accessed() <= time.time()
        first["a"] = 1
        first.save()
        first.unlock()
        again = Store(FakeRequest(), first.id())
        assert not again.is_new() and again == {"a": 1} and again.timeout() == 50
        again.invalidate()
        again.save()
        again.unlock()
        assert again.id() not in Store.kept and again == {}

    def test_only_saving_prolongs(self) -> None:
        session = Store(FakeRequest(), timeout=100)
        session.save()
        session.unlock()
        Store.kept[session.id()]["_accessed"] -= 101
        assert Store(FakeRequest(), session.id()).is_new() and session.id() not in Store.kept

    def test_ids_that_are_none(self) -> None:
        for sid in ("x", "0" * 63, "0" * 33, "A" * 32):
            with pytest.raises(ValueError, match="Invalid Session ID"):
                Store(FakeRequest(), sid)

    def test_one_of_many_cleans_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(base, "CLEANUP_CHANCE", 1)
        before = Store.cleaned
        Store(FakeRequest()).unlock()
        assert Store.cleaned == before + 1


class TestOpened:
    """What a store hands over."""

    def test_what_is_no_session(self) -> None:
        req = FakeRequest()
        session = Store(req)
        assert session._opened(Sealer(KEY), Sealer(KEY).seal(session.id(), {"_data": {}})) is None
        assert req.log == ["MPY0603: session refused: what is stored is no session"]


class TestCleaning:
    """Files of sessions that are over."""

    @staticmethod
    def clean(directory: Path, *, is_fast: bool = True, verifies: bool = True, time_limit: float = 0) -> int:
        """How many files went."""
        return FileCleaner(str(directory), is_fast, verifies, 10, time_limit, Sealer(KEY)).run()

    @staticmethod
    def store(directory: Path, sid: str, *, age: float, timeout: float) -> Path:
        """A session's file of an age."""
        then = time.time() - age
        file = directory / sid[:2] / sid
        file.parent.mkdir(exist_ok=True)
        session = {"_data": {}, "_created": then, "_accessed": then, "_timeout": timeout}
        file.write_bytes(Sealer(KEY).seal(sid, session))
        os.utime(file, (then, then))
        return file

    def test_by_what_is_in_a_file(self, tmp_path: Path) -> None:
        over = self.store(tmp_path, "00" * 32, age=4000, timeout=1800)
        long = self.store(tmp_path, "ff" * 32, age=4000, timeout=9000)
        young = self.store(tmp_path, "fe" * 32, age=100, timeout=1)
        assert self.clean(tmp_path) == 1 and not over.exists() and long.exists() and young.exists()
        assert self.clean(tmp_path, is_fast=False) == 1 and not young.exists()
        assert self.clean(tmp_path, verifies=False) == 1 and not long.exists()

    def test_what_nobody_can_load(self, tmp_path: Path) -> None:
        file = self.store(tmp_path, "00" * 32, age=4000, timeout=9000)
        long_ago = time.time() - 4000
        file.write_bytes(b"junk")
        assert self.clean(tmp_path) == 0
        os.utime(file, (long_ago, long_ago))
        assert self.clean(tmp_path) == 1

    def test_it_goes_on_where_it_stopped(self, tmp_path: Path) -> None:
        for number in range(256):
            self.store(tmp_path, f"{number:02x}" * 32, age=4000, timeout=1)
        rounds = [self.clean(tmp_path, time_limit=0.002)]
        while sum(rounds) < 256:
            rounds.append(self.clean(tmp_path, time_limit=0.002))
            assert len(rounds) < 2000
        assert not list(tmp_path.glob("??/*"))

    def test_one_at_a_time(self, tmp_path: Path) -> None:
        import fcntl

        self.store(tmp_path, "00" * 32, age=4000, timeout=1)
        with open(tmp_path / ".mp_sess.lck", "a+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert self.clean(tmp_path) == 0
        assert self.clean(tmp_path) == 1
