"""`apache.import_module`: first import, execution again when the file changed, failures, equal names."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from conftest import Write
from mod_python import _current, _importer, _loaded, apache


def load(name: str, directory: Path, **options: object) -> object:
    return apache.import_module(name, path=[f"{directory}/"], **options)  # type: ignore[arg-type]


def test_a_changed_file_is_executed_again_in_the_same_module(write: Write, tmp_path: Path) -> None:
    write("shop.py", "kept = 'from before'\nversion = 1\n")
    first = load("shop", tmp_path)
    write("shop.py", "version = 2\n")
    second = load("shop", tmp_path)
    assert second is first
    assert second.version == 2
    assert second.kept == "from before"


HOOKED = """
log = globals().get("log", [])
pool = {version!r}
def __mp_clone__(module):
    log.append(("clone", pool, module.pool))
def __mp_purge__():
    log.append(("purge", pool))
"""


def test_hooks_of_an_execution_that_is_replaced(write: Write, tmp_path: Path) -> None:
    write("shop.py", HOOKED.format(version="old"))
    shop = load("shop", tmp_path)
    write("shop.py", HOOKED.format(version="newer"))
    load("shop", tmp_path)
    assert vars(shop)["log"] == [("clone", "old", "old"), ("purge", "old")]
    assert vars(shop)["pool"] == "newer"


def test_an_execution_that_fails_purges_nothing(write: Write, tmp_path: Path) -> None:
    write("shop.py", HOOKED.format(version="old"))
    shop = load("shop", tmp_path)
    write("shop.py", "pool = 1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        load("shop", tmp_path)
    assert vars(shop)["log"] == [("clone", "old", "old")]
    assert vars(shop)["pool"] == "old"


def test_a_purge_that_fails_does_so_once(write: Write, tmp_path: Path) -> None:
    write("shop.py", "def __mp_purge__(): raise LookupError\n")
    load("shop", tmp_path)
    write("shop.py", "version = 2\n")
    with pytest.raises(LookupError):
        load("shop", tmp_path)
    assert load("shop", tmp_path).version == 2  # type: ignore[attr-defined]


def test_an_unchanged_file_is_executed_once(write: Write, tmp_path: Path) -> None:
    write("shop.py", "import builtins\nbuiltins.executions = getattr(builtins, 'executions', 0) + 1\n")
    for _ in range(3):
        load("shop", tmp_path)
    import builtins

    assert builtins.__dict__.pop("executions") == 1


def test_an_older_file_counts_as_a_change_too(write: Write, tmp_path: Path) -> None:
    import os

    file = write("shop.py", "version = 1\n")
    module = load("shop", tmp_path)
    file.write_text("version = 2\n")
    os.utime(file, (1, 1))
    assert load("shop", tmp_path) is module
    assert module.version == 2  # type: ignore[attr-defined]


def test_a_change_within_one_second_and_of_one_size_is_seen(write: Write, tmp_path: Path) -> None:
    import os

    file = write("shop.py", "version = 1\n")
    os.utime(file, ns=(10**18, 10**18))
    load("shop", tmp_path)
    file.write_text("version = 2\n")
    os.utime(file, ns=(10**18 + 1, 10**18 + 1))
    assert load("shop", tmp_path).version == 2  # type: ignore[attr-defined]


def test_another_child_does_not_get_byte_code_of_an_older_version(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import time

    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    second = int(time.time()) * 10**9
    file = write("shop.py", "version = 1\n")
    os.utime(file, ns=(second, second))
    load("shop", tmp_path)
    file.write_text("version = 2\n")
    os.utime(file, ns=(second + 1, second + 1))
    del sys.modules["shop"]
    assert load("shop", tmp_path).version == 2  # type: ignore[attr-defined]


def test_settled_files_leave_byte_code(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    write("shop.py", "")
    load("shop", tmp_path)
    assert list(tmp_path.glob("__pycache__/shop.*.pyc"))


def test_without_autoreload_nothing_is_executed_again(write: Write, tmp_path: Path) -> None:
    write("shop.py", "version = 1\n")
    load("shop", tmp_path)
    write("shop.py", "version = 2\n")
    assert load("shop", tmp_path, autoreload=0).version == 1  # type: ignore[attr-defined]


def test_the_file_is_looked_at_once_per_second_at_most(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_loaded, "CHECK_SECONDS", 60.0)
    write("shop.py", "version = 1\n")
    load("shop", tmp_path)
    load("shop", tmp_path)
    write("shop.py", "version = 2\n")
    assert load("shop", tmp_path).version == 1  # type: ignore[attr-defined]


def test_a_deleted_file_leaves_the_module_as_it_is(write: Write, tmp_path: Path) -> None:
    file = write("shop.py", "version = 1\n")
    sys.path.insert(0, str(tmp_path))
    apache.import_module("shop")
    file.unlink()
    assert apache.import_module("shop").version == 1


def test_a_failing_first_import_leaves_nothing_and_is_tried_anew(write: Write, tmp_path: Path) -> None:
    write("shop.py", "started = True\n1 / 0\n")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            load("shop", tmp_path)
        assert "shop" not in sys.modules
    write("shop.py", "repaired = True\n")
    assert load("shop", tmp_path).repaired  # type: ignore[attr-defined]


def test_a_failing_execution_leaves_the_module_whole_and_is_tried_anew(write: Write, tmp_path: Path) -> None:
    write("shop.py", "version = 1\n")
    module = load("shop", tmp_path)
    write("shop.py", "version = 2\nnew = 1\n1 / 0\n")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            load("shop", tmp_path)
        assert vars(module)["version"] == 1
        assert "new" not in vars(module)
    write("shop.py", "version = 3\n")
    assert load("shop", tmp_path).version == 3  # type: ignore[attr-defined]


def test_a_file_that_appears_after_a_failed_import_is_found(write: Write, tmp_path: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'late'"):
        load("late", tmp_path)
    write("late.py", "here = True\n")
    assert load("late", tmp_path).here  # type: ignore[attr-defined]


def test_packages_are_checked_component_by_component(write: Write, tmp_path: Path) -> None:
    write("pkg/__init__.py", "version = 1\n")
    write("pkg/mod.py", "version = 1\n")
    module = load("pkg.mod", tmp_path)
    write("pkg/__init__.py", "version = 2\n")
    assert load("pkg.mod", tmp_path) is module
    assert sys.modules["pkg"].version == 2
    write("pkg/mod.py", "version = 2\n")
    assert load("pkg.mod", tmp_path).version == 2  # type: ignore[attr-defined]


def test_equal_names_in_two_directories_are_two_modules(write: Write, tmp_path: Path) -> None:
    write("a/index.py", "where = 'a'\n")
    write("b/index.py", "from .helper import word\nwhere = 'b'\n")
    write("b/helper.py", "word = 'neighbour'\n")
    a, b = load("index", tmp_path / "a"), load("index", tmp_path / "b")
    assert (vars(a)["where"], vars(b)["where"], vars(b)["word"]) == ("a", "b", "neighbour")
    assert load("index", tmp_path / "a") is a
    assert load("index", tmp_path / "b") is b
    assert vars(b)["__name__"] == f"_mp:{tmp_path}/b.index"
    write("b/index.py", "where = 'b again'\n")
    assert load("index", tmp_path / "b") is b
    assert vars(b)["where"] == "b again"


def test_equally_named_packages_keep_apart(write: Write, tmp_path: Path) -> None:
    for where in ("a", "b.d"):
        write(f"{where}/pkg/__init__.py", "")
        write(f"{where}/pkg/mod.py", f"from . import other\nwhere = {where!r}, other.where\n")
        write(f"{where}/pkg/other.py", f"where = {where!r}\n")
    assert load("pkg.mod", tmp_path / "a").where == ("a", "a")  # type: ignore[attr-defined]
    assert load("pkg.mod", tmp_path / "b.d").where == ("b.d", "b.d")  # type: ignore[attr-defined]


def test_a_handler_wins_over_a_module_of_the_standard_library(write: Write, tmp_path: Path) -> None:
    write("json.py", "mine = True\n")
    assert load("json", tmp_path).mine  # type: ignore[attr-defined]
    import json

    assert json.loads("1") == 1


def test_a_module_reached_through_a_link_is_the_same_module(write: Write, tmp_path: Path) -> None:
    write("real/index.py", "")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    sys.path.insert(0, str(tmp_path / "real"))
    assert load("index", tmp_path / "real") is load("index", tmp_path / "link")


def test_log_tells_of_each_execution(write: Write, tmp_path: Path, log: list[tuple[int, str]]) -> None:
    write("shop.py", "")
    sys.path.insert(0, str(tmp_path))
    apache.import_module("shop", log=1)
    apache.import_module("shop", log=1)
    write("shop.py", "\n")
    apache.import_module("shop", log=1)
    load("shop", tmp_path, log=1)
    assert log == [(apache.APLOG_NOTICE, "mod_python: (Re)importing module 'shop'")] * 2


def test_an_empty_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="Empty module name"):
        apache.import_module("")


def test_threads_that_come_together_execute_once(write: Write, tmp_path: Path) -> None:
    write("slow.py", "")
    module = load("slow", tmp_path)
    write("slow.py", "import time\ncount = globals().get('count', 0) + 1\ntime.sleep(0.05)\ndone = True\n")
    seen: list[object] = []
    threads = [threading.Thread(target=lambda: seen.append(load("slow", tmp_path).done)) for _ in range(8)]  # type: ignore[attr-defined]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert seen == [True] * 8
    assert vars(module)["count"] == 1


def test_a_slow_module_delays_no_other(write: Write, tmp_path: Path) -> None:
    write("quick.py", "")
    write("slow.py", "import builtins\nbuiltins.entered.set()\nbuiltins.leave.wait(10)\n")
    import builtins

    builtins.entered, builtins.leave = threading.Event(), threading.Event()  # type: ignore[attr-defined]
    slow = threading.Thread(target=load, args=("slow", tmp_path))
    slow.start()
    assert builtins.entered.wait(10)  # type: ignore[attr-defined]
    load("quick", tmp_path)
    write("quick.py", "version = 2\n")
    assert load("quick", tmp_path).version == 2  # type: ignore[attr-defined]
    assert slow.is_alive()
    builtins.leave.set()  # type: ignore[attr-defined]
    slow.join(10)
    del builtins.entered, builtins.leave  # type: ignore[attr-defined]


def test_modules_that_import_each_other_do_not_lock_up(write: Write, tmp_path: Path) -> None:
    def version(number: int) -> None:
        for own, other in (("left", "right"), ("right", "left")):
            write(
                f"{own}.py",
                f"import time; time.sleep(.05)\nfrom mod_python import apache\nversion = {number}\n"
                f"apache.import_module({other!r})\n",
            )

    sys.path.insert(0, str(tmp_path))
    version(1)
    apache.import_module("left")
    version(2)
    threads = [threading.Thread(target=apache.import_module, args=(name,)) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)
    assert (sys.modules["left"].version, sys.modules["right"].version) == (2, 2)


def test_stale_tells_every_holder_of_an_older_execution(write: Write, tmp_path: Path) -> None:
    write("shop.py", "")
    first = _importer.load("shop", path=[str(tmp_path)])
    second = _importer.load("shop", path=[str(tmp_path)])
    assert first is second
    assert not _importer.stale(first)
    write("shop.py", "\n")
    assert _importer.stale(first)
    third = _importer.load("shop", path=[str(tmp_path)])
    assert _importer.stale(first)
    assert not _importer.stale(third)


def test_a_changed_child_is_a_reason(write: Write, tmp_path: Path) -> None:
    write("shop.py", "import prices\ndef total(): return prices.PRICE\nfrom prices import PRICE\n")
    write("prices.py", "import rates\nPRICE = 10 * rates.RATE\n")
    write("rates.py", "RATE = 1\n")
    sys.path.insert(0, str(tmp_path))
    assert load("shop", tmp_path).PRICE == 10  # type: ignore[attr-defined]
    write("rates.py", "RATE = 3\n")
    shop = load("shop", tmp_path)
    assert (shop.PRICE, shop.total()) == (30, 30)  # type: ignore[attr-defined]


def test_a_child_that_is_asked_for_counts_too(write: Write, tmp_path: Path) -> None:
    write("shop.py", "from mod_python import apache\nprices = apache.import_module('prices')\nPRICE = prices.PRICE\n")
    write("prices.py", "PRICE = 1\n")
    assert load("shop", tmp_path).PRICE == 1  # type: ignore[attr-defined]
    write("prices.py", "PRICE = 2\n")
    assert load("shop", tmp_path).PRICE == 2  # type: ignore[attr-defined]


def test_modules_that_import_each_other(write: Write, tmp_path: Path) -> None:
    write("shop.py", "import prices\nCOUNT = 1\ndef price(): return prices.PRICE\n")
    write("prices.py", "import shop\nPRICE = 1\n")
    sys.path.insert(0, str(tmp_path))
    first = _importer.load("shop", path=[str(tmp_path)])
    write("prices.py", "import shop\nPRICE = 2\n")
    assert _importer.stale(first)
    second = _importer.load("shop", path=[str(tmp_path)])
    assert second.module.price() == 2
    assert not _importer.stale(second)
    assert _importer.load("shop", path=[str(tmp_path)]) is second


def test_a_child_that_fails_is_tried_again(write: Write, tmp_path: Path) -> None:
    write("shop.py", "import prices\nPRICE = prices.PRICE\n")
    write("prices.py", "PRICE = 1\n")
    sys.path.insert(0, str(tmp_path))
    load("shop", tmp_path)
    write("prices.py", "PRICE = 1 / 0\n")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            load("shop", tmp_path)
    write("prices.py", "PRICE = 2\n")
    assert load("shop", tmp_path).PRICE == 2  # type: ignore[attr-defined]


def test_names_that_are_paths(write: Write, tmp_path: Path) -> None:
    write("one/shop.py", "from mod_python import apache\nWHO = 1\nprices = apache.import_module('../two/prices.py')\n")
    write("two/prices.py", "from mod_python import apache\nshop = apache.import_module('./shop')\n")
    write("two/shop.py", "WHO = 2\n")
    shop = apache.import_module(f"{tmp_path}/one/shop.py")
    assert (shop.WHO, shop.prices.shop.WHO) == (1, 2)
    assert apache.import_module(f"{tmp_path}/two/shop") is shop.prices.shop
    with pytest.raises(ModuleNotFoundError, match="No module named 'none'"):
        apache.import_module(f"{tmp_path}/none.py")


def test_who_asks_finds_its_neighbours_first(write: Write, tmp_path: Path) -> None:
    for place in ("one", "two"):
        write(f"{place}/page.py", "from mod_python import apache\nhelper = apache.import_module('helper')\n")
        write(f"{place}/helper.py", f"WHO = {place!r}\n")
    pages = [apache.import_module("page", path=[f"{tmp_path}/{place}/"]) for place in ("one", "two")]
    assert [page.helper.WHO for page in pages] == ["one", "two"]


def test_importer_path(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("lib/helper.py", "WHO = 'lib'\n")
    options = apache.table({"mod_python.importer.path": f"['{tmp_path}/nowhere', '~/lib']"})
    monkeypatch.setattr(_current, "get_current_options", lambda: options)
    monkeypatch.setattr(_current, "get_handler_root", lambda: f"{tmp_path}/")
    assert apache.import_module("helper").WHO == "lib"
    assert str(tmp_path) not in " ".join(sys.path)
