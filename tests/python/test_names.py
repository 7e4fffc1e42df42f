"""Module names that are paths."""

from __future__ import annotations

import pytest

from mod_python._names import is_path, place

PLACES = {
    "/srv/app/shop.py": ("shop", "/srv/app/"),
    "/srv/app/shop": ("shop", "/srv/app/"),
    "~/shop": ("shop", "/root/"),
    "~/sub/shop.py": ("shop", "/root/sub/"),
    "./shop": ("shop", "/here/"),
    "../shop.py": ("shop", "/"),
    "/srv/./app/../shop.py": ("shop", "/srv/"),
}


@pytest.mark.parametrize("name", PLACES)
def test_place(name: str) -> None:
    plain, directory = PLACES[name]
    assert is_path(name)
    assert place(name, "/here", "/root/") == (plain, [directory])


@pytest.mark.parametrize("name", ["shop", "shop.cart", "", "_mp:/srv.shop"])
def test_plain_names(name: str) -> None:
    assert not is_path(name)


@pytest.mark.parametrize("name", ["/", "/srv/", "./.py", "/a.b.py"])
def test_paths_that_name_no_module(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="named by the path"):
        place(name, "/here", "/root")


@pytest.mark.parametrize("name", ["./shop", "~/shop"])
def test_paths_without_a_base(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="no directory to begin at"):
        place(name, None, None)
