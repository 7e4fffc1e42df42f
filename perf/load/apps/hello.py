"""Twelve bytes, as the yardstick sends them."""

from mod_python import apache


def handler(req):
    """Answer "hello world"."""
    req.content_type = "text/plain"
    req.set_content_length(12)
    req.write("hello world\n", 0)
    return apache.OK
