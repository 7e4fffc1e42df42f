"""What `mp_table` promises, run inside an interpreter of our own by tests/objects.rs."""

import gc
from collections import OrderedDict

from _apache import mp_table as table


def raises(error, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except error as raised:
        return str(raised)
    raise AssertionError(f"{error.__name__} expected")


# Made of nothing, a mapping, pairs, a table
assert len(table()) == 0 and not table()
assert table({"a": 1}).items() == [("a", "1")]
assert table(items=[("a", "1"), ("A", "2")]).items() == [("A", "2")]
assert table(OrderedDict(x="y")) == {"x": "y"}
assert "length 3; 2" in raises(ValueError, table, [(1, 2, 3)])
raises(TypeError, table, 1, 2)
raises(TypeError, table, other=1)
raises(TypeError, table, 7)

# Keys without regard to case, values in order
t = table({"One": "1"})
t["ONE"] = "uno"
t.add("one", b"eins")
assert t["one"] == ["uno", "eins"] and t.get("One") == "uno" and len(t) == 2
assert "oNe" in t and b"one" in t and 7 not in t and t.has_key("x") == 0 and t.has_key("one") == 1
t["one"] = "1"
assert t["One"] == "1" and len(t) == 1
assert raises(KeyError, t.__getitem__, "two") == "'two'"
del t["two"], t["one"]
assert len(t) == 0

# Bytes that are no UTF-8 come back as they were; a NUL cannot be stored; other types are refused
t["raw"] = b"\xff\xe9"
assert t["raw"] == "\udcff\udce9"
t["copy"] = t["raw"]
assert t["copy"].encode("utf-8", "surrogateescape") == b"\xff\xe9"
t["text"] = "\u00e9\u20ac"
assert t["text"] == "\u00e9\u20ac"
raises(ValueError, t.__setitem__, "nul", "a\0b")
raises(TypeError, t.__setitem__, "number", 1)
raises(TypeError, t.__setitem__, None, "x")
t["lines"] = "a\nb"
assert t["lines"] == "a\nb"

# dict's methods
t = table([("a", "1"), ("b", "2")])
t.add("a", "3")
assert (t.keys(), t.values()) == (["a", "b", "a"], ["1", "2", "3"])
assert list(t) == list(t.iterkeys()) == ["a", "b", "a"]
assert list(t.itervalues()) == ["1", "2", "3"] and list(t.iteritems()) == t.items()
assert t.popitem() == ("a", "1") and t.items() == [("b", "2"), ("a", "3")]
assert (t.setdefault("b"), t.setdefault("c"), t.setdefault("d", "4")) == ("2", "", "4")
assert t.get("none") is None and t.get("none", 7) == 7
t.update({"b": 5, "e": None})
assert t["b"] == "5" and t["e"] == "None"
raises(AttributeError, t.update, None)
other = t.copy()
t.clear()
assert len(t) == 0 and len(other) == 5
assert "table is empty" in raises(KeyError, t.popitem)

# Iteration
t = table(a=1) if False else table({"a": "1", "b": "2"})
it = iter(t)
assert type(it).__name__ == "dictionary-iterator" and iter(it) is it
assert (next(it), it.next()) == ("a", "b")
raises(StopIteration, it.next)
it = iter(t)
t["c"] = "3"
assert "changed size" in raises(RuntimeError, next, it)

# Comparing, showing, hashing
assert t == {"a": "1", "b": "2", "c": "3"} and t != {"a": "1"} and t == t.copy()
assert (t == 7) is False and (t != 7) is True
t.add("a", "9")
assert t == {"a": ["1", "9"], "b": "2", "c": "3"}
raises(TypeError, lambda: t < {})
assert repr(t) == "{'a': '9', 'c': '3', 'b': '2', 'a': '1'}"
assert raises(TypeError, hash, t) == "mp_table objects are unhashable"
assert str(type(t)) == "<class 'mp_table'>"


# Subclasses
class Mine(table):
    def __getitem__(self, key):
        return "mine " + super().__getitem__(key)


mine = Mine({"a": "1"})
mine.extra = mine
assert mine["A"] == "mine 1" and mine.extra["a"] == "mine 1" and type(mine.copy()) is table
del mine
gc.collect()


# A mapping that misbehaves, an iterator in a cycle
class Bad(dict):
    def keys(self):
        raise LookupError("bad")


assert raises(LookupError, table().update, Bad()) == "bad"
mine = Mine({"a": "1"})
mine.loop = iter(mine)
del mine
gc.collect()
