"""A page that computes: some milliseconds of one processor, all of it holding the GIL."""

from mod_python import apache


def handler(req):
    """Answer with a sum that takes a while."""
    total = 0
    for number in range(60_000):
        total += number * number % 7
    req.content_type = "text/plain"
    req.write(f"{total}\n", 0)
    return apache.OK
