"""The frameworks' applications between two checkers of both sides: the standard library's, and Paste's."""

from wsgiref.validate import validator

import bottle_app
import flask_app
import paste_lint
from shop.wsgi import application as shop


def checked(application):
    """Both around it."""
    return validator(paste_lint.middleware(application))


bottle = checked(bottle_app.application)
flask = checked(flask_app.application)
django = checked(shop)
