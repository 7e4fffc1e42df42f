"""Keeps a request object beyond its request, and uses it in every way."""

from mod_python import apache

USES = (
    lambda req, headers: req.uri,
    lambda req, headers: req.write("x"),
    lambda req, headers: req.read(),
    lambda req, headers: headers["Host"],
    lambda req, headers: headers.items(),
)
kept = None


def handler(req):
    """Tell what comes of each use of the last request."""
    global kept
    for use in USES if kept else ():
        try:
            req.write(f"{use(*kept)!r} without trouble\n")
        except Exception as error:
            req.write(f"{type(error).__name__}: {error}\n")
    if not kept:
        req.write("nothing kept\n")
    kept = req, req.headers_in
    return apache.OK
