"""Filters of every kind, and handlers whose data they see."""

import os
import threading

from mod_python import apache

HERE = os.path.dirname(__file__)


# Output filters


def upper(filter):
    """Everything in capitals."""
    data = filter.read()
    while data:
        filter.write(data.upper())
        data = filter.read()
    if data is None:
        filter.close()


def numbered(filter):
    """Every line gets its number; the count lives on the request."""
    req = filter.req
    line = filter.readline()
    while line:
        req.count = getattr(req, "count", 0) + 1
        filter.write(f"{req.count}: ".encode() + line)
        line = filter.readline()
    if line is None:
        filter.write(f"{req.count} lines\n")
        filter.close()


def passed_on(filter):
    """The identity."""
    filter.pass_on()


def by_pieces(filter):
    """The identity, seven bytes at a time."""
    while data := filter.read(7):
        filter.write(data)
    if data is None:
        filter.close()


def careless(filter):
    """Reads once a call and never closes."""
    filter.write(b"<" + (filter.read() or b"") + b">")


def swallowing(filter):
    """Reads, writes nothing, closes."""
    while data := filter.read():
        pass
    if data is None:
        filter.close()


def failing(filter):
    """Fails after the first five bytes."""
    filter.write(filter.read(5).upper())
    raise ValueError("in the <filter>")


def returning(filter):
    """Ends with SERVER_RETURN, which sets the status."""
    filter.pass_on()
    raise apache.SERVER_RETURN(apache.OK, 203)


def disabled(filter):
    """Lets everything pass after a first word."""
    filter.write("first ")
    filter.disable()


def described(filter):
    """What a filter knows of itself, in place of the data."""
    while filter.read():
        pass
    names = ("name", "is_input", "closed", "handler", "dir", "softspace")
    facts = [f"{name}={getattr(filter, name)!r}" for name in names]
    facts.append(f"req={type(filter.req).__name__} {filter.req.uri}")
    facts.append(f"type={type(filter).__name__} other={hasattr(filter, 'other')}")
    filter.softspace = 1
    filter.write("\n".join(facts))
    filter.close()
    filter.close()
    facts = [f"closed={filter.closed}"]
    try:
        filter.write("late")
    except ValueError as error:
        facts.append(str(error))
    filter.req.log_error("; ".join(facts), apache.APLOG_NOTICE)


KEPT = []


def keeping(filter):
    """Keeps the filter object beyond its call."""
    KEPT.append(filter)
    filter.pass_on()


def kept(req):
    """What a filter object of another request can do."""
    filter = KEPT.pop()
    for use in (filter.read, filter.flush, lambda: filter.write("x"), lambda: filter.req.uri):
        try:
            use()
        except Exception as error:
            req.write(f"{type(error).__name__}: {error}\n")
    req.write(f"closed={filter.closed} name={filter.name}\n")
    return apache.OK


class Wrapper:
    """A class with a filter in it."""

    def __init__(self, filter):
        self.filter = filter

    def around(self, filter):
        """Puts the data in brackets."""
        assert filter is self.filter
        while data := filter.read():
            filter.write(b"[" + data + b"]")
        if data is None:
            filter.close()


def named(filter):
    """Which interpreter filters, for which request of several."""
    while filter.read():
        pass
    main = filter.req.main
    filter.write(f"{apache.interpreter} {filter.req.uri} main={main and main.uri}\n")
    filter.close()


# Input filters


def upper_body(filter):
    """Everything in capitals."""
    data = filter.read()
    while data:
        filter.write(data.upper())
        data = filter.read()
    if data is None:
        filter.close()


def piece_of_body(filter):
    """One piece a call, which may be nothing at all."""
    data = filter.read()
    if data is None:
        filter.close()
    else:
        filter.write(data.replace(b"\n", b""))


def lines_of_body(filter):
    """One line a call, turned round."""
    line = filter.readline()
    if line is None:
        filter.close()
    else:
        filter.write(line.rstrip(b"\n")[::-1] + b"\n")


def passed_body(filter):
    """The identity."""
    filter.pass_on()


def idle_body(filter):
    """Does nothing at all."""


def failing_body(filter):
    """Fails at once."""
    raise ValueError("in the input filter")


# Handlers


def hello(req):
    """Two lines."""
    req.content_type = "text/plain"
    req.write("hello\nworld\n")
    return apache.OK


def steps(req):
    """One part, flushed, and another one when the file `go` is there."""
    gate = threading.Event()
    req.write("first\n", 1)
    while not os.path.exists(os.path.join(HERE, "go")):
        gate.wait(0.01)
    req.write("second\n", 1)
    req.write("third\n")
    return apache.OK


def much(req):
    """Five million bytes."""
    for _ in range(500):
        req.write(b"0123456789" * 1000, 0)
    return apache.OK


def echo(req):
    """The body."""
    req.content_type = "application/octet-stream"
    while data := req.read(8000):
        req.write(data, 0)
    return apache.OK


def whole(req):
    """The body's length, read in one go."""
    req.write(str(len(req.read())))
    return apache.OK


def at_run_time(req):
    """Names filters and puts them to work, those of the configuration too."""
    req.register_output_filter("Mine", "filters::numbered", HERE)
    req.register_output_filter("called", lambda filter: Wrapper(filter).around(filter))
    req.add_output_filter("Mine")
    req.add_output_filter("UPPER")
    req.add_output_filter("called")
    req.write("a\nb\n", 0)
    return apache.OK


def describing(req):
    """A filter of this request's own, described."""
    req.register_output_filter("Own", "filters::described", HERE)
    req.add_output_filter("Own")
    req.write("x")
    return apache.OK


def reading_at_run_time(req):
    """The same for the body."""
    req.register_input_filter("Mine", "filters::upper_body", HERE)
    req.add_input_filter("Mine")
    req.write(req.read())
    return apache.OK


def wrong_filters(req):
    """What cannot be added."""
    req.add_output_filter("nobody")
    for arguments in (("x", 1), ("x", "::y"), ("x\0", "m::f")):
        try:
            req.register_output_filter(*arguments)
        except Exception as error:
            req.write(f"{type(error).__name__}\n")
    return apache.OK


def counted(req):
    """Leaves a count for the filter on the request."""
    req.count = 40
    req.write("a\n")
    return apache.OK


def prepared(req):
    """A fixup handler that leaves something for the page's tags."""
    req.ssi_globals = {"given": "by the fixup"}
    return apache.OK
