"""Keeps request objects beyond their requests, and uses them."""

from mod_python import apache

kept = []


def handler(req):
    """Use what an earlier request left, in every way."""
    for old in kept:
        for use in (lambda: old[0].uri, lambda: old[0].write("x"), lambda: old[1]["Host"], lambda: old[1].items()):
            try:
                req.write(f"{use()!r} without trouble\n")
                break
            except Exception as error:
                req.write(f"{type(error).__name__}: {error}\n")
    if not kept:
        req.write("nothing kept\n")
    kept[:] = [(req, req.headers_in)]
    return apache.OK
