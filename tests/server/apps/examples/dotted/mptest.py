"""A handler by AddHandler, as in the tutorial."""

from mod_python import apache


def handler(req):
    """A greeting."""
    req.content_type = "text/plain"
    req.write("Hello World!")
    return apache.OK
