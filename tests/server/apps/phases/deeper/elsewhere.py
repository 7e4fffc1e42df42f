"""A module in a directory of its own."""

from mod_python import apache


def handler(req):
    """Say so."""
    req.write("elsewhere")
    return apache.OK
