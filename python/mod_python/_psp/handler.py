"""`PythonHandler mod_python.psp`.

Runs on request threads. It stands here so that tracebacks begin with the page.
"""

from __future__ import annotations

from typing import Any

from mod_python import _current, apache
from mod_python._psp.page import PSP


def handler(req: Any) -> int:
    """Answer with the page that the request asks for.

    With `PythonDebug On`, a name that ends in an underscore (`page.psp_`) shows the page beside its code.
    """
    req.content_type = "text/html; charset=utf-8"
    if _current.is_on("PythonDebug", False) and (req.filename or "").endswith("_"):
        PSP(req, req.filename[:-1]).display_code()
    else:
        PSP(req).run()
    return apache.OK
