"""Two handlers of one request: each says which replica it is in."""

from mod_python import apache


def handler(req):
    """The first; marks the request."""
    req.seen = apache.replica
    req.write(f"{apache.replica}\n")
    return apache.OK


def second(req):
    """The second; the mark must be there."""
    assert req.seen == apache.replica
    req.write(f"{apache.replica}\n")
    return apache.OK
