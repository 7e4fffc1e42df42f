"""Handlers that fail."""

import os
import sys

from mod_python import apache


def fine(req):
    """One that does not; says in which process."""
    req.write(f"{os.getpid()}\n")
    return apache.OK


def boom(req):
    """An exception with a text that must be escaped in a page."""
    raise ValueError("<boom> & 'böse'")


def late(req):
    """An exception after output."""
    req.write("before\n")
    raise ValueError("too late")


def leaves(req):
    """What would end a script."""
    sys.exit(7)


def interrupted(req):
    """What Ctrl-C would raise."""
    raise KeyboardInterrupt


def deep(req):
    """Recursion without end."""
    return deep(req)


def chained(req):
    """An exception that came of another."""
    try:
        {}["inner"]
    except KeyError as error:
        raise RuntimeError("outer") from error


def unprintable(req):
    """An exception whose text cannot be made."""

    class Awkward(Exception):
        def __str__(self):
            raise RuntimeError("no text")

    raise Awkward
