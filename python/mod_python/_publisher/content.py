"""From what a published object gives to what is sent.

Runs on request threads. Content type and charset are guessed only where the application has said nothing.
"""

from __future__ import annotations

import re
from typing import Any

from mod_python import apache, util
from mod_python._publisher.rules import may_publish

_END_OF_HTML = re.compile(r"</html>\s*\Z", re.IGNORECASE)
_LOOKED_AT = 100


def publish_object(req: Any, object: Any) -> bool:
    """Call the object with the fields of the form that it names, and send what it gives; whether it gave anything.

    What is given is published in turn. `None` is nothing, bytes are sent as they are, everything else as its `str`.
    Raises SERVER_RETURN (403) for what is not published.
    """
    if not may_publish(object):
        raise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)
    if callable(object):
        if not hasattr(req, "form"):
            req.form = util.FieldStorage(req, keep_blank_values=True)
        return publish_object(req, util.apply_fs_data(object, req.form, req=req))
    if object is None:
        return False
    content = bytes(object) if isinstance(object, bytes | bytearray) else str(object)
    if not req._content_type_set and not req.sent_bodyct:
        req.content_type = guessed_type(content)
    req.write(_encoded(req, content) if isinstance(content, str) else content, 0)
    return True


def guessed_type(content: str | bytes) -> str:
    """HTML if it ends as HTML does."""
    end = content[-_LOOKED_AT:]
    text = end if isinstance(end, str) else end.decode("latin-1")
    return "text/html" if _END_OF_HTML.search(text) else "text/plain"


def _encoded(req: Any, text: str) -> bytes:
    """In the charset that the content type names; text without one is UTF-8, and says so."""
    kind, options = util.parse_header(req.content_type or "")
    charset = options.get("charset")
    if charset is None:
        charset = "utf-8"
        if kind.startswith("text/") and not req.sent_bodyct:
            req.content_type = f"{req.content_type}; charset=UTF-8"
    return text.encode(charset, "surrogateescape")
