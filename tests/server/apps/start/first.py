"""Imported at child start; tells the log."""

from mod_python import apache

ready = False
apache.log_error(f"import of first in {apache.interpreter}", apache.APLOG_NOTICE)


def prepare():
    """Called by PythonImport."""
    global ready
    ready = True
    apache.log_error(f"call of first in {apache.interpreter}", apache.APLOG_NOTICE)


def handler(req):
    """Tell whether that happened."""
    req.write(f"{ready}\n")
    return apache.OK
