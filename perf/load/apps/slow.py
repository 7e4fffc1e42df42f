"""An application whose import computes for three seconds."""

import time

from mod_python import apache

deadline = time.monotonic() + 3
while time.monotonic() < deadline:
    pass


def handler(req):
    """Answer once the import is done."""
    req.content_type = "text/plain"
    req.write("imported\n", 0)
    return apache.OK
