"""The pages that an interpreter keeps compiled: by file, and by text for pages that have none.

Used on request threads. A page of a file is compiled again when the file, or one that it includes, differs, newer or
older; with `PythonAutoReload Off` it stays. The page used longest ago leaves when there are too many. No lock is held
while a page is compiled: two threads may do it at once, and either result is right.
"""

from __future__ import annotations

import hashlib
import linecache
import os
import threading
from collections import OrderedDict

from mod_python._psp.code import Compiled, Stamp, compile_page
from mod_python._psp.options import Options

_MOST = 512

_Key = tuple[str, str, Options]

_pages: OrderedDict[_Key, Compiled] = OrderedDict()
_lock = threading.Lock()


def of_file(file: str, options: Options, *, watched: bool = True) -> Compiled:
    """The page of a file; `watched` looks whether it has changed.

    Raises what `compile_page` raises.
    """
    key = "file", file, options
    known = _find(key)
    if known is None or (watched and not all(map(_is_unchanged, known.files))):
        known = compile_page(file, os.path.dirname(file), options)
        _keep(key, known)
    return known


def of_string(source: str, directory: str, options: Options, *, watched: bool = True) -> Compiled:
    """The page of a text, with includes relative to `directory`; `watched` looks whether these have changed."""
    key = directory, source, options
    known = _find(key)
    if known is None or (watched and not all(map(_is_unchanged, known.files[1:]))):
        known = compile_page(_name_of(source), directory, options, source)
        _keep(key, known)
    return known


def _name_of(source: str) -> str:
    digest = hashlib.blake2s(source.encode("utf-8", "surrogatepass"), digest_size=4)
    return f"<psp string {digest.hexdigest()}>"


def _find(key: _Key) -> Compiled | None:
    with _lock:
        known = _pages.get(key)
        if known is not None:
            _pages.move_to_end(key)
        return known


def _keep(key: _Key, page: Compiled) -> None:
    with _lock:
        _pages[key] = page
        while len(_pages) > _MOST:
            _, left = _pages.popitem(last=False)
            linecache.cache.pop(left.code.co_filename, None)


def _is_unchanged(stamp: Stamp) -> bool:
    file, mtime, size = stamp
    try:
        status = os.stat(file)
    except OSError:  # the compiler says what is wrong
        return False
    return (status.st_mtime_ns, status.st_size) == (mtime, size)
