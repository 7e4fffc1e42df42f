"""A page that computes, by WSGI: some milliseconds of one processor, all of it holding the GIL."""


def application(environ, start_response):
    """Answer with a sum that takes a while."""
    total = 0
    for number in range(60_000):
        total += number * number % 7
    body = b"%d\n" % total
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
