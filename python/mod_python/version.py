"""The version of mod_python: the package's and the module's are one and the same.

Imported in any interpreter and outside httpd; it must never import anything.
"""

version = "4.0.0-dev"
