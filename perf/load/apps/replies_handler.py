"""Replies by a handler, for 3.5 and for ours: as many bytes as the query string says; a POST is parsed as JSON first."""

import json

from mod_python import apache

BODIES = {str(length): "x" * length for length in (12, 10_240, 1_048_576)}


def handler(req):
    """Answer with a body that was made when the application was loaded."""
    if req.method == "POST":
        json.loads(req.read())
    body = BODIES[req.args]
    req.content_type = "text/plain"
    req.set_content_length(len(body))
    req.write(body, 0)
    return apache.OK
