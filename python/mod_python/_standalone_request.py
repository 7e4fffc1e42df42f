"""A request outside httpd, for `mod_python.testing`: every name of the real one, answered from what the test gave.

Never inside httpd. Attributes are tables below: a new one is a row. What only httpd can do (internal redirects,
filters, further handlers) is noted in `asked`, a list of the call's name and its arguments.
"""

from __future__ import annotations

import base64
import binascii
import io
import time
from collections.abc import Callable, Iterable, Mapping
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from mod_python import _standalone_wsgi
from mod_python._standalone import mp_request
from mod_python._standalone_peers import Connection, Finfo, Hlist, LogLines, Server
from mod_python._standalone_table import mp_table

_PHASES = (
    "PythonPostReadRequestHandler",
    "PythonTransHandler",
    "PythonHeaderParserHandler",
    "PythonInitHandler",
    "PythonAccessHandler",
    "PythonAuthenHandler",
    "PythonAuthzHandler",
    "PythonTypeHandler",
    "PythonFixupHandler",
    "PythonHandler",
    "PythonLogHandler",
)

# What an application may assign, and its value at first.
_WRITABLE: dict[str, Any] = {
    "ap_auth_type": None,
    "args": None,
    "assbackwards": 0,
    "canonical_filename": None,
    "chunked": 0,
    "content_type": None,
    "filename": None,
    "finfo": None,
    "handler": "mod_python",
    "no_cache": 0,
    "no_local_copy": 0,
    "path_info": "",
    "proxyreq": 0,
    "status": 200,
    "status_line": None,
    "uri": "/",
    "used_path_info": 2,
    "user": None,
}

# What it may only read.
_READABLE: dict[str, Any] = {
    "_bytes_queued": 0,
    "_content_type_set": 0,
    "_request_rec": None,
    "allowed": 0,
    "allowed_methods": (),
    "allowed_xmethods": (),
    "bytes_sent": 0,
    "clength": 0,
    "connection": None,
    "content_encoding": None,
    "content_languages": (),
    "eos_sent": 0,
    "expecting_100": 0,
    "extension": None,
    "header_only": 0,
    "hlist": None,
    "hostname": "localhost",
    "interpreter": "main_interpreter",
    "main": None,
    "method": "GET",
    "method_number": 0,
    "mtime": 0.0,
    "next": None,
    "parsed_uri": (None, None, None, None, None, None, "/", None, None),
    "phase": "PythonHandler",
    "prev": None,
    "proto_num": 1001,
    "protocol": "HTTP/1.1",
    "range": None,
    "read_body": 0,
    "read_chunked": 0,
    "read_length": 0,
    "remaining": 0,
    "request_time": 0.0,
    "sent_bodyct": 0,
    "server": None,
    "the_request": "GET / HTTP/1.1",
    "unparsed_uri": "/",
    "useragent_addr": ("127.0.0.1", 40000),
    "useragent_ip": "127.0.0.1",
    "vlist_validator": None,
}

_METHODS = ("GET", "PUT", "POST", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")

Pairs = Mapping[str, Any] | Iterable[tuple[str, Any]]


class Request(mp_request):
    """A request as `testing` documents it."""

    def __init__(
        self,
        method: str = "GET",
        uri: str = "/",
        *,
        headers: Pairs = (),
        body: bytes = b"",
        options: Pairs = (),
        config: Pairs = (),
        auth_name: str | None = None,
        auth_type: str | None = None,
        ssl: Mapping[str, str] | None = None,
        document_root: str = "/var/www",
        **attributes: Any,
    ) -> None:
        keep = self.__dict__
        keep.update(_WRITABLE | _READABLE)
        keep.update(headers_in=_table(headers), headers_out=mp_table(), err_headers_out=mp_table())
        keep.update(subprocess_env=mp_table(), notes=mp_table(), finfo=Finfo(), hlist=Hlist("handler"))
        keep.update(_of_line(method, uri), request_time=time.time(), remaining=len(body))
        keep.update(server=Server(), interpreter=attributes.pop("interpreter", "main_interpreter"))
        keep.update(connection=Connection(server=keep["server"]))
        keep.update(_known(attributes))
        self._body = io.BytesIO(body)
        self._settings = _table(options), _table(config), auth_name, auth_type, dict(ssl or {}), document_root
        self._output = bytearray()
        self.log: LogLines = []
        self.asked: list[tuple[Any, ...]] = []
        self.cleanups: list[tuple[Callable[[Any], object], Any]] = []

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """The attributes of the tables above, and what applications keep here."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _READABLE or name in _TABLES:
            raise AttributeError(f"attribute '{name}' of 'mp_request' objects is not writable")
        if name == "content_type":
            self.__dict__["_content_type_set"] = 1
        self.__dict__[name] = value

    @property
    def output(self) -> bytes:
        """What the handler wrote."""
        return bytes(self._output)

    # The body of the request

    def read(self, length: int = -1) -> bytes:
        """So many bytes, or all that is left."""
        data = self._body.read(length)
        self.__dict__["remaining"] -= len(data)
        return data

    def readline(self, length: int = -1) -> bytes:
        """One line, or so many bytes of it."""
        return self._body.readline(length)

    def readlines(self, sizehint: int = 0) -> list[bytes]:
        """The lines that are left, or those until `sizehint` bytes are reached."""
        return self._body.readlines(sizehint)

    def discard_request_body(self) -> int:
        """Read it to the end; OK."""
        self.read()
        return 0

    # The reply

    def write(self, data: str | bytes, flush: int = 1) -> None:
        """Add to the reply: text is sent as UTF-8. Raises TypeError for anything but text and bytes."""
        if not isinstance(data, str | bytes):
            raise TypeError(f"write() takes str or bytes, not {type(data).__name__}")
        self._send(data.encode() if isinstance(data, str) else data)

    def flush(self) -> None:
        """Nothing to do: what was written is there."""

    def sendfile(self, path: str, offset: int = 0, length: int = -1) -> int:
        """Add a part of a file; how many bytes that was."""
        with open(path, "rb") as file:
            file.seek(offset)
            data = file.read(length)
        self._send(data)
        return len(data)

    def set_content_length(self, length: int) -> None:
        """Set Content-Length."""
        self.__dict__["clength"] = length
        self.headers_out["Content-Length"] = str(length)

    def send_http_header(self) -> None:
        """Kept for old applications; does nothing."""

    def set_etag(self) -> None:
        """Set a validator made of the time of the last change."""
        self.headers_out["ETag"] = f'"{int(self.mtime):x}"'

    def set_last_modified(self) -> None:
        """Set Last-Modified from the time of the last change."""
        self.headers_out["Last-Modified"] = formatdate(self.mtime, usegmt=True)

    def update_mtime(self, when: float) -> None:
        """Note a time of change; the latest counts."""
        self.__dict__["mtime"] = max(self.mtime, float(int(when)))

    def meets_conditions(self) -> int:
        """OK: no condition of a client is looked at."""
        return 0

    def allow_methods(self, methods: Iterable[str], reset: int = 0) -> None:
        """Add to, or replace, the methods of the Allow header."""
        before = () if reset else self.allowed_methods
        self.__dict__["allowed_methods"] = (*before, *methods)

    def _send(self, data: bytes) -> None:
        self._output += data
        self.__dict__["_bytes_queued"] = self.__dict__["bytes_sent"] = len(self._output)
        self.__dict__["sent_bodyct"] = 1

    # Settings and identity

    def get_options(self) -> mp_table:
        """The options given to the request."""
        return self._settings[0]

    def get_config(self) -> mp_table:
        """The settings given to the request."""
        return self._settings[1]

    def auth_name(self) -> str | None:
        """AuthName."""
        return self._settings[2]

    def auth_type(self) -> str | None:
        """AuthType."""
        return self._settings[3]

    def document_root(self) -> str:
        """DocumentRoot."""
        return self._settings[5]

    def is_https(self) -> int:
        """1 if the request was given variables of mod_ssl."""
        return int(bool(self._settings[4]))

    def ssl_var_lookup(self, name: str) -> str | None:
        """A variable of mod_ssl."""
        return self._settings[4].get(name)

    def construct_url(self, uri: str) -> str:
        """The absolute form of a path."""
        return f"{'https' if self.is_https() else 'http'}://{self.headers_in.get('Host') or self.hostname}{uri}"

    def get_remote_host(self, kind: int = 1, str_is_ip: Any = None) -> Any:
        """The client's address; no name is looked up."""
        return self.useragent_ip if str_is_ip is None else (self.useragent_ip, 1)

    def get_basic_auth_pw(self) -> str | None:
        """The password of the Authorization header, or None; sets `user`."""
        scheme, _, text = self.headers_in.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, password = base64.b64decode(text).decode("latin-1").partition(":")
        except binascii.Error:
            return None
        self.user, self.ap_auth_type = user, "Basic"
        return str(password)

    def get_addhandler_exts(self) -> str:
        """No AddHandler is in force."""
        return ""

    def add_common_vars(self) -> None:
        """Set the variables that scripts find about server and client."""
        self.subprocess_env.update({"SERVER_NAME": self.hostname or "", "REMOTE_ADDR": self.useragent_ip})
        for name, value in self.headers_in.items():
            if name.lower() not in ("authorization", "content-type", "content-length"):
                self.subprocess_env[f"HTTP_{name.upper().replace('-', '_')}"] = value

    def add_cgi_vars(self) -> None:
        """Set the variables of CGI."""
        script = self.uri.removesuffix(self.path_info) if self.path_info else self.uri
        query, method = self.args or "", self.method
        names = {"GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": self.protocol, "REQUEST_URI": self.uri}
        self.subprocess_env.update(names | {"REQUEST_METHOD": method, "QUERY_STRING": query, "SCRIPT_NAME": script})
        if self.path_info:
            self.subprocess_env["PATH_INFO"] = self.path_info
        self.add_common_vars()

    # What httpd would do

    def log_error(self, message: str | None, level: int = 3) -> None:
        """Keep a line of the error log in `log`."""
        if message is not None:
            self.log.append((level, message))

    def register_cleanup(self, function: Callable[[Any], object], data: Any = None) -> None:
        """Keep what is to be called when the request is done; `testing.run` calls it."""
        if not callable(function):
            raise ValueError("first argument must be a callable object")
        self.cleanups.append((function, data))

    def add_handler(self, htype: str, handler: Any, dir: str | None = None) -> None:
        """Note a further handler. Raises IndexError for a phase that is none."""
        if htype not in _PHASES:
            raise IndexError(f"Invalid phase: {htype}")
        self.asked.append(("add_handler", htype, handler, dir))

    def add_input_filter(self, name: str) -> None:
        """Note a filter."""
        self.asked.append(("add_input_filter", name))

    def add_output_filter(self, name: str) -> None:
        """Note a filter."""
        self.asked.append(("add_output_filter", name))

    def register_input_filter(self, name: str, handler: Any, dir: str | None = None) -> None:
        """Note a filter's function."""
        self.asked.append(("register_input_filter", name, handler, dir))

    def register_output_filter(self, name: str, handler: Any, dir: str | None = None) -> None:
        """Note a filter's function."""
        self.asked.append(("register_output_filter", name, handler, dir))

    def internal_redirect(self, uri: str) -> None:
        """Note where to."""
        self.asked.append(("internal_redirect", uri))

    def build_wsgi_env(self) -> dict[str, Any] | None:
        """The environment of WSGI; None when the URI does not lie below the application's."""
        return _standalone_wsgi.environ(self)

    def wsgi_start_response(self, status: str, headers: list[Any], exc_info: Any = None) -> Callable[[bytes], None]:
        """Set status and headers; the function that writes."""
        return _standalone_wsgi.start(self, status, headers, exc_info)

    def wsgi_write(self, data: bytes) -> None:
        """What `wsgi_start_response` returns."""
        self.write(data)

    def serve_wsgi(self, application: Callable[..., Any]) -> bool:
        """Let a WSGI application answer; False when the URI is not its own."""
        return _standalone_wsgi.serve(self, application)


_TABLES = ("headers_in", "headers_out", "err_headers_out", "subprocess_env", "notes")


def _table(pairs: Pairs) -> mp_table:
    """A table in which a key may come several times."""
    table = mp_table()
    for name, value in pairs.items() if isinstance(pairs, Mapping) else pairs:
        table.add(str(name), value if isinstance(value, bytes) else str(value))
    return table


def _of_line(method: str, uri: str) -> dict[str, Any]:
    """What the first line of a request says."""
    parts = urlsplit(uri)
    path = unquote(parts.path)
    return {
        "the_request": f"{method} {uri} HTTP/1.1",
        "method": method,
        "method_number": _METHODS.index("GET" if method == "HEAD" else method) if method in (*_METHODS, "HEAD") else 26,
        "header_only": int(method == "HEAD"),
        "unparsed_uri": uri,
        "parsed_uri": (None, None, None, None, None, None, parts.path, parts.query or None, parts.fragment or None),
        "uri": path,
        "args": parts.query or None,
        "filename": f"/var/www{path}",
    }


def _known(attributes: dict[str, Any]) -> dict[str, Any]:
    """Raises TypeError for a name that no request has."""
    unknown = attributes.keys() - _WRITABLE.keys() - _READABLE.keys()
    if unknown:
        raise TypeError(f"a request has no attribute {', '.join(sorted(unknown))}")
    return attributes
