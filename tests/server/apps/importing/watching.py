"""A handler that imports a neighbour as anybody does."""

import watched
from mod_python import apache


def handler(req):
    """Show the neighbour."""
    req.write(watched.TEXT)
    return apache.OK
