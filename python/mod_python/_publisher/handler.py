"""`PythonHandler mod_python.publisher`.

Runs on request threads. It stands here so that tracebacks begin with the published code.
"""

from __future__ import annotations

from typing import Any

from mod_python import _current, apache
from mod_python._publisher.address import Address, locate
from mod_python._publisher.auth import process_auth
from mod_python._publisher.content import publish_object
from mod_python._publisher.pages import page_cache
from mod_python._publisher.walk import resolve_object

_METHODS = ["GET", "POST", "HEAD"]


def handler(req: Any) -> int:
    """Publish the object that the URL means."""
    req.allow_methods(_METHODS)
    if req.method not in _METHODS:
        raise apache.SERVER_RETURN(apache.HTTP_METHOD_NOT_ALLOWED)
    address = _address(req)
    req.filename = address.file
    module = page_cache[req]
    client = process_auth(req, module)
    found = resolve_object(req, module, address.path, *client)
    if not publish_object(req, found) and not req.bytes_sent and _current.is_on("PythonDebug", False):
        req.log_error("mod_python.publisher: nothing to publish.", apache.APLOG_NOTICE)
    return apache.OK


def _address(req: Any) -> Address:
    extensions = req.get_addhandler_exts().split()
    own = getattr(req, "extension", None)
    found = locate(req.filename or "", req.path_info or "", [*extensions, own] if own else extensions)
    if found is None:
        raise apache.SERVER_RETURN(apache.HTTP_NOT_FOUND)
    return found
