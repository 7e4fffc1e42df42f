"""From a published module to the object that a URL means.

Runs on request threads. Each object on the way says whether the client may go on (`auth`).
"""

from __future__ import annotations

from typing import Any

from mod_python import apache
from mod_python._log import PUBLISHER_REFUSED, WARNING, log
from mod_python._publisher.auth import process_auth
from mod_python._publisher.rules import may_publish, may_walk


def resolve_object(
    req: Any, obj: Any, object_str: str, realm: str = "unknown", user: str | None = None, passwd: str | None = None
) -> Any:
    """The object that a dotted path leads to from a module; `realm`, `user` and `passwd` are what is known already.

    Raises SERVER_RETURN: 404 for what is not there, 403 for what is not published, and what `process_auth` raises.
    """
    for position, name in enumerate(object_str.split(".")):
        if name.startswith("_"):
            log(req, WARNING, PUBLISHER_REFUSED, f"{object_str!r} is not published: a name begins with an underscore")
            raise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)
        if position > 0 and not may_walk(obj):
            raise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)
        try:
            obj = getattr(obj, name)
        except AttributeError:
            raise apache.SERVER_RETURN(apache.HTTP_NOT_FOUND) from None
        realm, user, passwd = process_auth(req, obj, realm, user, passwd)
    if not may_publish(obj):
        raise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)
    return obj
