"""`PSP`: one page and one request.

Runs on request threads. A page is compiled when its object is made, so what is wrong with it is known before anything
is written.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from mod_python import _current, apache
from mod_python._native import _apache
from mod_python._psp import listing, store, trace
from mod_python._psp.code import Compiled
from mod_python._psp.escape import escape_value
from mod_python._psp.interface import PSPInterface
from mod_python._psp.options import options_of


class PSP:
    """A page of a file or of a string, ready to be run for a request.

    Without `filename` and `string` it is the file that the request asks for; a relative `filename` lies beside that.
    `vars` are further globals of the page. Raises ValueError when both are given, SERVER_RETURN (404, 403) for a file
    that is not there or cannot be read, SyntaxError for a page that is none.
    """

    def __init__(
        self,
        req: Any,
        filename: str | None = None,
        string: str | bytes | None = None,
        vars: Mapping[str, Any] | None = None,
    ) -> None:
        if filename is not None and string is not None:
            raise ValueError("a page has a filename or a string, not both")
        self.req = req
        self.vars = dict(vars or {})
        self.filename = None if string is not None else self._path(filename)
        self.string = string.decode("utf-8") if isinstance(string, bytes) else string
        self.error_page: PSP | None = None
        self._options = options_of(req)
        self._compiled = self._compile()

    def run(self, vars: Mapping[str, Any] | None = None, flush: object = 0) -> None:
        """Run the page; `vars` are globals for this run, `flush` sends the output at its end.

        A page that raises is answered by its error page, if it has set one.
        """
        with _session(self.req, self._compiled) as session:
            names = self._globals(session, vars or {})
            try:
                exec(self._compiled.code, names)
            except apache.SERVER_RETURN:
                raise
            except BaseException as error:
                trace.relocate(error, self._compiled, self.string)
                if self.error_page is None or not isinstance(error, Exception):
                    raise
                self.error_page.run({"exception": sys.exc_info()}, flush)
        if flush:
            self.req.flush()

    def display_code(self) -> None:
        """Write the page and its code as an HTML table."""
        directory = os.path.dirname(self.filename or self.req.filename or "")
        source = self.string
        if self.filename is not None:
            with open(self.filename, encoding="utf-8") as file:
                source = file.read()
        code, _, _ = _apache.psp_translate(self.filename or "", directory, source, *self._options)
        self.req.write(listing.table(code, source or ""), 0)

    def set_error_page(self, filename: str) -> None:
        """What `psp.set_error_page` does."""
        below_root = filename.startswith("/")
        base = self.req.document_root() if below_root else os.path.dirname(self.filename or self.req.filename or "")
        self.error_page = PSP(self.req, os.path.join(base, filename.lstrip("/") if below_root else filename))

    def form(self) -> Any:
        """The form of the request: the one that it has already, or a new one that stays with it."""
        from mod_python import util

        if not hasattr(self.req, "form"):
            self.req.form = util.FieldStorage(self.req, keep_blank_values=True)
        return self.req.form

    def __str__(self) -> str:
        """Run the page, as HTML unless something else was said: so a published function can return its page."""
        if not self.req._content_type_set:
            self.req.content_type = "text/html; charset=utf-8"
        self.run()
        return ""

    def _path(self, filename: str | None) -> str:
        wanted = self.req.filename if filename is None else filename
        if not wanted:
            raise apache.SERVER_RETURN(apache.HTTP_NOT_FOUND)
        return os.path.normpath(os.path.join(os.path.dirname(self.req.filename or ""), wanted))

    def _compile(self) -> Compiled:
        watched = _current.is_on("PythonAutoReload", True)
        if self.string is not None:
            directory = os.path.dirname(self.req.filename or "")
            return store.of_string(self.string, directory, self._options, watched=watched)
        try:
            return store.of_file(str(self.filename), self._options, watched=watched)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise apache.SERVER_RETURN(apache.HTTP_NOT_FOUND) from None
        except PermissionError:
            raise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN) from None

    def _globals(self, session: Any, vars: Mapping[str, Any]) -> dict[str, Any]:
        names = _common_names() | {
            "__name__": "__psp__",
            "__file__": self.filename or self.req.filename,
            "__mp_path__": [],
            "__escape__": escape_value,
            "req": self.req,
            "psp": PSPInterface(self.req, self),
            "session": session,
            "form": self.form() if "form" in self._compiled.names else getattr(self.req, "form", None),
        }
        return names | self.vars | dict(vars)


@functools.cache
def _common_names() -> dict[str, Any]:
    """What every page sees: the names of `mod_python.psp`."""
    from mod_python import psp

    return {name: value for name, value in vars(psp).items() if not name.startswith("_")}


@contextmanager
def _session(req: Any, page: Compiled) -> Iterator[Any]:
    """The session of a page that mentions one, saved when the page ends in order.

    A session that was made for the page is unlocked behind it, and is no longer the request's.
    """
    present = getattr(req, "session", None)
    if present is not None or "session" not in page.names:
        with _saved(present):
            yield present
        return
    from mod_python import Session

    made = req.session = Session.Session(req)
    try:
        with _saved(made):
            yield made
    finally:
        made.unlock()
        with suppress(AttributeError):  # the page may have done so
            del req.session


@contextmanager
def _saved(session: Any) -> Iterator[None]:
    """Save a session, if there is one, also when the page ended by SERVER_RETURN: a redirect is no failure."""
    try:
        yield
    except apache.SERVER_RETURN:
        if session is not None:
            session.save()
        raise
    if session is not None:
        session.save()
