"""A real httpd for a test class: its configuration, its processes, its error log, its clients.

    conf.py    the configuration a test class carries, and its text
    env.py     what is installed: httpd, its modules, the mod_python.so to test, the user children run as
    server.py  one httpd: start, graceful, stop, its processes
    crash.py   where a child died
    log.py     its error log: what must be there, and that nothing else is
    client.py  requests to it, from whole responses down to single bytes

`perf/` drives its servers with the same parts.
"""

from harness.conf import Block, Conf
from harness.env import MPMS, Installation
from harness.log import ErrorLog, Line
from harness.server import Server

__all__ = ["MPMS", "Block", "Conf", "ErrorLog", "Installation", "Line", "Server"]
