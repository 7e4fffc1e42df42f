"""What a published module may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from os import getcwd
from typing import ClassVar

from mod_python import apache

_SECRET = "secret"
__ANSWER = 42
value = "a value"
number = 7
mapping = {"a": 1}
nothing = None
raw = b"\xff\x00bytes"


def index(req):
    """The directory itself."""
    return "the index"


def hello(req, name="nobody"):
    """A page."""
    return f"Hello {name}"


def arguments(req, a, b="b", *rest, only="only", **others):
    """Everything that was sent."""
    return repr([a, b, rest, only, sorted(others.items())])


def required(a):
    """Without req."""
    return a


def forged(req):
    """Whether it is the request."""
    return type(req).__name__ + f" {len(req.form.getlist('req'))}"


def upload(req, file):
    """A file of a form."""
    return f"{file.filename} {len(file.file.read())}"


def html(req):
    """It is recognised."""
    return "<html>ü</html>\n"


def latin(req):
    """The charset that the type names."""
    req.content_type = "text/html; charset=iso-8859-1"
    return "ü"


def json(req):
    """Types that are no text stay as they are."""
    req.content_type = "application/json"
    return '"ü"'


def css(req):
    """Text says its charset."""
    req.content_type = "text/css"
    return "/* ü */"


def writes(req):
    """It writes for itself."""
    req.content_type = "text/x-own"
    req.write("written")


def silent(req):
    """Nothing at all."""


def nested(req):
    """What is given is published in turn."""
    return lambda name="nobody": f"nested {name}"


def gives_class(req):
    """Classes are not published, wherever they come from."""
    return Plain


def gone(req):
    """A result of HTTP's."""
    raise apache.SERVER_RETURN(apache.HTTP_GONE)


def fails(req):
    """An error."""
    return 1 / 0


def where(req):
    """Names of the module, and the file that was found."""
    return f"{__name__} {__file__} {req.filename} {req.path_info}"


def walked(req):
    """Module `re` is not published, a function from elsewhere is not walked through."""
    return re.escape("x")


class Plain:
    """Instances are published, the class is not."""

    kind = "plain"

    def method(self, req, x="-"):
        """Bound."""
        return f"method {x}"

    def _hidden(self):
        """By its name."""
        return "hidden"

    def __str__(self):
        return "shown"


class Colour(Enum):
    """A class with a metaclass is a class."""

    RED = 1


class Called:
    """An instance that can be called."""

    inner = Plain()

    def __call__(self, req, x="-"):
        return f"called {x}"


class Node:
    """A tree made while it is walked."""

    def __init__(self, path=""):
        self.path = path

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Node(f"{self.path}/{name}")

    def __call__(self, req):
        return self.path


@dataclass
class Record:
    """The annotations are text."""

    name: str
    known: ClassVar[int] = 0


record = Record("r")
plain = Plain()
called = Called()
tree = Node()
cwd = getcwd
pattern = re
