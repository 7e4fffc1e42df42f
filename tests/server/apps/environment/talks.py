"""Writes to the standard streams."""

import sys

from mod_python import apache


def handler(req):
    """Whole lines, parts of lines, bytes, an unfinished line."""
    print("to stdout, grün")
    print("two\nlines")
    sys.stdout.write("in ")
    sys.stdout.write("parts\n")
    sys.stdout.buffer.write(b"as bytes\n")
    print("unfinished", end="")
    return apache.OK


def complains(req):
    """To stderr."""
    print("to stderr", file=sys.stderr)
    return apache.OK


def asks(req):
    """There is nothing to read."""
    req.write(repr(sys.stdin.read()))
    return apache.OK
