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


class Adder:
    """Callables of every kind, and who registered whom."""

    def __init__(self, req):
        self.req = req

    def late(self, req):
        """A bound method, added to the phase that runs."""
        assert req is self.req
        req.add_handler("PythonHandler", lambda req: tell(req, "a lambda"))
        return tell(req, "a method")


def tell(req, what):
    """What it is, its handler as hlist shows it, and those who registered it."""
    names, hlist = [], req.hlist
    while hlist is not None:
        handler = hlist.handler
        names.append(handler if isinstance(handler, str) else f"<{handler.__qualname__.rpartition('.')[2]}>")
        directory, hlist = hlist.directory, hlist.parent
    req.write(f"{what} in {apache.interpreter}: {' < '.join(names)} {directory == req.document_root() + '/'}\n")
    return apache.OK


def adds_callables(req):
    """Add callables for the content: to be called in the order of their adding."""
    req.add_handler("PythonHandler", Adder(req).late)
    req.add_handler("PythonHandler", "results::told")
    req.add_handler("PythonLogHandler", raises_late)
    return apache.OK


def told(req):
    """A word among callables."""
    return tell(req, "a word")


def raises_late(req):
    """An error in something registered."""
    raise LookupError("in the log phase")


def adds_filter(req):
    """A filter that shows who registered it."""
    req.register_output_filter("shown", shown)
    req.add_output_filter("shown")
    req.write("x", 0)
    return apache.OK


def shown(filter):
    """Its handler, and its parents."""
    while filter.read():
        pass
    parent = filter.parent
    filter.write(f"{filter.handler.__name__} {filter.dir} {parent.handler} {parent.parent}")
    filter.close()
