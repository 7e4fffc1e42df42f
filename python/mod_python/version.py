"""The version of mod_python: the package's and the module's are one and the same.

Imported in any interpreter and outside httpd; it must never import anything by itself. Outside httpd it also knows,
as in 3.5, what is installed: HTTPD, HTTPD_VERSION, APR_VERSION, LIBEXECDIR, SYSCONFDIR, PYTHON_BIN, when asked.
"""

version = "4.0.0-dev"


def __getattr__(name: str) -> str:
    """A fact about the installation. Raises NotInstalled when there is no httpd."""
    if name not in ("HTTPD", "HTTPD_VERSION", "APR_VERSION", "LIBEXECDIR", "SYSCONFDIR", "PYTHON_BIN"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mod_python import _installation

    return _installation.fact(name)
