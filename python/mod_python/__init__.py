"""mod_python 4: Python inside the Apache HTTP Server.

This file runs in every interpreter before the interpreter's environment is set up, and outside httpd too. It must
never import anything but `version`: what else is imported here would run before the block list of `_environment`.

What an application imports is public (`apache` and the modules beside it); what starts with an underscore belongs to
the module. The module (`mod_python.so`) calls these entry points and no others:

=========================  ============================================================================
`_environment.prepare`     once per interpreter, first of all, on the manager thread
`_warm_up.warm_up`         once per child, in the main interpreter, before the first subinterpreter
`_dispatch.resolve`        per request thread, when a handler is not cached yet or is stale; for a WSGI application
                           of `PythonWSGIAlias` it is `_dispatch.resolve_application`
`_dispatch.stale`          per cached handler, when PythonAutoReload is on
`_dispatch.run_import`     for `PythonImport`, on a thread of its own
`_report.format_report`    for every exception that leaves application code
`_report.result_error`     when a handler returns no integer
`_stdio.flush_thread`      at the end of a request, if `_stdio.unfinished` is not empty
`_wsgi.base_uri`           by `req.build_wsgi_env` and `req.serve_wsgi`
`_wsgi.file_of`            when an application returns `wsgi.file_wrapper`
`_wsgi.raise_again`        when `start_response` comes too late with `exc_info`
`_refusal.classify`        when an import failed, to find out whether the interpreter's kind is the cause
`_ending.quiesce`          once per interpreter, last of all, on a thread of its own
=========================  ============================================================================
"""

from __future__ import annotations

from mod_python.version import version as mp_version

__all__ = ["mp_version"]
