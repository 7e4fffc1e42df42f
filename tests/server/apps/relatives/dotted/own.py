"""Beside its .htaccess."""

from mod_python import apache


def handler(req):
    """What the file says."""
    req.write(f"{req.get_options()['where']} {req.hlist.directory.rsplit('/', 2)[1]}")
    return apache.OK
