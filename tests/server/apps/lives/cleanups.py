"""Registers cleanups that write to the log."""

from mod_python import apache


def handler(req):
    """Three, one of them without data."""

    def tell(data):
        req.log_error(f"cleanup {str(data).lower()}", apache.APLOG_NOTICE)

    req.register_cleanup(tell, "one")
    req.register_cleanup(tell, "two")
    req.register_cleanup(tell)
    req.write("done\n")
    return apache.OK


def failing(req):
    """Two, of which the first to run fails."""
    req.register_cleanup(lambda data: apache.log_error(f"cleanup {data}", apache.APLOG_NOTICE), "one")
    req.register_cleanup(lambda data: 1 / 0)
    return apache.OK
