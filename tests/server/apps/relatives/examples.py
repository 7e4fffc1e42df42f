"""The handlers of the documented example configurations."""

from mod_python import apache


def handler(req):
    """For every file of the extension."""
    req.content_type = "text/plain"
    req.write("Hello World!")
    return apache.OK


def authenhandler(req):
    """One user, one password."""
    password = req.get_basic_auth_pw()
    return apache.OK if (req.user, password) == ("spam", "eggs") else apache.HTTP_UNAUTHORIZED
