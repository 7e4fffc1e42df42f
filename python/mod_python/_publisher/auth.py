"""Whether the client may: the rules that objects declare for themselves.

Runs on request threads, for the module and for each object on the way to the published one. The client's credentials
are looked at only where something asks for them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any, NamedTuple

from mod_python import apache
from mod_python._publisher.declared import declarations


class Client(NamedTuple):
    """Who asks, as far as an object wanted to know, and the realm that the last one named."""

    realm: str
    user: str | None
    password: str | None


def process_auth(
    req: Any, object: Any, realm: str = "unknown", user: str | None = None, passwd: str | None = None
) -> tuple[str, str | None, str | None]:
    """Hold a client against `__auth__` and `__access__` of an object; gives realm, user and password for the next one.

    Raises SERVER_RETURN: 401 for a client that is not who it must be, 403 for one that may not, 400 for an
    Authorization header that means nothing.
    """
    said = declarations(object)
    client = Client(str(said.get("__auth_realm__", realm)), user, passwd)
    if "__auth__" in said or "__access__" in said:
        if client.user is None:
            client = Client(client.realm, *_credentials(req))
        if "__auth__" in said and not _is_known(req, said["__auth__"], client):
            _demand(req, client.realm)
        if "__access__" in said and not _is_allowed(req, said["__access__"], client):
            raise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)
    return client.realm, client.user, client.password


def _is_known(req: Any, rule: Any, client: Client) -> bool:
    """`__auth__`: a function of request, user and password; passwords by user; or a constant."""
    if client.user is None:
        return False
    if callable(rule):
        return bool(rule(req, client.user, client.password))
    if isinstance(rule, Mapping):
        return client.user in rule and _is_same(rule[client.user], client.password or "")
    return bool(rule)


def _is_allowed(req: Any, rule: Any, client: Client) -> bool:
    """`__access__`: a function of request and user; users; or a constant."""
    if callable(rule):
        return bool(rule(req, client.user))
    if isinstance(rule, list | tuple | set | frozenset):
        return client.user in rule
    return bool(rule)


def _is_same(expected: object, given: str) -> bool:
    return compare_digest(str(expected).encode(), given.encode())


def _demand(req: Any, realm: str) -> None:
    quoted = realm.replace("\\", "\\\\").replace('"', '\\"')
    req.err_headers_out["WWW-Authenticate"] = f'Basic realm="{quoted}"'
    raise apache.SERVER_RETURN(apache.HTTP_UNAUTHORIZED)


def _credentials(req: Any) -> tuple[str | None, str | None]:
    """User and password of the Authorization header; nobody's without one, or with one of another scheme."""
    scheme, _, value = (req.headers_in.get("Authorization") or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        user, colon, password = _text(base64.b64decode(value.strip(), validate=True)).partition(":")
    except (binascii.Error, ValueError):
        raise apache.SERVER_RETURN(apache.HTTP_BAD_REQUEST) from None
    if not colon:
        raise apache.SERVER_RETURN(apache.HTTP_BAD_REQUEST)
    return user, password


def _text(data: bytes) -> str:
    """Browsers of today send UTF-8, those of old Latin-1 (RFC 7617)."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
