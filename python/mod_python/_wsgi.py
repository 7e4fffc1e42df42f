"""WSGI's part in Python: the file wrapper, the base of an application's URIs, and what `exc_info` carries.

Runs on request threads, attached. `environ`, `start_response` and the sending of the body are the module's business
(src/objects/wsgi, src/gateway/wsgi); nothing here is on the way of an ordinary request.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, NoReturn, Protocol

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class FileLike(Protocol):
    """What an application may wrap: anything that gives bytes in blocks, and nothing at its end."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, `size` of them at most."""


class FileWrapper:
    """`wsgi.file_wrapper`: an open file of the system goes out by httpd, anything else block by block."""

    __slots__ = ("block_size", "filelike")

    def __init__(self, filelike: FileLike, block_size: int = 64 * 1024) -> None:
        self.filelike = filelike
        self.block_size = block_size

    def __iter__(self) -> Iterator[bytes]:
        """The blocks that are left."""
        return iter(lambda: self.filelike.read(self.block_size), b"")

    def close(self) -> None:
        """Close the file, if it can be closed."""
        close = getattr(self.filelike, "close", None)
        if close is not None:
            close()


def file_of(wrapper: FileWrapper) -> tuple[int, int] | None:
    """Descriptor and position of a wrapped file of the system; None for what only looks like one."""
    fileno, tell = (getattr(wrapper.filelike, name, None) for name in ("fileno", "tell"))
    if fileno is None or tell is None:
        return None
    try:
        return fileno(), tell()
    except (OSError, ValueError):  # io.UnsupportedOperation is both
        return None


def base_uri(req: Any) -> str | None:
    """The part of a request's path that is the application's; None when the path begins otherwise.

    The option `mod_python.wsgi.base_uri`, else the `<Location>` of the handler. Raises ValueError when the option ends
    in a slash.
    """
    base = _configured_base(req)
    return base if f"{req.uri}/".startswith(f"{base}/") else None


def raise_again(exc_info: ExcInfo) -> NoReturn:
    """Raise what `sys.exc_info()` gave: the head of the reply has left, so nothing can be put right."""
    raise exc_info[1].with_traceback(exc_info[2])


def _configured_base(req: Any) -> str:
    option = req.get_options().get("mod_python.wsgi.base_uri")
    if option is not None:
        if option.endswith("/"):
            raise ValueError("the option mod_python.wsgi.base_uri must not end in a slash")
        return str(option)
    handler = req.hlist
    location = handler.location if handler is not None else None
    return (location or "").rstrip("/")
