"""Protocols of their own, spoken by connection handlers."""

from mod_python import apache

kept = []


def connectionhandler(conn):
    """Echo every line until an empty one."""
    while (line := conn.readline()) and line.strip():
        conn.write(b"echo " + line)
    return apache.OK


def greets(conn):
    """Speak first, then count what comes."""
    conn.write("who is there? ")
    conn.write(f"{len(conn.read(3))} {len(conn.read(-1))}")
    return apache.OK


def describes(conn):
    """Say what is known of the connection, after whatever comes first."""
    piece = conn.read()
    conn.write(f"{piece!r} {conn.client_ip} {conn.hlist.handler} {conn.base_server.server_hostname} {type(conn).__name__}")
    kept.append(conn)
    return apache.OK


def raises(conn):
    """Fail."""
    conn.readline()
    raise LookupError("no such protocol")


def nothing(conn):
    """Return nothing."""
    conn.readline()


def handler(req):
    """What a request may do with connections: not read its own, not touch those that are over."""
    for use in (req.connection.read, kept[0].read, lambda: kept[0].client_ip):
        try:
            use()
        except RuntimeError as error:
            req.write(f"{error}\n")
    req.write(f"{req.connection.hlist}")
    return apache.OK
