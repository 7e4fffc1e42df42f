"""What hangs on a request, outside httpd: connection, server, handler list, file information, filter.

Used by `mod_python.testing` only. Plain objects with the attributes of httpd's, to be given what a test needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from mod_python._standalone import mp_conn, mp_filter, mp_finfo, mp_hlist, mp_server
from mod_python._standalone_table import mp_table

LogLines = list[tuple[int, str]]


class Server(mp_server):
    """A server as `req.server` shows it. Keyword arguments set attributes; log lines are kept in `log`."""

    def __init__(self, options: dict[str, str] | None = None, **attributes: Any) -> None:
        self.log: LogLines = []
        self.cleanups: list[tuple[Any, Callable[[Any], object], Any]] = []
        self._options = mp_table(options or {})
        self._config = mp_table()
        self.__dict__.update(_SERVER | attributes)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """The attributes of the table below."""

    def get_options(self) -> mp_table:
        """The options of `PythonOption` outside of every section."""
        return self._options

    def get_config(self) -> mp_table:
        """The other settings outside of every section."""
        return self._config

    def log_error(self, message: str | None, level: int = 3) -> None:
        """Keep a line of the error log."""
        if message is not None:
            self.log.append((level, message))

    def register_cleanup(self, request: Any, function: Callable[[Any], object], data: Any = None) -> None:
        """Keep what is to be called at the end of the process; nothing here calls it."""
        if not callable(function):
            raise ValueError("second argument must be a callable object")
        self.cleanups.append((request, function, data))


_SERVER: dict[str, Any] = {
    "next": None,
    "defn_name": None,
    "defn_line_number": 0,
    "server_admin": "[no address given]",
    "server_hostname": "localhost",
    "port": 0,
    "error_fname": "logs/error.log",
    "loglevel": 4,
    "is_virtual": 0,
    "timeout": 60.0,
    "keep_alive_timeout": 5.0,
    "keep_alive_max": 100,
    "keep_alive": 1,
    "path": None,
    "pathlen": 0,
    "names": (),
    "wild_names": (),
    "limit_req_line": 8190,
    "limit_req_fieldsize": 8190,
    "limit_req_fields": 100,
    "my_generation": 0,
    "restart_time": 0.0,
    "_server_rec": None,
}


class Connection(mp_conn):
    """A connection. `data` is what the client sends, `output` what a connection handler wrote."""

    def __init__(self, data: bytes = b"", server: Server | None = None, **attributes: Any) -> None:
        self.base_server = server or Server()
        self.notes = mp_table()
        self.log: LogLines = []
        self.output = b""
        self._data = data
        self.__dict__.update(_CONNECTION | attributes)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """The attributes of the table below."""

    def read(self, length: int = 0) -> bytes | None:
        """What is there, or so many bytes of it; None at the end."""
        count = length if length > 0 else len(self._data)
        data, self._data = self._data[:count], self._data[count:]
        return data or None

    def readline(self, length: int = -1) -> bytes | None:
        """One line, or so many bytes of it; None at the end."""
        end = self._data.find(b"\n") + 1 or len(self._data)
        return self.read(min(end, length) if length > 0 else end) if self._data else None

    def write(self, data: str | bytes) -> None:
        """Send."""
        self.output += data.encode() if isinstance(data, str) else data

    def log_error(self, message: str | None, level: int = 3) -> None:
        """Keep a line of the error log."""
        if message is not None:
            self.log.append((level, message))


_CONNECTION: dict[str, Any] = {
    "local_addr": ("127.0.0.1", 80),
    "client_addr": ("127.0.0.1", 40000),
    "remote_addr": ("127.0.0.1", 40000),
    "client_ip": "127.0.0.1",
    "remote_ip": "127.0.0.1",
    "remote_host": None,
    "remote_logname": None,
    "aborted": 0,
    "keepalive": 0,
    "double_reverse": 0,
    "keepalives": 0,
    "local_ip": "127.0.0.1",
    "local_host": None,
    "id": 0,
    "hlist": None,
    "_conn_rec": None,
}


class Hlist(mp_hlist):
    """The list of handlers that runs: here one of them."""

    def __init__(self, handler: str | None = None, directory: str | None = None) -> None:
        self.handler = handler
        self.directory = directory
        self.is_location = self.silent = 0
        self.location = self.parent = None

    def next(self) -> None:
        """Go to the next one: there is none."""
        self.handler = self.directory = self.is_location = self.silent = None  # type: ignore[assignment]


class Finfo(mp_finfo):
    """What httpd knows of a file; without attributes, that there is none (`filetype` 0)."""

    def __init__(self, **attributes: Any) -> None:
        for name in _FINFO:
            setattr(self, name, attributes.pop(name, 0 if name == "filetype" else None))
        if attributes:
            raise TypeError(f"mp_finfo has no {', '.join(attributes)}")

    def __getitem__(self, index: int) -> Any:
        return getattr(self, _FINFO_INDEX[index])


_FINFO_INDEX = (
    *("protection", "inode", "device", "nlink", "user", "group", "size", "atime", "mtime", "ctime", "fname", "name"),
    "filetype",
)
_FINFO = (*_FINFO_INDEX, "valid")


class Filter(mp_filter):
    """A filter with these pieces of data to read; `output` is what it wrote, or passed on."""

    def __init__(
        self, data: bytes | Iterable[bytes] = b"", req: Any = None, name: str = "filter", is_input: int = 0
    ) -> None:
        self._pieces = [data] if isinstance(data, bytes) else list(data)
        self.req, self.name, self.is_input = req, name, is_input
        self.handler = self.dir = self.parent = None
        self.closed = self.softspace = 0
        self.disabled = False
        self.flushes = 0
        self.output = b""

    def read(self, length: int = -1) -> bytes | None:
        """The next piece, or so many bytes of it; None at the end. Raises ValueError when the filter is closed."""
        self._check_open()
        pieces = [piece for piece in self._pieces if piece]
        if not pieces:
            return None
        count = length if length >= 0 else len(pieces[0])
        self._pieces = [pieces[0][count:], *pieces[1:]]
        return pieces[0][:count]

    def readline(self, length: int = -1) -> bytes | None:
        """The next line of all that is left, or so many bytes of it; None at the end."""
        self._check_open()
        self._pieces = [b"".join(self._pieces)]
        end = self._pieces[0].find(b"\n") + 1 or len(self._pieces[0])
        return self.read(end if length < 0 else min(end, length))

    def write(self, data: str | bytes) -> None:
        """Hand data to the next filter. Raises ValueError when the filter is closed."""
        self._check_open()
        self.output += data.encode() if isinstance(data, str) else data

    def flush(self) -> None:
        """Count a flush."""
        self.flushes += 1

    def close(self) -> None:
        """Say that nothing more comes."""
        self.closed = 1

    def disable(self) -> None:
        """Do not call the filter again for this request."""
        self.disabled = True

    def pass_on(self) -> None:
        """Hand on what is left as it is."""
        while data := self.read():
            self.write(data)

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed filter")
