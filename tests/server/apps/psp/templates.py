"""Handlers that use pages as templates."""

import os

from mod_python import apache, psp


def handler(req):
    """What the path info names; what it returns is written."""
    req.content_type = "text/plain"
    result = globals()[req.path_info.strip("/")](req)
    if result is not None:
        req.write(str(result), 0)
    return apache.OK


def golden(req):
    """A page of tests/psp, with the names that these pages want."""
    names = {"form": {"name": "spam"}, "rows": [[1, 2], [3]], "draft": True}
    psp.PSP(req, filename=req.args, vars=names).run()


def by_name(req):
    """A page beside the request's file; vars of the run win over those of the object."""
    psp.PSP(req, "sub/vars.html", vars={"a": 1, "b": 1}).run({"b": 2}, flush=1)


def by_string(req):
    """A page without a file, as `str` and as `bytes`."""
    psp.PSP(req, string="<%= 1 + 1 %>ü").run()
    psp.PSP(req, string="<%@ include file='sub/vars.html' %>ß".encode(), vars={"a": 3, "b": 4}).run()


def failing_string(req):
    """The traceback shows the line of the string."""
    psp.PSP(req, string="fine\n<%= 1 / 0 %>\n").run()


def returned(req):
    """As a published function would return it."""
    return repr(str(psp.PSP(req, string="shown "))) + f" {req.content_type}"


def both(req):
    """Both at once is an error."""
    try:
        psp.PSP(req, "a", "b")
    except ValueError as error:
        return error


def nowhere(req):
    """404, before anything is written."""
    psp.PSP(req, "no/such.psp")


def forbidden(req):
    """403."""
    psp.PSP(req, "forbidden.psp")


def parsed(req):
    """The code of a page."""
    directory = os.path.dirname(req.filename) + "/"
    return psp.parsestring("a<% x %>b") + psp.parsestring(b"<%= x %>") + psp.parse("sub/vars.html", directory)


def kept(req):
    """How many pages stay compiled, after more were made."""
    from mod_python._psp import store

    for number in range(600):
        psp.PSP(req, string=f"{number}")
    return len(store._pages)
