"""Handlers of every phase that note where they ran, on the request and in the log."""

from mod_python import apache


def note(req, result=apache.OK):
    """Remember the phase on the request object; it is the same in all of them."""
    seen = getattr(req, "seen", None)
    if seen is None:
        seen = req.seen = []
    seen.append(req.phase.removeprefix("Python").removesuffix("Handler") or "Handler")
    return result


def postreadrequesthandler(req):
    """Before anything is known."""
    assert req.filename is None
    return note(req)


def transhandler(req):
    """Leave the mapping to httpd."""
    return note(req, apache.DECLINED)


def inithandler(req):
    """The first one that knows its directory, or the first of all."""
    return note(req)


def headerparserhandler(req):
    """The sections are merged."""
    return note(req)


def accesshandler(req):
    """Everybody."""
    return note(req)


def authenhandler(req):
    """Whoever comes with a password."""
    if req.get_basic_auth_pw() is None:
        return apache.HTTP_UNAUTHORIZED
    return note(req)


def authzhandler(req):
    """Every user but mallory."""
    return note(req, apache.HTTP_FORBIDDEN if req.user == "mallory" else apache.OK)


def typehandler(req):
    """A type that no table knows."""
    req.content_type = "text/x-phases"
    return note(req)


def fixuphandler(req):
    """The last look."""
    return note(req)


def handler(req):
    """Say which phases came before."""
    note(req)
    req.register_cleanup(tell, (req, "first registered"))
    req.register_cleanup(tell, (req, "last registered"))
    req.write(" ".join(req.seen))
    return apache.OK


def loghandler(req):
    """The reply is sent."""
    return note(req)


def cleanuphandler(req):
    """The end."""
    note(req)
    tell((req, "cleanup " + " ".join(req.seen)))
    return apache.OK


def tell(data):
    """Write to the log of a request."""
    req, text = data
    req.log_error(f"told: {text}", apache.APLOG_NOTICE)


def writes_late(req):
    """Write when the reply is sent."""
    req.write("too late")
    try:
        req.flush()
    except OSError as error:
        tell((req, f"late {error}"))
    return apache.OK


def fails(req):
    """Not in time for anything."""
    raise LookupError("failed late")


def nobody(req):
    """Let everybody in, and do not say who it is."""
    return apache.OK


def maps(req):
    """Map a URI of its own."""
    if req.uri != "/mapped":
        return apache.DECLINED
    req.filename = req.document_root() + "/static.txt"
    return apache.OK
