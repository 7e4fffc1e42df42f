"""Twelve bytes by WSGI, with the headers that frameworks send."""


def application(environ, start_response):
    """Answer "hello world"."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "12")])
    return [b"hello world\n"]
