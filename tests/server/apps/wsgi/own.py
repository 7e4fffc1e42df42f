"""A handler that has an application."""

import pages
from mod_python import apache


def handler(req):
    """Let it answer."""
    return apache.OK if req.serve_wsgi(pages.hello) else apache.DECLINED
