"""Functions for the end of the interpreter."""

from mod_python import apache


def tell(text):
    """Write to the main log."""
    apache.log_error(f"told: {text}", apache.APLOG_NOTICE)


def handler(req):
    """Register some, and what cannot be registered."""
    apache.register_cleanup(tell, "first")
    req.server.register_cleanup(req, tell)
    req.server.register_cleanup(req, lambda data: 1 / 0)
    apache.register_cleanup(tell, "last")
    for use in (
        lambda: apache.register_cleanup(1),
        lambda: req.server.register_cleanup(req, 1),
        lambda: req.server.register_cleanup(1, tell),
    ):
        try:
            use()
        except ValueError as error:
            req.write(f"{error}\n")
    return apache.OK
