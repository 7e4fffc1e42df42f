"""Names of modules that are paths: `/srv/app/shop.py`, `~/shop`, `./shop`, `../lib/shop.py`.

Pure: from what somebody wrote, and where, to a plain name and the one directory it is searched in. It never looks
whether there is such a file.
"""

from __future__ import annotations

import os

__all__ = ["file_name", "is_path", "place"]

# A dot in the name of a file, where that name must be one component of a module's name.
_DOT = "%2e"

# What a name begins with when it is a path: from the root, the handler's root, the file that asks, its parent.
_BEGINNINGS = ("/", "~/", "./", "../")


def is_path(name: str) -> bool:
    """Whether a name says where its file lies."""
    return name.startswith(_BEGINNINGS)


def place(name: str, here: str | None, root: str | None) -> tuple[str, list[str]]:
    """The plain name and the directory (with its slash) of a name that is a path.

    `here` is the directory of whoever asks, `root` the handler's: the bases of `./`, `../` and of `~/`. A file that
    does not end in `.py` keeps its ending in the name: `shop.wsgi` is the module `shop%2ewsgi`. Raises
    ModuleNotFoundError when the base is not known, or when nothing is left to name a module.
    """
    directory, file = os.path.split(_absolute(name, here, root))
    plain = file.removesuffix(".py") if file.endswith(".py") else file.replace(".", _DOT)
    if not plain or "." in plain:
        raise ModuleNotFoundError(f"No module can be named by the path {name!r}", name=name)
    return plain, [os.path.join(os.path.normpath(directory), "")]


def file_name(module: str) -> str | None:
    """The file of a module whose name keeps an ending; None for all others."""
    last = module.rpartition(".")[2]
    return last.replace(_DOT, ".") if _DOT in last else None


def _absolute(name: str, here: str | None, root: str | None) -> str:
    if name.startswith("/"):
        return name
    base, rest = (root, name[2:]) if name.startswith("~/") else (here, name)
    if not base:
        raise ModuleNotFoundError(f"The path {name!r} has no directory to begin at", name=name)
    return os.path.join(base, rest)
