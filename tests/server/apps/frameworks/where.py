"""What every application here tells of itself: which interpreter answers."""

try:
    import _interpreters
except ImportError:
    import _xxsubinterpreters as _interpreters


def where(environ):
    """The name, the replica, and CPython's number of the interpreter; 0 is the main one."""
    current = _interpreters.get_current()
    return {
        "interpreter": environ["mod_python.interpreter"],
        "replica": environ["mod_python.replica"],
        "identity": int(current[0] if isinstance(current, tuple) else current),
    }
