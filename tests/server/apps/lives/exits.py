"""Tells the log when its interpreter ends; works until then."""

import atexit
import os
import threading

from mod_python import apache

atexit.register(lambda: apache.log_error(f"atexit in {apache.interpreter} of {os.getpid()}", apache.APLOG_NOTICE))


def handler(req):
    """Say in which process."""
    req.write(f"{os.getpid()}\n")
    return apache.OK


def stuck(req):
    """Never end."""
    req.log_error("stuck now", apache.APLOG_NOTICE)
    while True:
        pass


def endless(req):
    """Leave a thread that never ends."""
    threading.Thread(target=threading.Event().wait).start()
    req.write("left\n")
    return apache.OK


def holding(req):
    """Leave a thread that takes the GIL with it into C code and does not come back."""
    import ctypes  # here, since 3.12 refuses it where a GIL is not shared

    def hold():
        apache.log_error("holding now", apache.APLOG_NOTICE)
        ctypes.PyDLL(None).sleep(300)

    threading.Timer(0.3, hold).start()
    req.write("left\n")
    return apache.OK
