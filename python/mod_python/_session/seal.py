"""A session as bytes: pickled, and either signed with a key or made of harmless types only.

Runs in handlers. Unpickling runs code of the pickle's choice, so nothing is unpickled that somebody else can have
written: with a key the signature is checked first, over the session's id too, so that no session takes another's
place; without one only plain data are let in and out.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import io
import os
import pickle
import secrets
import stat
import tempfile
from contextlib import suppress
from typing import Any

__all__ = ["Refused", "Sealer", "directory_key", "file_key"]

_SIGNED, _PLAIN = b"MP4\x01", b"MP4\x02"
_MAC = hashlib.sha256().digest_size
_SHORTEST_KEY = 16

# What plain data may consist of, beside what a pickle has codes for.
_HARMLESS = {
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "complex"),
    ("builtins", "bytearray"),
    # A field of a form.
    ("builtins", "str"),
    ("collections", "OrderedDict"),
    ("collections", "deque"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("decimal", "Decimal"),
    ("uuid", "UUID"),
    # How protocol 2, which 3.5 wrote, has bytes.
    ("_codecs", "encode"),
}


class Refused(ValueError):
    """The bytes are not a session that may be loaded; or this session may not be stored."""


class Sealer:
    """Turns sessions into bytes and back, for one store."""

    def __init__(self, key: bytes | None, *, read_old: bool = False) -> None:
        """`read_old`: sessions that 3.5 wrote are read too, as far as they are plain data."""
        self._key = key
        self._read_old = read_old

    def seal(self, sid: str, session: dict[str, Any]) -> bytes:
        """The bytes to store. Raises Refused for data that could not be loaded again."""
        payload = pickle.dumps(session)
        if self._key is not None:
            return _SIGNED + _mac(self._key, sid, payload) + payload
        try:
            _load_plain(payload)
        except Refused as error:
            raise Refused(f"{error}: PythonOption mod_python.session.secret_file allows any type") from None
        return _PLAIN + payload

    def open(self, sid: str, data: bytes) -> dict[str, Any]:
        """The session in stored bytes. Raises Refused."""
        kind, rest = data[: len(_SIGNED)], data[len(_SIGNED) :]
        if kind == _SIGNED:
            return self._open_signed(sid, rest[:_MAC], rest[_MAC:])
        # Where a key is expected, plain data may be anybody's.
        if kind == _PLAIN and self._key is None:
            return _load_plain(rest)
        if self._read_old and kind not in (_SIGNED, _PLAIN):
            return _load_plain(data)
        raise Refused("what is stored is not signed, or an older mod_python wrote it")

    def _open_signed(self, sid: str, mac: bytes, payload: bytes) -> dict[str, Any]:
        if self._key is None or not hmac.compare_digest(mac, _mac(self._key, sid, payload)):
            raise Refused("the signature of what is stored is wrong")
        return _load(pickle.Unpickler(io.BytesIO(payload)))


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _HARMLESS:
            raise Refused(f"{module}.{name} is no plain data")
        return super().find_class(module, name)


def _load_plain(payload: bytes) -> dict[str, Any]:
    # The last two are for pickles of Python 2.
    return _load(_PlainUnpickler(io.BytesIO(payload), encoding="utf-8", errors="surrogateescape"))


def _load(unpickler: pickle.Unpickler) -> dict[str, Any]:
    try:
        session = unpickler.load()
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"what is stored cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(session, dict):
        raise Refused("what is stored is no session")
    return session


def _mac(key: bytes, sid: str, payload: bytes) -> bytes:
    return hmac.new(key, sid.encode() + b"\0" + payload, hashlib.sha256).digest()


@functools.cache
def file_key(path: str) -> bytes:
    """The key in a file that the administrator made. Raises OSError, and ValueError for one that is too short."""
    with open(path, "rb") as file:
        key = file.read().strip()
    if len(key) < _SHORTEST_KEY:
        raise ValueError(f"the secret in {path} is shorter than {_SHORTEST_KEY} bytes")
    return key


@functools.cache
def directory_key(path: str) -> bytes:
    """The key in a file of our own, made at its first use. Raises OSError, also when others may read it."""
    try:
        return _read_own(path)
    except FileNotFoundError:
        _make(path)
        return _read_own(path)


def _read_own(path: str) -> bytes:
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
        found = os.fstat(file.fileno())
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise PermissionError(f"{path} has another owner, or others may read it")
        return file.read()


def _make(path: str) -> None:
    """Whoever comes first decides; nobody sees half a key."""
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), prefix=".mp_key") as file:
        file.write(secrets.token_hex(32).encode())
        file.flush()
        with suppress(FileExistsError):
            os.link(file.name, path)
