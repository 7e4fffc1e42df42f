"""Says what the interpreter's surroundings are."""

import json
import os
import subprocess
import sys

from mod_python import apache


def handler(req):
    """Answer with the facts."""
    try:
        import colour
    except ImportError:
        name = None
    else:
        name = colour.name
    facts = {
        "colour": name,
        "prefix": sys.prefix,
        "environ": dict(os.environ),
        "in a program": subprocess.run(["env"], capture_output=True, text=True, check=True).stdout.splitlines(),
        "path": sys.path,
        "switch_interval": sys.getswitchinterval(),
    }
    req.write(json.dumps(facts))
    return apache.OK


def writes(req):
    """Change the environment in every way there is."""
    os.environ["WRITTEN"] = "here"
    os.putenv("PUT", "here")
    del os.environ["A"]
    return handler(req)


def cdll(req):
    """What the C library sees."""
    import ctypes

    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_char_p
    req.write(json.dumps([name for name in ("WRITTEN", "PUT", "A") if libc.getenv(name.encode())]))
    return apache.OK
