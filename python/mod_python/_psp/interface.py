"""`psp` inside a page.

Used by the page's own code, on the thread that runs it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from mod_python._psp.escape import Raw

if TYPE_CHECKING:
    from mod_python._psp.page import PSP


class PSPInterface:
    """What a page can ask of its page."""

    def __init__(self, req: Any, page: PSP) -> None:
        self.req = req
        self._page = page

    def set_error_page(self, filename: str) -> None:
        """Let another page answer when this one raises: its global `exception` is what `sys.exc_info()` gives.

        A name with a slash in front lies below the document root, any other one beside this page. Raises
        SERVER_RETURN (404) when it is not there.
        """
        self._page.set_error_page(filename)

    def apply_data(self, object: Callable[..., Any]) -> Any:
        """Call something with the fields of the form, as the publisher does (`util.apply_fs_data`)."""
        from mod_python import util

        return util.apply_fs_data(object, self._page.form(), req=self.req)

    def redirect(self, location: str, permanent: object = 0) -> NoReturn:
        """Send the client elsewhere and end the page (`util.redirect`)."""
        from mod_python import util

        util.redirect(self.req, location, permanent)

    def raw(self, value: object) -> Raw:
        """A value that `<%= … %>` shall write as it is, where pages escape."""
        return Raw(value)
