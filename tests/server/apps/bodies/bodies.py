"""Ways to read a request's body; the answer tells what was read."""

import hashlib
import json

from mod_python import apache


def tell(req, *parts):
    """Answer with the lengths of the parts and the digest of all of them."""
    req.content_type = "application/json"
    digest = hashlib.sha256(b"".join(parts)).hexdigest()
    req.write(json.dumps({"lengths": [len(part) for part in parts], "sha256": digest}))
    return apache.OK


def whole(req):
    """At once."""
    return tell(req, req.read())


def pieces(req):
    """A thousand bytes at a time, until there is nothing."""
    return tell(req, *iter(lambda: req.read(1000), b""))


def lines(req):
    """Line by line."""
    return tell(req, *iter(req.readline, b""))


def all_lines(req):
    """All lines as a list."""
    return tell(req, *req.readlines())


def short_lines(req):
    """Lines, five bytes of them at most."""
    return tell(req, *iter(lambda: req.readline(5), b""))


def mixed(req):
    """A line, some bytes, a line, the rest: nothing may be lost in between."""
    return tell(req, req.readline(), req.read(10), req.readline(), req.read())


def twice(req):
    """The second time there is nothing left."""
    return tell(req, req.read(), req.read(), req.readline())


def ignored(req):
    """Not at all."""
    req.write("ignored\n")
    return apache.OK


def guarded(req):
    """Tell the log what became of a body that ends too early."""
    try:
        got = f"{len(req.read())} bytes"
    except Exception as error:
        got = type(error).__name__
    req.log_error(f"read gave {got}", apache.APLOG_NOTICE)
    return apache.OK
