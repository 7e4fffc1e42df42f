"""In a directory of mod_python.importer.path."""

WHO = "lib"


def handler(req):
    """Say so."""
    req.write(WHO)
    return 0
