"""Finds modules in directories that are not on `sys.path`, for `_importer`.

Stands last on `sys.meta_path` of each interpreter, so it answers only where nobody else does. It runs inside imports,
under importlib's lock of the module, and must never import anything itself.

Two kinds of names are answered: a plain name that was claimed for a directory, and the private package of a
directory, whose name shows it: `_mp:/var/www/shop` (a dot in the path becomes `%2e`). As both are found by name
alone, pickled objects of such modules can be loaded by another interpreter. A name that keeps its ending
(`shop%2ewsgi`) is that very file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import Any

from mod_python import _names

_PREFIX = "_mp:"

_claimed: dict[str, str] = {}


class DirectoryFinder:
    """The entry of `sys.meta_path`."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """What a finder of `sys.meta_path` is asked."""
        if name.startswith(_PREFIX) and path is None:
            return _package_spec(name)
        if _names.file_name(name) is not None:
            return find_in(name, path if path is not None else [_claimed[name]] if name in _claimed else [])
        return PathFinder.find_spec(name, [_claimed[name]]) if name in _claimed else None


class ScriptLoader(SourceFileLoader):
    """Loads a file of any ending, and keeps no byte-code: `shop.wsgi` would share it with `shop.py`."""

    def path_stats(self, path: str) -> Mapping[str, Any]:
        """None, which is how importlib is told to leave byte-code alone."""
        raise OSError(f"no byte-code is kept of {path}")


def find_in(name: str, path: Sequence[str]) -> ModuleSpec | None:
    """The module in one of these directories; a name that keeps its ending is that very file."""
    file = _names.file_name(name)
    if file is None:
        return PathFinder.find_spec(name, list(path))
    for directory in path:
        location = os.path.join(directory, file)
        if os.path.isfile(location):
            return spec_from_file_location(name, location, loader=ScriptLoader(name, location))
    return None


def claim(top: str, directory: str) -> None:
    """Let `import top` find the module in `directory`, unless it finds another one; the first claim counts."""
    _claimed.setdefault(top, directory)


def private_package(directory: str) -> str:
    """The name of the package whose modules are the files of `directory`."""
    return _PREFIX + directory.replace("%", "%25").replace(".", "%2e")


def is_private(package: str) -> bool:
    """Whether a package stands for a directory."""
    return package.startswith(_PREFIX)


def claimed_directories() -> set[str]:
    """The directories in which handlers were found."""
    return set(_claimed.values())


def directory_of(spec: ModuleSpec) -> str:
    """The directory in which a module or a package was found."""
    file = spec.origin or ""
    return os.path.dirname(file if spec.submodule_search_locations is None else os.path.dirname(file))


def _package_spec(name: str) -> ModuleSpec:
    directory = name.removeprefix(_PREFIX).replace("%2e", ".").replace("%25", "%")
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [directory]
    return spec


sys.meta_path.append(DirectoryFinder)
