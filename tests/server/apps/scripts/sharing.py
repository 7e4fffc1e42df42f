"""As on a system that gives no thread a working directory of its own."""

import os


def take():
    """Take it away."""
    del os.unshare
