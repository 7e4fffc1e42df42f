"""The demo that script/server starts: one page that says where it ran, one that keeps a processor busy."""

from __future__ import annotations

import html
import os
import platform
import sys
import threading
import time

import mod_python
from mod_python import apache

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #222 }}
th {{ text-align: left; padding-right: 2em; font-weight: 600 }}
code {{ background: #f3f3f0; padding: 0 .2em }}
nav a {{ margin-right: 1em }}
</style>
<h1>{title}</h1>
{body}
<nav>{links}</nav>
</html>
"""

NAMES = {
    "alpha": "an interpreter name with two replicas, each with a GIL of its own",
    "beta": "an interpreter name with one replica and a GIL of its own",
    "gamma": "an interpreter name in the main interpreter, for extension modules that want nothing else",
}

PAGES = (("", ""), ("busy", ": busy"))
LINKS = [("/", "start")] + [(f"/{name}/{page}", f"{name}{label}") for name in NAMES for page, label in PAGES]


def handler(req):
    """Serve the page that the last part of the address names."""
    page = {"/": start, "busy": busy}.get("/" if req.uri == "/" else req.uri.rpartition("/")[2], where)
    title, body = page(req)
    links = "".join(f'<a href="{address}">{html.escape(text)}</a>' for address, text in LINKS)
    req.content_type = "text/html; charset=utf-8"
    req.write(PAGE.format(title=html.escape(title), body=body, links=links))
    return apache.OK


def start(req):
    """Say what there is to see."""
    items = "".join(f'<li><a href="/{name}/">{name}</a>: {html.escape(text)}</li>' for name, text in NAMES.items())
    body = (
        f"<p>mod_python {html.escape(mod_python.mp_version)} on Python {platform.python_version()},"
        f" in httpd's child process {os.getpid()}.</p>"
        f"<ul>{items}</ul>"
        "<p>Open a few <em>busy</em> pages at once: two names, or the two replicas of one name, use two processors;"
        " one replica uses one.</p>"
    )
    return "mod_python 4", body


def where(req):
    """Say which interpreter, replica and thread this request ran in."""
    rows = {
        "interpreter": apache.interpreter,
        "replica": apache.replica,
        "thread": f"{threading.get_native_id()} of process {os.getpid()}",
        "Python": sys.version,
        "mod_python": mod_python.mp_version,
        "sys.prefix": sys.prefix,
        "request": f"{req.method} {req.uri}",
    }
    return "Where this ran", table(rows)


def busy(req):
    """Keep a processor busy for a moment and say how long that took."""
    limit = 3_000_000
    began, cpu = time.perf_counter(), time.thread_time()
    found = count_primes(limit)
    rows = {
        "primes below": f"{limit:,}: {found:,} of them",
        "time that passed": f"{1000 * (time.perf_counter() - began):.0f} ms",
        "of that on a processor": f"{1000 * (time.thread_time() - cpu):.0f} ms (the rest: waiting for this GIL)",
        "interpreter": apache.interpreter,
        "replica": apache.replica,
        "thread": threading.get_native_id(),
    }
    return "Busy", table(rows)


def count_primes(limit: int) -> int:
    """Count the primes below limit, in pure Python so that the GIL is held."""
    composite = bytearray(limit)
    count = 0
    for number in range(2, limit):
        if not composite[number]:
            count += 1
            for multiple in range(number * number, limit, number):
                composite[multiple] = 1
    return count


def table(rows):
    """An HTML table of names and values."""
    escaped = [(html.escape(name), html.escape(str(value))) for name, value in rows.items()]
    lines = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in escaped)
    return f"<table>{lines}</table>"
