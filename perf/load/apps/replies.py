"""Replies by WSGI: as many bytes as the query string says; of a POST, the JSON is parsed first."""

import json

BODIES = {str(length): b"x" * length for length in (12, 10_240, 1_048_576)}


def application(environ, start_response):
    """Answer with a body that was made when the application was loaded."""
    if environ["REQUEST_METHOD"] == "POST":
        json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    body = BODIES[environ["QUERY_STRING"]]
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
