"""What the APP of a command line is: found from its name and its source, without executing any of it.

Pure but for reading files. A kind of application is a row of KINDS here and a function in `sections`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

# The callables that a file is searched for when none is named, the best first.
_WSGI_NAMES = ("application", "app")
_ASGI_FRAMEWORKS = {"FastAPI", "Starlette", "Quart", "Litestar", "Sanic"}
_MODULE_AND_CALLABLE = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*):(?P<callable>[^\W\d]\w*)")

KINDS = {
    "handler": "a module with a function handler(req), for every address",
    "handlers": "a directory of such modules: hello.py answers /hello, index.py answers /",
    "publisher": "a module, or a directory of modules, for mod_python.publisher",
    "psp": "a directory of Python Server Pages",
    "wsgi": "a WSGI application: module:callable, a .wsgi file, or a module with `application` or `app`",
}


class ApplicationError(Exception):
    """The application cannot be served; the text says why, and what would help. `status` is the command's."""

    status = 1


@dataclass(frozen=True)
class Application:
    """What to serve: its kind, the directory that goes on `sys.path`, and the part of it that is meant.

    `word` is a module, `module:callable`, the path of a .wsgi file, or empty for a whole directory.
    """

    kind: str
    home: Path
    word: str = ""

    @property
    def modules(self) -> list[str]:
        """The modules with a `handler`, of a directory of handlers."""
        return [file.stem for file in sorted(self.home.glob("*.py")) if "handler" in _read(file).functions]

    @property
    def imports(self) -> list[str]:
        """The modules, or the one file, that httpd would import. Raises ApplicationError for pages, which are none."""
        if self.kind == "psp":
            raise ApplicationError(f"{self.home} has pages, not modules; name a module that they import")
        if self.word:
            return [self.word.partition(":")[0]]
        return self.modules if self.kind == "handlers" else sorted(file.stem for file in self.home.glob("*.py"))


@dataclass(frozen=True)
class Source:
    """The names that a file's top level defines: all of them, its functions, and those that are ASGI's."""

    names: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    asgi: frozenset[str] = frozenset()


def find(text: str, kind: str | None = None) -> Application:
    """The application that `text` names, of the given kind or of the one it looks like. Raises ApplicationError."""
    file, callable_name = _split(text)
    path = Path(file).resolve()
    if path.is_dir():
        return _directory(path, kind)
    if path.is_file():
        return _file(path, kind, callable_name)
    named = _MODULE_AND_CALLABLE.fullmatch(text)
    if named is None or "/" in text:
        raise ApplicationError(f"there is no file or directory {text}")
    return _module(named, kind)


def _split(text: str) -> tuple[str, str]:
    """`dir/app.py:callable` is a file and a callable."""
    file, colon, name = text.rpartition(":")
    return (file, name) if colon and Path(file).is_file() else (text, "")


def _directory(path: Path, kind: str | None) -> Application:
    found = kind or next((name for name, test in _DIRECTORIES if test(path)), None)
    if found is None:
        raise ApplicationError(f"{path} has no page (*.psp) and no module (*.py)")
    if found not in ("handlers", "publisher", "psp"):
        raise ApplicationError(f"{path} is a directory; --type {found} wants a module")
    return Application(found, path)


def _file(path: Path, kind: str | None, callable_name: str) -> Application:
    if path.suffix == ".psp":
        raise ApplicationError(f"{path} is one page; serve its directory: {path.parent}")
    source = _read(path)
    found = kind or ("wsgi" if callable_name or path.suffix == ".wsgi" else _kind(source))
    if found not in ("handler", "publisher", "wsgi"):
        raise ApplicationError(f"{path} is a file; --type {found} wants a directory")
    if found != "wsgi":
        return Application(found, path.parent, path.stem)
    return Application(found, path.parent, _wsgi_word(path, source, callable_name))


def _wsgi_word(path: Path, source: Source, callable_name: str) -> str:
    name = callable_name or next((name for name in _WSGI_NAMES if name in source.names), _WSGI_NAMES[0])
    if name in source.asgi:
        raise _asgi(f"{path}: {name}")
    if name not in source.names:
        raise ApplicationError(f"{path} defines no {name}; name its callable: {path}:NAME")
    return f"{path if path.suffix == '.wsgi' else path.stem}:{name}"


def _module(named: re.Match[str], kind: str | None) -> Application:
    """A module that is imported by its name, from the working directory or an installed package."""
    if kind not in (None, "wsgi"):
        raise ApplicationError(f"{named[0]} is a module and a callable; --type {kind} wants a file or a directory")
    file = Path(named["module"].replace(".", "/") + ".py")
    if file.is_file() and named["callable"] in _read(file).asgi:
        raise _asgi(named[0])
    return Application("wsgi", Path.cwd(), named[0])


def _asgi(what: str) -> ApplicationError:
    return ApplicationError(
        f"{what} is an ASGI application, which mod_python does not serve yet.\n"
        "  A WSGI application can be served, and so can an ASGI one through an adapter such as a2wsgi."
    )


def _kind(source: Source) -> str:
    if "handler" in source.functions:
        return "handler"
    return "wsgi" if any(name in source.names for name in _WSGI_NAMES) else "publisher"


def _has(pattern: str) -> Callable[[Path], bool]:
    return lambda path: any(path.glob(pattern))


def _has_handlers(path: Path) -> bool:
    return bool(Application("handlers", path).modules)


# The kind of a directory by what is in it, the first that fits.
_DIRECTORIES: tuple[tuple[str, Callable[[Path], bool]], ...] = (
    ("psp", _has("**/*.psp")),
    ("handlers", _has_handlers),
    ("publisher", _has("*.py")),
)


def _read(path: Path) -> Source:
    """Raises ApplicationError for a file that is no Python."""
    try:
        body = ast.parse(path.read_bytes()).body
    except (OSError, SyntaxError, ValueError) as error:
        raise ApplicationError(f"{path} cannot be read: {error}") from error
    functions = frozenset(node.name for node in body if isinstance(node, ast.FunctionDef))
    asgi = frozenset(name for node in body for name in _asgi_names(node))
    return Source(frozenset(name for node in body for name in _names(node)) | functions, functions, asgi)


def _names(node: ast.stmt) -> Iterable[str]:
    """The names that a statement of the top level binds; those inside `if` and `try` too."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
    else:
        yield from (
            inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
        )


def _asgi_names(node: ast.stmt) -> Iterable[str]:
    """`async def app(...)`, and `app = FastAPI()`."""
    if isinstance(node, ast.AsyncFunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        called = node.value.func
        if (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) in _ASGI_FRAMEWORKS:
            yield from _names(node)
