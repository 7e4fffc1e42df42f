"""Says where it runs, and keeps state in every place where an interpreter could leak into another."""

import json
import os
import sys
import threading

from mod_python import apache

try:
    import _interpreters
except ImportError:
    import _xxsubinterpreters as _interpreters

counter = 0


def identity():
    """CPython's number of the current interpreter; 0 is the main one."""
    current = _interpreters.get_current()
    return int(current[0] if isinstance(current, tuple) else current)


def handler(req):
    """Answer with the facts, and count."""
    global counter
    counter += 1
    os.environ["LEAK"] = os.environ.get("LEAK", "") + "x"
    sys.path.append(f"/leak/{counter}")
    facts = {
        "interpreter": apache.interpreter,
        "asked": req.interpreter,
        "replica": apache.replica,
        "identity": identity(),
        "counter": counter,
        "leak": os.environ["LEAK"],
        "path": sys.path,
        "pid": os.getpid(),
        "thread": threading.get_native_id(),
        "prefix": sys.prefix,
        "argv": sys.argv,
        "environ": dict(os.environ),
        "switch_interval": sys.getswitchinterval(),
        "modules": sorted(sys.modules),
    }
    req.content_type = "application/json"
    req.write(json.dumps(facts))
    return apache.OK
