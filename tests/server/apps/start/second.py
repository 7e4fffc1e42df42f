"""Imported at child start, after `first`."""

from mod_python import apache

apache.log_error(f"import of second in {apache.interpreter}", apache.APLOG_NOTICE)
