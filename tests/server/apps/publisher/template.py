"""A published function that gives a page."""

from mod_python import psp


def page(req):
    return psp.PSP(req, string="<b><%= form['x'] %></b>")
