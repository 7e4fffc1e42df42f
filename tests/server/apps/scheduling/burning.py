"""Computes, holding its GIL, until the file `enough` is there."""

import os

from mod_python import apache

ENOUGH = os.path.join(os.path.dirname(__file__), "enough")


def handler(req):
    """Burn."""
    req.log_error("burning", apache.APLOG_NOTICE)
    while not os.path.exists(ENOUGH):
        sum(range(10_000))
    req.write("burnt\n")
    return apache.OK
