"""The forms in which a handler can be written."""

from mod_python import apache


def handler(req):
    """The default function."""
    req.write("handler\n")
    return apache.OK


def other(req):
    """A function by its name."""
    req.write("other\n")
    return apache.OK


class Page:
    """A class: one instance a request."""

    def __init__(self, req):
        req.write("made ")

    def show(self, req):
        """A method of the instance."""
        req.write("shown\n")
        return apache.OK


class Site:
    """A class whose instance lives as long as the module."""

    def __init__(self):
        self.served = 0

    def index(self, req):
        """A method of that instance."""
        self.served += 1
        req.write(f"index {self.served}\n")
        return apache.OK


site = Site()
number = 42


class Quiet:
    """A class that writes nothing of itself."""

    def __init__(self, req):
        self.req = req
