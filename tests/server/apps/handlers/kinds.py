"""Handlers by the extension of the file that was asked for."""

from mod_python import apache


def text(req):
    """For .txt and .log."""
    req.write("text\n")
    return apache.OK


def anything(req):
    """For every other file."""
    req.write("anything\n")
    return apache.OK
