"""What the C module calls, and a handler that shares its interpreter."""

from mod_python import apache

KEPT = []


def facts(req, server, conn):
    """What is known here."""
    return f"{apache.interpreter} {req.uri} {server.server_hostname} {conn.client_ip} {type(conn).__name__}"


def writes(req, server, conn):
    """Write through the request."""
    req.headers_out["X-Glue"] = apache.interpreter
    req.write("written, ", 1)
    return "returned"


def same(req, server, conn):
    """Objects of httpd's records are one for each interpreter."""
    seen = getattr(req, "seen", 0)
    req.seen = seen + 1
    return f"{apache.interpreter} {seen} {server is req.server}"


def keeps(req, server, conn):
    """Keep what must not be kept."""
    KEPT.extend([req, conn])
    return "kept"


def fails(req, server, conn):
    """An exception on its way to C."""
    raise LookupError("no such thing")


def handler(req):
    """What became of what was kept."""
    for name, attribute in (("request", "uri"), ("connection", "client_ip")):
        try:
            value = getattr(KEPT.pop(0), attribute)
        except RuntimeError as error:
            value = error
        req.write(f"{name}: {value}\n")
    return apache.OK
