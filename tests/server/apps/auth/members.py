"""Who may enter: for httpd's own authentication and authorization."""

import hashlib

from mod_python import apache

PASSWORDS = {"ana": "secret", "bob": "hidden"}


def handler(req):
    """Greet."""
    req.write(f"{req.user} by {req.ap_auth_type}")
    return apache.OK


def authbasicprovider(req):
    """Three answers."""
    if req.user not in PASSWORDS:
        return apache.DECLINED
    assert req.phase == "PythonAuthBasicProvider"
    return apache.OK if req.get_basic_auth_pw() == PASSWORDS[req.user] else apache.HTTP_UNAUTHORIZED


def authdigestprovider(req):
    """The hash of a known user."""
    if req.user not in PASSWORDS:
        return apache.DECLINED
    text = f"{req.user}:{req.auth_name()}:{PASSWORDS[req.user]}"
    req.notes["mod_python.digest_hash"] = hashlib.md5(text.encode()).hexdigest()
    return apache.OK


def authzhandler(req):
    """Whoever is known; nobody else decides."""
    if req.user is None:
        return apache.HTTP_UNAUTHORIZED
    return apache.OK if req.user == "ana" else apache.HTTP_FORBIDDEN


def fails(req):
    """An error in a provider."""
    raise LookupError("no list of members")
