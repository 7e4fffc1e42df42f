"""Handlers that read forms; the answer tells what they found."""

import hashlib
import json

from mod_python import apache, util


def tell(req, value):
    """Answer with a value as JSON."""
    req.content_type = "application/json"
    req.write(json.dumps(value))
    return apache.OK


def digest(file):
    """The SHA-256 of a file, read in pieces."""
    sha = hashlib.sha256()
    for piece in iter(lambda: file.read(1 << 20), b""):
        sha.update(piece)
    return sha.hexdigest()


def fields(req):
    """Every field: name, value or digest, file name, type."""
    req.form = util.FieldStorage(req, 1)
    return tell(req, [shown(field) for field in req.form.list])


def shown(field):
    """A field as JSON."""
    if isinstance(field, util.Field):
        return [field.name, digest(field.file), field.filename, field.type]
    return [field.name, field.value, field.filename, field.type]


def latin(req):
    """The fields of a page in Latin-1."""
    return tell(req, [shown(field) for field in util.FieldStorage(req, encoding="latin-1").list])


class Counter:
    """A file that keeps nothing but what it was."""

    def __init__(self, filename):
        self.filename, self.size, self.sha = filename, 0, hashlib.sha256()

    def write(self, data):
        """Count."""
        self.size += len(data)
        self.sha.update(data)

    def seek(self, place):
        """Stay."""


def counted(req):
    """Files go where the handler says."""
    form = util.FieldStorage(req, file_callback=Counter)
    return tell(req, [[field.file.filename, field.file.size, field.file.sha.hexdigest()] for field in form.list])


def caught(req):
    """A handler may answer for itself."""
    try:
        util.FieldStorage(req)
    except util.FormError as error:
        return tell(req, [error.status, error.reason])
    return tell(req, None)


def applied(req):
    """A function called with the form."""
    return util.apply_fs_data(greet, util.FieldStorage(req), req=req)


def greet(req, name, many=()):
    """Only these two of the form arrive here."""
    return tell(req, [name, many])


def moved(req):
    """Elsewhere."""
    util.redirect(req, "/fields?a=1", req.args == "permanent")
