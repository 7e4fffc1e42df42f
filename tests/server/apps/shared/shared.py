"""Uses its request from threads of its own."""

import threading
import time

from mod_python import apache

left = []


def told(use):
    """What comes of a use of a request."""
    try:
        return str(use())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def joined(req):
    """A thread writes while the handler waits for it."""
    thread = threading.Thread(target=req.write, args=("from a thread\n",))
    thread.start()
    thread.join()
    req.write("from the handler\n")
    return apache.OK


def reading(req):
    """A thread waits for the body; the handler tells what it may do meanwhile."""
    body = []
    thread = threading.Thread(target=lambda: body.append(req.read()))
    thread.start()
    deadline = time.monotonic() + 10
    while "busy" not in (meanwhile := told(lambda: req.uri)) and time.monotonic() < deadline:
        time.sleep(0.001)
    apache.log_error("meanwhile told", apache.APLOG_NOTICE)
    thread.join()
    req.write(f"{meanwhile}\n{body[0].decode()}\n{req.uri}\n")
    return apache.OK


def left_reading(req):
    """The handler returns while its thread still reads."""
    inside = threading.Event()

    def read():
        inside.set()
        apache.log_error(f"read {len(req.read())} bytes", apache.APLOG_NOTICE)

    threading.Thread(target=read).start()
    inside.wait()
    time.sleep(0.1)
    return apache.OK


def leaves(req):
    """Leave a thread behind that uses the request when the next one tells it to."""
    go, answer = threading.Event(), []

    def use():
        go.wait()
        answer.append(told(lambda: req.write("x")))

    thread = threading.Thread(target=use)
    thread.start()
    left.append((go, thread, answer))
    req.write("left\n")
    return apache.OK


def tells(req):
    """What became of the thread left behind."""
    go, thread, answer = left.pop()
    go.set()
    thread.join()
    req.write(answer[0])
    return apache.OK


def everyone(req):
    """Many threads use the request at once, each in its own way."""
    uses = [
        lambda: req.headers_out.add("X-Many", "1"),
        lambda: req.headers_in.items(),
        lambda: req.write("x", 1),
        lambda: setattr(req, "filename", "/tmp/x"),
        lambda: req.notes.clear(),
    ]
    results = set()

    def use(number):
        for _ in range(200):
            results.add(told(uses[number % len(uses)]))

    threads = [threading.Thread(target=use, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refusals = sorted(text for text in results if "Error" in text)
    apache.log_error(f"refusals: {refusals}", apache.APLOG_NOTICE)
    return apache.OK
