"""CGI scripts without a process for each: `PythonHandler mod_python.cgihandler`.

The name is that of mod_python 3.5; the logic is in `_script`. docs/applications.md says what a script finds.
"""

from __future__ import annotations

from mod_python._script import handler

__all__ = ["handler"]
