"""What may be published, and what may be walked through on the way to it.

Pure: the publisher's security rests on this table, so a type that is not in it says what everything else may. As in
3.5, but that classes with a metaclass are classes, and data is not walked through.
"""

from __future__ import annotations

import types
from typing import NamedTuple


class Rule(NamedTuple):
    """What may be done with objects of some types; of `derived` types too, where these have the same nature."""

    publish: bool
    walk: bool
    derived: bool
    kinds: tuple[type, ...]

    def fits(self, kind: type) -> bool:
        """Whether the rule speaks of objects of this type."""
        return issubclass(kind, self.kinds) if self.derived else kind in self.kinds


# The first rule that fits counts.
RULES = (
    # Modules, and ways to make objects: not at all
    Rule(False, False, True, (types.ModuleType, type)),
    # Functions written in C, and the insides of a running program: not at all
    Rule(False, False, False, (types.BuiltinFunctionType, types.MethodWrapperType, types.WrapperDescriptorType)),
    Rule(False, False, False, (types.MethodDescriptorType, types.ClassMethodDescriptorType, types.CodeType)),
    Rule(False, False, False, (types.FrameType, types.TracebackType, types.CellType)),
    # Functions and data: they are called or shown, and nothing is looked for in them
    Rule(True, False, False, (types.FunctionType, types.MethodType, types.GeneratorType, types.CoroutineType)),
    Rule(True, False, False, (str, bytes, bytearray, bool, int, float, complex, list, tuple, dict, set, frozenset)),
    Rule(True, False, False, (types.NoneType, types.EllipsisType, types.NotImplementedType)),
    Rule(True, True, True, (object,)),
)


def may_publish(found: object) -> bool:
    """Whether an object may be called or shown."""
    return _rule(found).publish


def may_walk(found: object) -> bool:
    """Whether attributes of an object may be looked for by URL."""
    return _rule(found).walk


def _rule(found: object) -> Rule:
    return next(rule for rule in RULES if rule.fits(type(found)))
