"""Python Server Pages: `PythonHandler mod_python.psp`, and `psp.PSP` for handlers that use pages as templates.

Names are those of mod_python 3.5; every name of this file that has no underscore is a global of each page. Runs on
request threads. The language is described in docs/psp.md, the logic is in `_psp`.
"""

from __future__ import annotations

# A page may use these four without importing them.
import os as os
import sys as sys
import time as time
from html import escape as escape

from mod_python import Session as Session
from mod_python import apache as apache
from mod_python import util as util
from mod_python._native import _apache
from mod_python._psp.handler import handler as handler
from mod_python._psp.interface import PSPInterface as PSPInterface
from mod_python._psp.page import PSP as PSP

__all__ = ["PSP", "PSPInterface", "handler", "parse", "parsestring"]


def parse(filename: str, dir: str | None = None) -> str:
    """The code of a page's file; `dir`, with its slash, is put in front of the name, and includes are relative to it.

    Raises OSError when the file cannot be read, SyntaxError for a page that is none.
    """
    directory = os.path.dirname(filename) if dir is None else dir
    return _apache.psp_translate((dir or "") + filename, directory)[0]


def parsestring(string: str | bytes) -> str:
    """The code of a page's text; includes are relative to the working directory.

    Raises SyntaxError for a page that is none.
    """
    return _apache.psp_translate("<string>", "", string)[0]
