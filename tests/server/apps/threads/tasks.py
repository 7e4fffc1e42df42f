"""What applications do beside handling requests: threads, processes, event loops, signals."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from mod_python import apache

local = threading.local()


def thread(req):
    """A thread that answers."""
    found = []
    worker = threading.Thread(target=lambda: found.append(apache.interpreter), daemon=False)
    worker.start()
    worker.join()
    req.write(found[0])
    return apache.OK


def pool(req):
    """A pool."""
    with ThreadPoolExecutor(4) as executor:
        req.write(str(sum(executor.map(lambda number: number * number, range(100)))))
    return apache.OK


def process(req):
    """A program."""
    done = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True, check=True)
    req.write(done.stdout.strip())
    return apache.OK


def loop(req):
    """An event loop with a task, a program and an executor."""

    async def main():
        program = await asyncio.create_subprocess_exec("echo", "7", stdout=asyncio.subprocess.PIPE)
        out, _ = await program.communicate()
        inside = await asyncio.get_running_loop().run_in_executor(None, lambda: 6)
        return inside * int(out)

    req.write(str(asyncio.run(main())))
    return apache.OK


def thread_local(req):
    """What a thread keeps between requests."""
    local.count = getattr(local, "count", 0) + 1
    req.write(f"{threading.get_native_id()} {local.count}")
    return apache.OK


def refused(req):
    """What is refused, and in which words."""
    for action in (os.fork, os.forkpty, lambda: os.execv("/bin/true", ["true"]), set_signal, start_daemon, fork_worker):
        try:
            action()
        except Exception as error:
            req.write(f"{type(error).__name__}: {error}\n")
        else:
            req.write(f"{action} was not refused\n")
    return apache.OK


def set_signal():
    """Signals belong to httpd."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def start_daemon():
    """A thread that nobody waits for."""
    worker = threading.Thread(target=lambda: None, daemon=True)
    worker.start()
    worker.join()


def fork_worker():
    """A worker that would be forked."""
    worker = multiprocessing.get_context("fork").Process(target=print)
    worker.start()
    with contextlib.suppress(Exception):
        worker.join()


def daemon(req):
    """A daemon thread, where it is allowed."""
    start_daemon()
    req.write("started")
    return apache.OK
