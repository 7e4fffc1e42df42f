"""From a handler as it is configured to something that can be called.

Runs on request threads, attached. The module keeps what `resolve` returns for each replica, so nothing here is on the
way of an ordinary request. It must never call a handler: results, stacking and errors are the module's business.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, NamedTuple

from mod_python import _current, _debugger, _importer, _names, _paths
from mod_python._loaded import Loaded, stale

__all__ = ["Resolved", "resolve", "resolve_application", "resolve_object", "run_import", "stale"]

Handler = Callable[[Any], Any]

_NOTHING = object()


class Resolved(NamedTuple):
    """A handler ready to be called with the request; `loaded` is for `stale`.

    `call` is None when the handler does not exist and its absence is silent (PythonHandlerModule).
    """

    call: Handler | None
    loaded: Loaded


def resolve(
    module: str,
    object_path: str,
    directory: str | None,
    is_location: bool,
    python_path: str | None,
    autoreload: bool,
    debug: bool,
    silent: bool,
    pdb: bool = False,
) -> Resolved:
    """Import the module of a handler and find its object; whatever that raises is the request's error."""
    _paths.apply(directory, is_location, python_path)
    name, directories = _search(module, None if is_location else directory, python_path is None)
    loaded = _importer.load(name, autoreload=autoreload, log=debug, path=directories)
    call = _bind(loaded.module, object_path, silent)
    return Resolved(_debugger.watched(call) if call is not None and pdb else call, loaded)


def resolve_application(
    module: str,
    callable_path: str,
    python_path: str | None,
    autoreload: bool,
    debug: bool,
) -> Resolved:
    """Import the module, or the file, of a WSGI application and find its callable; a file's directory is made known."""
    is_file = _names.is_path(module)
    _paths.apply(os.path.join(os.path.dirname(module), "") if is_file else None, False, python_path)
    name, directories = _names.place(module, None, None) if is_file else (module, None)
    loaded = _importer.load(name, autoreload=autoreload, log=debug, path=directories)
    found = functools.reduce(_attribute, callable_path.split("."), loaded.module)
    if found is _NOTHING:
        raise _missing(loaded.module, callable_path)
    if not callable(found):
        raise TypeError(
            f"'{callable_path}' in module '{_file(loaded.module)}' is no WSGI application but of type "
            f"{type(found).__name__!r}"
        )
    return Resolved(found, loaded)


def run_import(spec: str, python_path: str | None = None, debug: bool = False) -> None:
    """`PythonImport module[::function]`: import the module, then call the function with no argument."""
    _paths.apply(None, False, python_path)
    module, _, function = spec.partition("::")
    loaded = _importer.load(module, autoreload=False, log=debug)
    if function:
        resolve_object(loaded.module, function)()


def resolve_object(module: ModuleType, obj_str: str, arg: Any = None, silent: object = False) -> Any:
    """Find a dotted object in a module; each class on the way is instantiated with `arg`.

    Raises AttributeError when the module does not contain it; with `silent` the result is None instead.
    """
    first, *rest = obj_str.split(".")
    found = _descend(vars(module).get(first, _NOTHING), rest, arg)
    if found is not _NOTHING:
        return found
    if silent:
        return None
    raise _missing(module, obj_str)


def _attribute(found: Any, name: str) -> Any:
    return getattr(found, name, _NOTHING)


def _search(module: str, directory: str | None, own_first: bool) -> tuple[str, Sequence[str] | None]:
    if _names.is_path(module):
        return _names.place(module, directory, _current.get_handler_root())
    own = [directory] if directory and own_first else []
    return module, _importer.near(module, own + _paths.importer_path())


def _bind(module: ModuleType, object_path: str, silent: bool) -> Handler | None:
    """The object itself or, when a class is on the way to it, a function that makes an instance for each request."""
    found, rest = _up_to_class(module, object_path.split("."))
    if rest:
        return functools.partial(_call_in_instance, found, rest)
    if callable(found):
        return found  # type: ignore[no-any-return]
    if silent:
        return None
    if found is _NOTHING:
        raise _missing(module, object_path)
    raise TypeError(f"'{object_path}' in module '{_file(module)}' is no handler but of type {type(found).__name__!r}")


def _up_to_class(module: ModuleType, names: Sequence[str]) -> tuple[Any, Sequence[str]]:
    found = vars(module).get(names[0], _NOTHING)
    for position, name in enumerate(names[1:], start=1):
        if isinstance(found, type):
            return found, names[position:]
        found = getattr(found, name, _NOTHING)
    return found, ()


def _call_in_instance(parent: type, names: Sequence[str], request: Any) -> Any:
    method = _descend(parent, names, request)
    if method is _NOTHING:
        raise AttributeError(f"class {parent.__qualname__!r} contains no '{'.'.join(names)}'")
    return method(request)


def _descend(found: Any, names: Sequence[str], arg: Any) -> Any:
    for name in names:
        parent = found(arg) if isinstance(found, type) else found
        found = getattr(parent, name, _NOTHING)
    return found


def _missing(module: ModuleType, object_path: str) -> AttributeError:
    return AttributeError(f"module '{_file(module)}' contains no '{object_path}'")


def _file(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or module.__name__
