"""Where the modules of an application are searched; `_loaded` imports them and executes them again.

Runs on request threads, attached. A name may be a path (`_names`). A plain name is searched in the directory of whoever
asks, in its `__mp_path__` and in the option `mod_python.importer.path`; what is not there comes as with `import`.

Two modules of one name can live in one interpreter. A module found in the directory of its handler always wins over
one of the same name from elsewhere. Whoever is imported first has the plain name in `sys.modules`; another one lives
in a private package that stands for its directory (`_mp:/var/www/shop.index`). There, `from . import helper` finds
neighbours; a plain `import helper` follows `sys.path`, as everywhere.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from mod_python import _children, _current, _finder, _loaded, _names, _paths, _source
from mod_python._loaded import Loaded, Tell, load_chain, stale
from mod_python._native import _apache

__all__ = ["Loaded", "import_module", "load", "near", "stale"]

_APLOG_NOTICE = 5

# What was looked for among some directories: until when that counts, and whether it is there.
_looked: dict[tuple[str, ...], tuple[float, bool]] = {}


def import_module(
    module_name: str, autoreload: object = None, log: object = None, path: Sequence[str] | None = None
) -> ModuleType:
    """Import a module, or execute it again in place when its file, or one that it imports, has changed.

    Files are looked at once per second at most. `module_name` may be the path of a file: `/…`, `~/…` from the directory
    of the handler, `./…` and `../…` from the file that asks. `path` restricts the search to these directories; a loaded
    module of the same name from elsewhere is left alone. `log` tells the error log of each execution. Unless they are
    given, `autoreload` is what PythonAutoReload says here, and `log` what PythonDebug says.
    """
    again = _current.is_on("PythonAutoReload", True) if autoreload is None else bool(autoreload)
    tell = _current.is_on("PythonDebug", False) if log is None else bool(log)
    asker = sys._getframe(1).f_globals
    name, directories = _search(module_name, path, asker)
    loaded = load(name, autoreload=again, log=tell, path=directories)
    _loaded.note_child(asker.get("__name__"), loaded)
    return loaded.module


def load(name: str, *, autoreload: bool = True, log: bool = False, path: Sequence[str] | None = None) -> Loaded:
    """What `import_module` does, with the record that tells later whether the module is stale."""
    tell = functools.partial(_tell, path) if log else _tell_nobody
    if path is None:
        return load_chain(name, autoreload, tell)
    top = name.partition(".")[0]
    own = find_in(top, path)
    if own is None:
        if not _loaded_below(top, path):
            raise ModuleNotFoundError(f"No module named {top!r} in {', '.join(path) or 'an empty path'}", name=top)
        return load_chain(name, autoreload, tell)
    return _load_found(name, own, autoreload, tell)


def _load_found(name: str, own: ModuleSpec, autoreload: bool, tell: Tell) -> Loaded:
    """Under its plain name if that leads to `own`, else within the private package of its directory."""
    top = name.partition(".")[0]
    directory = _finder.directory_of(own)
    _finder.claim(top, directory)
    if _leads_to(top, own):
        loaded = load_chain(name, autoreload, tell)
        if _leads_to(top, own):  # still: another thread may have changed sys.path meanwhile
            return loaded
    return load_chain(f"{_finder.private_package(directory)}.{name}", autoreload, tell)


def near(name: str, directories: Sequence[str]) -> Sequence[str] | None:
    """These directories if one of them holds the module, so that it wins over others of its name; else None."""
    top = name.partition(".")[0]
    if not top or not directories:
        return None
    key = top, *directories
    until, found = _looked.get(key, (0.0, False))
    if time.monotonic() >= until:
        found = find_in(top, directories) is not None
        _looked[key] = time.monotonic() + _loaded.CHECK_SECONDS, found
    return directories if found else None


def _search(name: str, path: Sequence[str] | None, asker: Mapping[str, Any]) -> tuple[str, Sequence[str] | None]:
    file = asker.get("__file__")
    if _names.is_path(name):
        return _names.place(name, os.path.dirname(file) if file else None, _current.get_handler_root())
    if path is not None:
        return name, path
    here = _children.home_of(asker.get("__name__"), file)
    directories = [*([here] if here else ()), *asker.get("__mp_path__", ()), *_paths.importer_path()]
    return name, near(name, directories)


def find_in(top: str, path: Sequence[str]) -> ModuleSpec | None:
    """Where `path` holds a module or a regular package of that name; a directory without code is neither."""
    _source.forget_listings(path)
    spec = _finder.find_in(top, path)
    return spec if spec is not None and spec.has_location else None


def _leads_to(top: str, own: ModuleSpec) -> bool:
    """Whether `import top` gives the module that was found in the handler's directory."""
    spec = _source.find_spec(top)
    if spec is None or spec.origin is None or own.origin is None:
        return False
    return os.path.realpath(spec.origin) == os.path.realpath(own.origin)


def _loaded_below(top: str, path: Sequence[str]) -> bool:
    file = getattr(sys.modules.get(top), "__file__", None)
    return file is not None and file.startswith(tuple(path))


def _tell(path: Sequence[str] | None, name: str) -> None:
    where = f" with path set to '{list(path)}'" if path is not None else ""
    _apache.log_error(f"mod_python: (Re)importing module '{name}'{where}", _APLOG_NOTICE)


def _tell_nobody(name: str) -> None: ...
