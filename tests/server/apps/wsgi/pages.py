"""WSGI applications of every kind; the last component of the path says which."""

import json
import sys
import time
from pathlib import Path

TEXT = [("Content-Type", "text/plain")]
HERE = Path(__file__).parent


def application(environ, start_response):
    """Do what the path says, or show the environment."""
    name = environ["PATH_INFO"].rpartition("/")[2]
    return KINDS.get(name, show)(environ, start_response)


def show(environ, start_response):
    """The environment as JSON."""
    start_response("200 OK", [("Content-Type", "application/json")])
    shown = {key: value if isinstance(value, str | bool | list | tuple) else repr(value) for key, value in environ.items()}
    return [json.dumps(shown).encode()]


def hello(environ, start_response):
    """A small reply."""
    start_response("200 OK", TEXT)
    return [b"hello world\n"]


def many(environ, start_response):
    """A list of several items, some of them empty."""
    start_response("200 OK", TEXT)
    return [b"", b"a", b"", b"bc"]


def big(environ, start_response):
    """A list of large items."""
    start_response("200 OK", TEXT)
    return (b"a" * 20_000, b"b", b"c" * 100_000)


def stream(environ, start_response):
    """A generator, which has nothing at first."""
    start_response("200 OK", TEXT)
    yield b""
    yield b"one,"
    yield b""
    yield b"two"


def late(environ, start_response):
    """A generator that begins its reply with the first item."""

    def items():
        start_response("202 Well", TEXT)
        yield b"late"

    return items()


def nothing(environ, start_response):
    """An iterator without an item."""
    start_response("200 OK", TEXT)
    return iter(())


def written(environ, start_response):
    """The old way, and the new one behind it."""
    write = start_response("200 OK", TEXT)
    write(b"a")
    write(b"b")
    return [b"c"]


class Paused:
    """Gives an item and then looks whether the client has it: the client asks for `/seen` when it does."""

    def __init__(self, environ, start_response):
        self.start = start_response

    def __iter__(self):
        Paused.seen = False
        self.start("200 OK", TEXT)
        yield b"first\n"
        end = time.monotonic() + 20
        while not Paused.seen and time.monotonic() < end:
            time.sleep(0.01)
        yield b"seen" if Paused.seen else b"not seen"


def seen(environ, start_response):
    """The client says that it has the first item."""
    Paused.seen = True
    start_response("204 No Content", [])
    return []


def write_paused(environ, start_response):
    """The same with write()."""
    Paused.seen = False
    write = start_response("200 OK", TEXT)
    write(b"first\n")
    end = time.monotonic() + 20
    while not Paused.seen and time.monotonic() < end:
        time.sleep(0.01)
    write(b"seen" if Paused.seen else b"not seen")
    return []


class Closing:
    """Says in the error log that it was closed; counts what was asked for."""

    def __init__(self, items):
        self.items = iter(items)
        self.asked = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.asked += 1
        return next(self.items)

    def close(self):
        print(f"closed after {self.asked}", flush=True)


def closing(environ, start_response):
    """Close at the end."""
    start_response("200 OK", TEXT)
    return Closing([b"a", b"b"])


def closing_error(environ, start_response):
    """Close after an exception in the middle."""

    def items():
        yield b"a"
        raise KeyError("in the middle")

    start_response("200 OK", TEXT)
    return Closing(items())


def close_raises(environ, start_response):
    """close() fails, the reply is whole."""

    class Bad(Closing):
        def close(self):
            raise KeyError("in close")

    start_response("200 OK", TEXT)
    return Bad([b"whole"])


def endless(environ, start_response):
    """Until the client is gone."""

    def items():
        while True:
            yield b"x" * 65536

    start_response("200 OK", TEXT)
    return Closing(items())


def measured(environ, start_response):
    """A body with a Content-Length: the query is its number."""
    start_response("200 OK", [*TEXT, ("Content-Length", environ["QUERY_STRING"])])
    return Closing([b"abc", b"def", b"ghi"])


def measured_list(environ, start_response):
    """The same with a list."""
    start_response("200 OK", [*TEXT, ("Content-Length", environ["QUERY_STRING"])])
    return [b"abc", b"def"]


def raises(environ, start_response):
    """Before start_response."""
    raise KeyError("at once")


def raises_started(environ, start_response):
    """After start_response, before the body."""
    start_response("200 OK", [*TEXT, ("X-Mine", "1")])
    raise KeyError("after start_response")


def raises_streaming(environ, start_response):
    """After the first item."""
    start_response("200 OK", TEXT)
    yield b"begun"
    raise KeyError("in the stream")


def replaced(environ, start_response):
    """A second start_response with exc_info, in time."""
    start_response("200 OK", [("Content-Type", "text/html"), ("X-First", "1"), ("Content-Length", "99")])
    try:
        raise KeyError("repaired")
    except KeyError:
        start_response("503 Later", [*TEXT, ("X-Second", "2")], sys.exc_info())
    return [b"later"]


def replaced_late(environ, start_response):
    """A second start_response with exc_info, too late."""
    start_response("200 OK", TEXT)
    yield b"begun"
    try:
        raise KeyError("too late")
    except KeyError:
        start_response("500 Oops", TEXT, sys.exc_info())
    yield b"never"


def twice(environ, start_response):
    """A second start_response without exc_info."""
    start_response("200 OK", TEXT)
    start_response("200 OK", TEXT)
    return [b""]


def unstarted(environ, start_response):
    """No start_response at all."""
    return [b"x"]


def unstarted_empty(environ, start_response):
    """No start_response, no body."""
    return []


def text(environ, start_response):
    """str where bytes belong."""
    start_response("200 OK", TEXT)
    return ["text"]


def none(environ, start_response):
    """No iterable."""
    start_response("200 OK", TEXT)


def head(environ, start_response):
    """The status and the headers of the request's body, by the letter of JSON."""
    status, headers = json.loads(environ["wsgi.input"].read())
    start_response(status, [tuple(header) for header in headers] if isinstance(headers, list) else headers)
    return [b"body"]


def echo(environ, start_response):
    """The body, read whole."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("X-Length", environ.get("CONTENT_LENGTH", "-"))])
    return [body]


def pieces(environ, start_response):
    """The body, read in as many ways as the query has letters."""
    given = environ["wsgi.input"]
    ways = {
        "r": lambda: given.read(3),
        "l": lambda: given.readline(),
        "s": lambda: given.readline(2),
        "h": lambda: given.readlines(4),
        "i": lambda: next(iter(given), None),
        "a": lambda: given.read(),
        "n": lambda: list(given),
        "z": lambda: given.read(0),
    }
    start_response("200 OK", TEXT)
    return [repr([ways[way]() for way in environ["QUERY_STRING"]]).encode()]


def unread(environ, start_response):
    """Never look at the body."""
    start_response("403 Forbidden", TEXT)
    return [b"no"]


def cookies(environ, start_response):
    """Two headers of one name."""
    start_response("200 OK", [*TEXT, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Name", "caf\xe9")])
    return [environ.get("HTTP_COOKIE", "").encode()]


def errors(environ, start_response):
    """Text for the error log."""
    environ["wsgi.errors"].write("a line of wsgi.errors\n")
    environ["wsgi.errors"].writelines(["and ", "another\n"])
    environ["wsgi.errors"].flush()
    start_response("200 OK", TEXT)
    return [b"ok"]


def file(environ, start_response):
    """A file by wsgi.file_wrapper, from the position of the query on."""
    opened = (HERE / "page.txt").open("rb")
    opened.seek(int(environ["QUERY_STRING"] or 0))
    start_response("200 OK", TEXT)
    return environ["wsgi.file_wrapper"](opened, 4)


def file_measured(environ, start_response):
    """A part of a file."""
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    return environ["wsgi.file_wrapper"]((HERE / "page.txt").open("rb"))


class Unreal:
    """What looks like a file and has no descriptor."""

    def __init__(self):
        self.blocks = [b"un", b"real"]

    def read(self, size):
        return self.blocks.pop(0) if self.blocks else b""

    def close(self):
        print("unreal closed", flush=True)


def file_unreal(environ, start_response):
    """wsgi.file_wrapper around it."""
    start_response("200 OK", TEXT)
    return environ["wsgi.file_wrapper"](Unreal())


def modified(environ, start_response):
    """A reply without a body."""
    start_response("304 Not Modified", [("ETag", '"x"')])
    return [b"never seen"]


def leave(environ, start_response):
    """Leave the interpreter, as scripts do."""
    sys.exit("leaving")


KINDS = {
    name.replace("_", "-"): kind
    for name, kind in list(globals().items())
    if callable(kind) and not isinstance(kind, type) and name != "application"
}
KINDS["paused"] = Paused
