"""Requests and what became of them: redirects inside httpd, parts of other requests, other interpreters."""

from mod_python import apache


def start(req):
    """Leave something behind, and go elsewhere."""
    req.mark = "left by start"
    req.write("start ")
    req.internal_redirect("/target?from=start")
    req.log_error(f"next: {req.next.seen}", apache.APLOG_NOTICE)
    req.write("too late: the reply was the other one's")
    return apache.OK


def target(req):
    """Say where it came from; write through the first request too."""
    req.seen = f"{req.args} {req.prev.uri} {getattr(req.prev, 'mark', 'nothing')} {req.main}"
    req.prev.write("through ")
    req.write(f"target in {req.interpreter}")
    return apache.OK


def elsewhere(req):
    """In another interpreter the objects are others, the requests the same."""
    req.write(f"{req.prev.uri} {getattr(req.prev, 'mark', 'nothing')} in {req.interpreter}")
    return apache.OK


def goes_elsewhere(req):
    """Redirect into another interpreter, and come back."""
    req.mark = "here"
    req.internal_redirect("/elsewhere")
    req.log_error(f"back in {req.interpreter}, {req.mark}", apache.APLOG_NOTICE)
    return apache.OK


def fixuphandler(req):
    """In whatever interpreter this phase runs."""
    req.mark = req.interpreter
    return apache.OK


def mixed(req):
    """Which interpreters had the request?"""
    req.write(f"{req.interpreter} {getattr(req, 'mark', 'unmarked')}")
    return apache.OK


def gone(req):
    """For an ErrorDocument."""
    req.why = "moved out"
    return apache.HTTP_GONE


def error_document(req):
    """Explain the error of another request."""
    req.write(f"{req.prev.status} because {req.prev.why}")
    return apache.OK


def where(req):
    """What httpd made of the URI."""
    req.write(f"{req.filename and req.filename.rsplit('/', 1)[1]} {req.path_info!r} {req.hlist.directory}")
    return apache.OK


def part(req):
    """A part of a page: it knows the page."""
    req.write(f"part of {req.main.uri}")
    return apache.OK
