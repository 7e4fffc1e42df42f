"""Tables: httpd's lists of headers, as mappings that ignore case and keep what comes twice."""

from __future__ import annotations

import pytest

from harness import Conf, Server

# Each starts from t = {A: 1, b: 2, A: 3}.
VALUES = [
    ("t['A']", ["1", "3"]),
    ("t['B']", "2"),
    ("t.get('a')", "1"),
    ("t.get('x')", None),
    ("t.get('x', 'y')", "y"),
    ("len(t)", 3),
    ("'a' in t, 'x' in t", [True, False]),
    ("t.has_key('B')", 1),
    ("sorted(t.keys())", ["A", "A", "b"]),
    ("sorted(t.values())", ["1", "2", "3"]),
    ("sorted(t.items())", [["A", "1"], ["A", "3"], ["b", "2"]]),
    ("sorted(t)", ["A", "A", "b"]),
    ("t['a'] = '9'\nt['A']", "9"),
    ("t.add('b', '4')\nt['b']", ["2", "4"]),
    ("del t['a']\nlen(t)", 1),
    ("del t['x']\nlen(t)", 3),
    ("t.clear()\nlen(t)", 0),
    ("t.setdefault('b', 'x')", "2"),
    ("t.setdefault('new', 'x'), t['new']", ["x", "x"]),
    ("c = t.copy()\nc['b'] = 'x'\nt['b']", "2"),
    ("t.update({'b': 'u', 'n': 'v'})\nt['b'], t['n']", ["u", "v"]),
    ("bool(t), bool(apache.table())", [True, False]),
    ("t['b'] = 'grün'\nt['b']", "grün"),
    ("apache.make_table({'k': 'v'})['K']", "v"),
]

REFUSED = [
    ("t['x']", "KeyError"),
    ("t['x'] = None", "TypeError"),
    ("t['x'] = 5", "TypeError"),
    ("t[5] = 'x'", "TypeError"),
    ("hash(t)", "TypeError"),
    ("t['x'] = 'a\\0b'", "ValueError|TypeError"),
]


class TestTables:
    """A table of its own."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The probe."""
        conf.app("probe").handler("probe", "probe")

    MAKE = "t = apache.table({'A': '1'})\nt.add('b', '2')\nt.add('A', '3')\n"

    @pytest.mark.parametrize(("code", "value"), VALUES, ids=[code for code, _ in VALUES])
    def test_value(self, server: Server, code: str, value: object) -> None:
        assert server.client.probe(self.MAKE + code) == value

    @pytest.mark.parametrize(("code", "error"), REFUSED, ids=[code for code, _ in REFUSED])
    def test_refused(self, server: Server, code: str, error: str) -> None:
        raised = server.client.raised(f"{self.MAKE}{code}\nNone")
        assert raised.partition(":")[0] in error.split("|")

    def test_changes_while_iterating_are_refused(self, server: Server) -> None:
        code = self.MAKE + "for key in t:\n    t.add('n', '1')\nNone"
        assert server.client.raised(code).startswith("RuntimeError")

    def test_header_injection_is_refused(self, server: Server) -> None:
        raised = server.client.raised("req.headers_out['X-A'] = 'a\\r\\nX-B: b'\nNone")
        assert raised.partition(":")[0] in ("ValueError", "TypeError")
