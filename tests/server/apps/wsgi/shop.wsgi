"""An application in a file of its own, with a neighbour that it imports."""

import neighbour


def application(environ, start_response):
    """Say who answers."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{__name__} {neighbour.WORD} {environ['SCRIPT_NAME']} {environ['PATH_INFO']}".encode()]


def other(environ, start_response):
    """Another callable of the file."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"other"]


broken = "no application"
