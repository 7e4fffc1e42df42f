"""A protocol: what comes goes back, line by line."""

from mod_python import apache


def connectionhandler(conn):
    """Until the client has nothing more to say."""
    while line := conn.readline():
        conn.write(line)
    return apache.OK
