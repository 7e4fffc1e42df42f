"""Imports a C module that one interpreter of a process may have."""

import sys

import numpy
from mod_python import apache

try:
    import _interpreters
except ImportError:
    import _xxsubinterpreters as _interpreters


def handler(req):
    """Use it, and say in which interpreter."""
    current = _interpreters.get_current()
    identity = int(current[0] if isinstance(current, tuple) else current)
    req.write(f"{int(numpy.arange(10).sum())} {req.interpreter} {identity} {sys.prefix}\n")
    return apache.OK
