"""A module whose import holds its GIL until the file `imported` is there."""

import os

from mod_python import apache

apache.log_error("the import begins", apache.APLOG_NOTICE)
while not os.path.exists(os.path.join(os.path.dirname(__file__), "imported")):
    pass


def handler(req):
    """Answer once the import is done."""
    req.write("imported\n")
    return apache.OK
