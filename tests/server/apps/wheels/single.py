"""Imports a C module that one interpreter of a process may have."""

import sys

import numpy
from mod_python import apache

try:
    import _interpreters
except ImportError:
    import _xxsubinterpreters as _interpreters


def facts(interpreter):
    """Use it, and say in which interpreter."""
    current = _interpreters.get_current()
    identity = int(current[0] if isinstance(current, tuple) else current)
    return f"{int(numpy.arange(10).sum())} {interpreter} {identity}"


def handler(req):
    """The facts, and the environment."""
    req.write(f"{facts(req.interpreter)} {sys.prefix}\n")
    return apache.OK


def outputfilter(filter):
    """The facts in place of the data."""
    while filter.read():
        pass
    filter.write(facts(filter.req.interpreter))
    filter.close()


def connectionhandler(connection):
    """The facts for whoever connects."""
    connection.write(facts(apache.interpreter))
    return apache.OK
