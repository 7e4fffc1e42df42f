"""Ways to answer."""

import os
import time

from mod_python import apache

HERE = os.path.dirname(__file__)


def small(req):
    """Twelve bytes of known length."""
    req.content_type = "text/plain"
    req.set_content_length(12)
    req.write("hello world\n")
    return apache.OK


def kinds(req):
    """str, bytes, and nothing."""
    req.content_type = "text/plain; charset=utf-8"
    for part in ("grün ", b"bytes ", "", b"", "ende\n"):
        req.write(part)
    return apache.OK


def much(req):
    """Ten million bytes in a thousand writes that are not flushed."""
    for _ in range(1000):
        req.write(b"0123456789" * 1000, 0)
    return apache.OK


def step(req):
    """One part, flushed, and another one when the file `go` is there."""
    req.write("first\n", 1)
    while not os.path.exists(os.path.join(HERE, "go")):
        time.sleep(0.01)
    req.write("second\n")
    return apache.OK


def endless(req):
    """Writes until the client is gone; tells the log."""
    try:
        while True:
            req.write(b"x" * 65536)
    except OSError as error:
        req.log_error(f"stopped: {error}", apache.APLOG_NOTICE)
    return apache.OK


def sends(req):
    """A file, or a part of it: `?offset,length`."""
    path = os.path.join(HERE, "file.bin")
    arguments = [int(number) for number in (req.args or "").split(",") if number]
    sent = req.sendfile(path, *arguments)
    req.log_error(f"sent {sent}", apache.APLOG_NOTICE)
    return apache.OK


def sends_between(req):
    """A file between two writes."""
    req.write("before\n", 0)
    req.sendfile(os.path.join(HERE, "file.txt"))
    req.write("after\n")
    return apache.OK


def sends_nothing(req):
    """A file that is not there."""
    try:
        req.sendfile(os.path.join(HERE, "absent"))
    except OSError as error:
        req.write(f"OSError: {error}")
    return apache.OK


def headers(req):
    """Headers of every kind, and a status."""
    req.content_type = "text/x-test"
    req.status = apache.HTTP_CREATED
    req.headers_out["X-Out"] = "out"
    req.headers_out.add("X-Many", "1")
    req.headers_out.add("X-Many", "2")
    req.err_headers_out["X-Err"] = "err"
    req.write("created\n")
    return apache.OK


def failing(req):
    """Of a failed request, only err_headers_out are sent."""
    req.headers_out["X-Out"] = "out"
    req.err_headers_out["X-Err"] = "err"
    return apache.HTTP_FORBIDDEN
