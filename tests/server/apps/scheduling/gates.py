"""Waits for files, so that a test says when things happen."""

import os
import time

from mod_python import apache

HERE = os.path.dirname(__file__)


def wait_for(name):
    """Wait for a file beside this one."""
    while not os.path.exists(os.path.join(HERE, name)):
        time.sleep(0.01)


def blocked(req):
    """Answer when the file `open` is there."""
    req.log_error("entered", apache.APLOG_NOTICE)
    wait_for("open")
    req.write("through\n")
    return apache.OK


def trivial(req):
    """Answer at once."""
    req.write("trivial\n")
    return apache.OK
