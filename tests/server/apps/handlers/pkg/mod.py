"""A module in a package."""

from mod_python import apache


def handler(req):
    """The default function."""
    req.write("pkg.mod\n")
    return apache.OK
