"""A body whose second half waits until a client asks for it."""

import threading

_asked = threading.Event()


def halves():
    """The first half at once."""
    yield b"first"
    yield b" second" if _asked.wait(30) else b" nobody asked"


def release():
    """Let the second half come."""
    _asked.set()
