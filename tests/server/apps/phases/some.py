"""A module with handlers for some phases only."""

from mod_python import apache


def fixuphandler(req):
    """Before the content."""
    req.fixed = "fixed"
    return apache.OK


def handler(req):
    """The content."""
    req.write(req.fixed)
    return apache.OK
