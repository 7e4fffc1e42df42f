"""A handler that calls a WSGI application by hand."""

import json
import sys

from mod_python import apache


def handler(req):
    """Run the application that lies here."""
    env = req.build_wsgi_env()
    if env is None:
        return apache.DECLINED
    for part in application(env, req.wsgi_start_response):
        req.write(part)
    return apache.OK


def application(env, start_response):
    """Show the environment; misbehave on demand."""
    if env["QUERY_STRING"] == "status":
        start_response("bad status", [])
    if env["QUERY_STRING"] == "error":
        try:
            raise KeyError("carried")
        except KeyError:
            start_response("500 Oops", [("X-A", "0")], sys.exc_info())
        return [b"repaired"]
    if env["QUERY_STRING"] == "twice":
        start_response("200 OK", [])
    given = env["wsgi.input"]
    body = [line.decode() for line in given] if env["QUERY_STRING"] == "lines" else given.read().decode()
    shown = {key: env[key] for key in ("SCRIPT_NAME", "PATH_INFO", "wsgi.url_scheme", "wsgi.multithread", "REQUEST_METHOD")}
    start_response("404 Not Here", [("Content-Type", "application/json"), ("X-A", "1"), ("X-A", "\xe9")])
    return [json.dumps(shown | {"body": body, "input": type(env["wsgi.input"]).__name__}).encode()]
