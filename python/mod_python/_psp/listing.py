"""A page beside its code: for people who look for an error in a page.

Runs on request threads, only where `PythonDebug` is on or the application asks for it.
"""

from __future__ import annotations

from html import escape
from itertools import zip_longest

_ROW = '<tr><td>{}</td><td><pre style="color:blue">{}</pre></td><td><pre style="color:green">{}</pre></td></tr>\n'


def table(code: str, source: str) -> str:
    """An HTML table: number, line of the code, line of the page."""
    pairs = zip_longest(code.split("\n"), source.split("\n"), fillvalue="")
    rows = "".join(_ROW.format(number, escape(left), escape(right)) for number, (left, right) in enumerate(pairs, 1))
    head = "<tr><th>Line</th><th>Python</th><th>PSP</th></tr>\n"
    return f'<table style="border-spacing: 1em 0">\n{head}{rows}</table>\n'
