"""A handler whose file, and whose neighbour's, the test writes anew."""

import sys

from mod_python import apache


def handler(req):
    """Load the module that the query names, and show its VERSION."""
    module = apache.import_module(req.args)
    req.write(f"{module.VERSION} {apache.module_mtime(module) > 0}")
    return apache.OK


def carrying(req):
    """Report an error that was caught earlier."""
    try:
        raise LookupError("the first error")
    except LookupError:
        caught = sys.exc_info()
    raise apache.PROG_TRACEBACK(*caught)
