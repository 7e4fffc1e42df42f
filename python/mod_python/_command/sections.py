"""The configuration of an application, for a server of its own or an existing one: a function for each kind.

Pure. What an application needs beside its lines is the same for all: a name of interpreters with its directory on
`sys.path`.
"""

from __future__ import annotations

from collections.abc import Callable

from mod_python._command.application import Application
from mod_python._conf_parts import quoted
from mod_python.httpdconf import (
    AddHandler,
    AllowOverride,
    Container,
    Directive,
    Directory,
    DirectoryIndex,
    DocumentRoot,
    Files,
    FilesMatch,
    Location,
    LocationMatch,
    PythonHandler,
    PythonInterpreter,
    PythonWSGIAlias,
    Require,
    SetHandler,
)

# What httpd needs for a kind beyond what every server has.
MODULES = {"psp": ("mime", "dir")}

# Files beside pages that are nobody's business: sources, caches, what begins with a dot.
_PRIVATE = r'"^\.|\.(?:py|pyc|pyo|psp_|ini|cfg|toml|dbm|sqlite3?)$|~$"'


def of(application: Application, name: str) -> Container:
    """The lines that serve an application in the interpreters called `name`."""
    return _SECTIONS[application.kind](application, name)


def _handler(application: Application, name: str) -> Container:
    return Container(Location("/", *_handled(application.word, name)))


def _handlers(application: Application, name: str) -> Container:
    """Each module at its name, with what follows it in `path_info`; `index` at the root alone."""
    places = Container(*(Location(f"/{module}", *_handled(module, name)) for module in application.modules))
    if "index" in application.modules:
        places.append(LocationMatch('"^/$"', *_handled("index", name)))
    return places


def _publisher(application: Application, name: str) -> Container:
    """A whole directory, or one module of it and nothing of its neighbours."""
    if application.word:
        published = Container(
            Require("all denied"),
            Files(application.word, Require("all granted"), *_handled("mod_python.publisher", name)),
        )
    else:
        published = Container(Require("all granted"), *_handled("mod_python.publisher", name))
    return _tree(application, published)


def _psp(application: Application, name: str) -> Container:
    """Pages are executed; files beside them are sent, but for those that are private."""
    return _tree(
        application,
        Container(
            Require("all granted"),
            AddHandler("mod_python .psp"),
            DirectoryIndex("index.psp index.html"),
            PythonHandler("mod_python.psp | .psp"),
            PythonInterpreter(name),
            FilesMatch(_PRIVATE, Require("all denied")),
        ),
    )


def _wsgi(application: Application, name: str) -> Container:
    return Container(PythonWSGIAlias(f"/ {quoted(application.word)} interpreter={name}"))


def _tree(application: Application, inside: Container) -> Container:
    root = quoted(application.home)
    return Container(DocumentRoot(root), Directory(root, AllowOverride("None"), inside))


def _handled(handler: str, name: str) -> tuple[Directive, ...]:
    return SetHandler("mod_python"), PythonHandler(handler), PythonInterpreter(name)


_SECTIONS: dict[str, Callable[[Application, str], Container]] = {
    "handler": _handler,
    "handlers": _handlers,
    "publisher": _publisher,
    "psp": _psp,
    "wsgi": _wsgi,
}
