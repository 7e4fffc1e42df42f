"""Which file a URL means, and which object in it.

Pure but for the question whether a file is there. `/shop/cart.py/show/total` is the object `show.total` of
`shop/cart.py`; what names no file belongs to `index.py` of its directory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import NamedTuple

INDEX = "index"


class Address(NamedTuple):
    """A file, and the dotted path of an object in it."""

    file: str
    path: str


def locate(
    filename: str, path_info: str, extensions: Iterable[str], exists: Callable[[str], bool] = os.path.isfile
) -> Address | None:
    """The address of what httpd mapped to a file name and the path behind it; None when there is no such file.

    `extensions` are those that stand for a module, `.py` beside them.
    """
    directory, last = os.path.split(filename)
    module = _without_extension(last, {"py", *(extension.lstrip(".") for extension in extensions)}) or INDEX
    path = path_info.removeprefix("/").removesuffix("/").replace("/", ".")
    for candidate, rest in ((module, path), (INDEX, f"{module}.{path}" if path else module)):
        file = os.path.normpath(os.path.join(directory, f"{candidate}.py"))
        if exists(file):
            return Address(file, rest or INDEX)
    return None


def _without_extension(name: str, extensions: Iterable[str]) -> str:
    stem, _, extension = name.rpartition(".")
    return stem if stem and extension in extensions else name
