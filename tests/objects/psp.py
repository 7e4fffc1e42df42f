"""What `psp_translate` promises, run inside an interpreter of our own by tests/objects.rs.

Random pages are made of the pieces that mean something to the scanner; the seed is fixed.
"""

import os
import random
import tempfile
import warnings

from _apache import psp_translate

LINE_BITS = 20


class Request:
    """Keeps what a page writes."""

    def __init__(self):
        self.written = []

    def write(self, text, flush):
        assert flush == 0
        self.written.append(text)


def run(source, literal=False, **names):
    code, places, _ = psp_translate("page", "", source, False, literal)
    assert len(places) == code.count("\n") + 1
    req = Request()
    exec(compile(code, "page", "exec"), {"req": req, **names})
    return "".join(req.written)


def pages(pieces, count, most=12):
    made = random.Random(20)
    for _ in range(count):
        yield "".join(made.choice(pieces) for _ in range(made.randrange(most)))


TEXT = ["a", "ü", "\U0001f600", '"', '""', '"""', "'", "\n", "\r", "\t", " ", "\0"]
TEXT += ["\\", "\\n", "\\x41", "\\u", "\\400", "\\N{"]
TEXT += ["%>", "<b>", "%", "--%>", "{", "#", "req.write(", "\x0c", "\u2028", "\\\\", "1", "7"]
CODE = ["<%", "<%=", "<%@ include file='none' %>", "<%--", "<% x = 1 %>", "<%\nif x:\n%>"]
CODE += ["<%\n    pass\n%>", "<%\n%>", ":", "    "]

with warnings.catch_warnings():
    warnings.simplefilter("error")  # an escape that Python does not know would be one

    # Text comes out as it went in, but for CR LF
    for page in pages(TEXT, 3000):
        assert run(page, literal=True) == page.replace("\r\n", "\n"), page
    for page in pages([piece for piece in TEXT if "\\" not in piece], 1000):
        assert run(page) == page.replace("\r\n", "\n"), page
    # ... and whatever its backslashes mean, it is a page
    for page in pages(TEXT, 3000):
        run(page)

# Any page gives code with a place for each line, or a SyntaxError with a file and a line
refused = 0
for page in pages(TEXT + CODE, 5000, 20):
    try:
        code, places, files = psp_translate("page", "/nowhere", page)
    except SyntaxError as error:
        refused += 1
        assert error.filename == "page" and 1 <= error.lineno <= page.count("\n") + 1, page
        continue
    assert files == [("page", 0, 0)]
    assert len(places) == code.count("\n") + 1
    assert all(1 <= place <= page.count("\n") + page.count("\r") + 1 for place in places), page
assert 500 < refused < 4500, refused

# Backslashes as in 3.5
assert run(r"\n \r \t \" \\ \x41 \101 \d \'") == r"""\n \r \t \" \ A A \d '"""
assert run("a\\\nb") == "ab"
assert run("a\r\nb\rc") == "a\nb\rc"
assert run(b"\xc3\xbc") == "ü"

# Code
assert run("a<% x = 1 %>b<%= x + 1 %>c") == "ab2c"
assert run("<%\nfor n in range(3):\n%>x<%= n %> <%\n%>end") == "x0 x1 x2 end"
assert run("<%\nfor n in r:\n    # goes on\n%>p<%\n# ends\n%>q", r=[1, 2]) == "ppq"
assert run("<%%>a<% %>b<% # nothing %>c<% x = '#' %>d") == "abcd"
assert run("<% if 1:\n    x = 2 %>a<%\n%>b") == "ab"
assert run("<% x = 1\ny = 2 %><%= y # why %>") == "2"

# Files: each with its stamp; what is not there
with tempfile.TemporaryDirectory() as place:
    names = [os.path.join(place, name) for name in ("page.psp", "part.html", "gräu.html")]
    texts = ('a<%@ include file="part.html" %>', "b\n<%@ include file='gräu.html'%>", "<%= 1/0 %>")
    for name, text in zip(names, texts, strict=True):
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    code, places, files = psp_translate(names[0], place)
    assert files == [(name, os.stat(name).st_mtime_ns, os.stat(name).st_size) for name in names]
    try:
        exec(compile(code, "page", "exec"), {"req": Request()})
    except ZeroDivisionError as error:
        assert places[error.__traceback__.tb_next.tb_lineno - 1] == (2 << LINE_BITS | 1)
    try:
        psp_translate("gräu", place, 'x\n<%@ include file="missing" %>')
    except SyntaxError as error:
        assert (error.filename, error.lineno) == ("gräu", 2) and "cannot include 'missing'" in error.msg
    try:
        psp_translate(os.path.join(place, "missing"), place)
    except FileNotFoundError as error:
        assert error.filename == os.path.join(place, "missing")
    else:
        raise AssertionError("it is not there")
