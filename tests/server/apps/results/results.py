"""What handlers may return or raise, one function each."""

from mod_python import apache


def ok(req):
    """OK."""
    req.write("ok\n")
    return apache.OK


def second(req):
    """OK, behind others in a list."""
    req.write("second\n")
    return apache.OK


def silent(req):
    """OK without a word."""
    return apache.OK


def declined(req):
    """httpd goes on."""
    return apache.DECLINED


def done(req):
    """Nothing goes on."""
    req.write("done\n")
    return apache.DONE


def forbidden(req):
    """A status."""
    return apache.HTTP_FORBIDDEN


def unknown(req):
    """No status that httpd knows."""
    return 799


def true(req):
    """A bool is no result."""
    return True


def none(req):
    """A forgotten return."""


def text(req):
    """A str is no result."""
    return "200"


def raises_ok(req):
    """SERVER_RETURN with OK."""
    req.write("raised ok\n")
    raise apache.SERVER_RETURN(apache.OK)


def raises_gone(req):
    """SERVER_RETURN with a status."""
    raise apache.SERVER_RETURN(apache.HTTP_GONE)


def raises_created(req):
    """SERVER_RETURN with a result and a status for the response."""
    req.write("created\n", 0)
    raise apache.SERVER_RETURN(apache.OK, apache.HTTP_CREATED)


def raises_bare(req):
    """The class itself says no status."""
    raise apache.SERVER_RETURN


def raises_text(req):
    """SERVER_RETURN with no integer."""
    raise apache.SERVER_RETURN("403")
