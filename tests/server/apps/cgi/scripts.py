"""A handler that lets each of its scripts believe it is a CGI process."""

import os
import sys

from mod_python import apache


def handler(req):
    """Run the script that the path info names."""
    script = globals()[req.path_info.strip("/")]
    saved = apache.setup_cgi(req)
    try:
        script()
    finally:
        apache.restore_nocgi(*saved)
    restored = sys.stdin is saved[1], sys.stdout is saved[2], "QUERY_STRING" in os.environ
    req.log_error(f"restored {restored}", apache.APLOG_NOTICE)
    return apache.OK


def echo():
    """Text in, text out."""
    print("Content-Type: text/plain\nX-Query: " + os.environ["QUERY_STRING"] + "\n")
    print(os.environ["GATEWAY_INTERFACE"], os.environ["SCRIPT_NAME"], os.environ.get("HTTP_AUTHORIZATION"))
    print(sys.stdin.read(), end="")


def raw():
    """Bytes in, bytes out, the header lines in two parts."""
    sys.stdout.buffer.write(b"Status: 404 Not Here\r\nContent-Type: appli")
    sys.stdout.buffer.write(b"cation/x\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n")
    sys.stdout.buffer.write(sys.stdin.buffer.read())


def lines():
    """Line by line."""
    print("Content-Type: text/plain\n")
    for number, line in enumerate(sys.stdin):
        print(number, line.rstrip("\n"))
