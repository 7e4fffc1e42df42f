"""Handlers for lists in any phase: each says that it ran and returns what its name says."""

from mod_python import apache


def ran(req, name, result):
    """Leave a trace for the handler of the content."""
    req.ran = [*getattr(req, "ran", []), name]
    return result


def ok(req):
    """OK."""
    return ran(req, "ok", apache.OK)


def declined(req):
    """DECLINED."""
    return ran(req, "declined", apache.DECLINED)


def forbidden(req):
    """An error page."""
    return ran(req, "forbidden", apache.HTTP_FORBIDDEN)


def user(req):
    """OK, with a user."""
    req.user = "somebody"
    return ok(req)


def done(req):
    """Answer it here."""
    req.content_type = "text/plain"
    req.write("answered early")
    return apache.DONE


def show(req):
    """Write the traces."""
    req.write(" ".join(getattr(req, "ran", [])))
    return apache.OK


def adds(req):
    """Add handlers to this phase and to later ones."""
    req.add_handler(req.phase, "results::declined")
    req.add_handler("PythonFixupHandler", "results::ok")
    req.add_handler("pythonhandler", "results::ok")
    req.add_handler("PythonLogHandler", "phases::cleanuphandler")
    return ran(req, "adds", apache.OK)


def adds_elsewhere(req):
    """Add a handler of another directory."""
    req.add_handler("PythonHandler", "elsewhere", req.document_root() + "/deeper")
    return apache.OK


def adds_nonsense(req):
    """What cannot be added."""
    for arguments in (
        ("PythonCleanupHandler", "results::ok"),
        ("PythonNoSuchHandler", "results::ok"),
        ("PythonHandler", ""),
        ("PythonHandler", 17),
    ):
        try:
            req.add_handler(*arguments)
        except Exception as error:
            req.write(f"{type(error).__name__}: {error}\n")
    return apache.OK
