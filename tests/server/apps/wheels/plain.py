"""Needs no wheel."""

from mod_python import apache


def handler(req):
    """A little to be filtered."""
    req.write("plain\n")
    return apache.OK
