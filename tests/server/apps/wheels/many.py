"""Imports a C module of the standard library that refuses an interpreter with its own GIL."""

import readline

from mod_python import apache


def handler(req):
    """Say that it is there."""
    req.write(f"{readline.__name__}\n")
    return apache.OK
