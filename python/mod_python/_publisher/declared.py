"""`__auth__`, `__access__` and `__auth_realm__` of an object, wherever they are written.

A module, an instance or a function has them as attributes; a function may also define them in its body, as functions
or constants, which are read out of its code. What stands in a body and cannot be read is an error of the request:
otherwise the object would be open to everybody. Pure; runs on request threads.
"""

from __future__ import annotations

import dis
import functools
import inspect
import types
from collections.abc import Iterator
from typing import Any

NAMES = ("__auth_realm__", "__auth__", "__access__")

# Instructions that change nothing between a value and its store.
_SILENT = {"CACHE", "EXTENDED_ARG", "NOP", "RESUME"}
_UNREADABLE = object()
# More wrappers around a function are a loop.
_MOST_WRAPPERS = 100


def declarations(found: Any) -> dict[str, Any]:
    """What an object says, by name.

    Raises TypeError for a body that says it in a way that cannot be read.
    """
    functions = list(_functions(found))
    said = {name: getattr(found, name) for name in NAMES if hasattr(found, name)}
    for function in functions:
        said = _in_body(function) | {name: vars(function)[name] for name in NAMES if name in vars(function)} | said
    return said


def _functions(found: Any) -> Iterator[types.FunctionType]:
    """The function that an object is or runs, and those that it wraps."""
    for _ in range(_MOST_WRAPPERS):
        found = getattr(found, "__func__", found)
        if isinstance(found, types.FunctionType):
            yield found
        inner = _wrapped(found)
        if inner is None:
            return
        found = inner


def _wrapped(found: Any) -> Any:
    if isinstance(found, functools.partial):
        return found.func
    inner = getattr(found, "__wrapped__", None)
    if inner is None and not isinstance(found, types.FunctionType):
        call = inspect.getattr_static(type(found), "__call__", None)
        inner = call if isinstance(call, types.FunctionType) else None
    return inner


def _in_body(function: types.FunctionType) -> dict[str, Any]:
    return {
        name: types.FunctionType(value, function.__globals__) if isinstance(value, types.CodeType) else value
        for name, value in _stored(function.__code__)
    }


@functools.lru_cache(maxsize=1024)
def _stored(code: types.CodeType) -> tuple[tuple[str, Any], ...]:
    """What the code stores under our names: constants, and the code of functions."""
    steps = [step for step in dis.get_instructions(code) if step.opname not in _SILENT]
    places: dict[str, list[int]] = {}
    for at, step in enumerate(steps):
        for name in _names_stored(step):
            places.setdefault(name, []).append(at)
    return tuple((name, _value(code, name, [steps[: at + 1] for at in stores])) for name, stores in places.items())


def _names_stored(step: dis.Instruction) -> list[str]:
    if not step.opname.startswith(("STORE_FAST", "STORE_DEREF")):
        return []
    names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
    if step.opname.endswith("_LOAD_FAST"):  # two instructions in one: the second one stores nothing
        names = names[:1]
    return [name for name in names if name in NAMES]


def _value(code: types.CodeType, name: str, stores: list[list[dis.Instruction]]) -> Any:
    """The one value that is stored; each store comes with the steps up to it."""
    own = [part for part in code.co_consts if isinstance(part, types.CodeType) and part.co_name == name]
    value = own[0] if len(own) == 1 else _loaded(stores[0])
    if len(stores) > 1 or value is _UNREADABLE or (isinstance(value, types.CodeType) and value.co_freevars):
        raise TypeError(
            f"{name} in the body of {code.co_qualname}() must be one constant, or one function that uses no variable "
            f"around it; anything else can be an attribute of the function: {code.co_name}.{name} = ..."
        )
    return value


def _loaded(steps: list[dis.Instruction]) -> Any:
    """The constant, or the code of the lambda, that the last step stores."""
    *before, load, store = steps
    if store.opname.endswith("_STORE_FAST"):  # two stores in one: which value goes where is not told
        return _UNREADABLE
    if load.opname == "MAKE_FUNCTION" and before and isinstance(before[-1].argval, types.CodeType):
        return before[-1].argval
    return load.argval if load.opname in ("LOAD_CONST", "LOAD_SMALL_INT") else _UNREADABLE
