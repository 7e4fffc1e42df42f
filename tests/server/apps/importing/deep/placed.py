"""A module that handlers name by its path."""

from mod_python import apache

near = apache.import_module("./helper")
above = apache.import_module("../watched.py")
root = apache.import_module("~/watched")


def handler(req):
    """Show what was found."""
    req.write(f"{near.WHO} {above is root} {apache.get_handler_root() == req.hlist.directory}")
    return apache.OK


def plain(req):
    """Show which helper a plain name gives."""
    req.write(apache.import_module("helper").WHO)
    return apache.OK
