"""A WSGI application whose import computes for three seconds."""

import time

deadline = time.monotonic() + 3
while time.monotonic() < deadline:
    pass


def application(environ, start_response):
    """Answer once the import is done."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "9")])
    return [b"imported\n"]
