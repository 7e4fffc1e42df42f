"""Warm-up at the beginning, quiescence at the end; in real interpreters."""

from __future__ import annotations

import pytest

from isolated import run

QUIESCE = """
from mod_python import _ending
import time
prepare()
{before}
start = time.monotonic()
stuck = _ending.quiesce({deadline})
show(stuck, time.monotonic() - start < {limit})
show(*[thread.name for thread in threading.enumerate()[1:]])
"""


def quiesce(before: str, deadline: float = 5, limit: float = 4, interpreter: str = "own") -> list[str]:
    script = "import threading\n" + QUIESCE.format(before=before, deadline=deadline, limit=limit)
    return run(script, interpreter)


@pytest.mark.parametrize("interpreter", ["own", "main"])
def test_an_idle_interpreter_is_quiet_at_once(interpreter: str) -> None:
    assert quiesce("", interpreter=interpreter)[0] == "[] True"


def test_threads_that_end_are_waited_for() -> None:
    lines = quiesce("threading.Thread(target=lambda: (time.sleep(.2), show('done'))).start()")
    assert lines[:2] == ["done", "[] True"]


def test_executors_finish_their_queue() -> None:
    lines = quiesce(
        "import concurrent.futures\n"
        "pool = concurrent.futures.ThreadPoolExecutor(2)\n"
        "for _ in range(4): pool.submit(lambda: (time.sleep(.1), show('job')))"
    )
    assert lines[:5] == ["job"] * 4 + ["[] True"]


def test_a_thread_that_never_stops_is_named_after_the_deadline() -> None:
    lines = quiesce("threading.Thread(target=time.sleep, args=(60,), name='endless').start()", 0.5, 2)
    assert lines[0] == "['endless'] True"


def test_exit_functions_run_and_may_stop_threads() -> None:
    lines = quiesce(
        "import atexit\n"
        "stop = threading.Event()\n"
        "threading.Thread(target=stop.wait, args=(60,)).start()\n"
        "atexit.register(stop.set)\n"
        "atexit.register(show, 'exit')",
        deadline=1,
    )
    assert lines[:2] == ["exit", "[] True"]


def test_exit_functions_may_stop_daemons() -> None:
    lines = quiesce(
        "import atexit\n"
        "stop = threading.Event()\n"
        "threading.Thread(target=stop.wait, args=(60,), daemon=True).start()\n"
        "atexit.register(stop.set)",
        interpreter="main",
    )
    assert lines[0] == "[] True"


def test_a_failing_exit_function_is_logged() -> None:
    lines = quiesce("import atexit; atexit.register(lambda: 1 / 0); print('tail', end='')")
    assert "LOG 3 ZeroDivisionError: division by zero" in lines
    assert "LOG 6 tail" in lines
    assert "[] True" in lines


def test_asyncio_leaves_nothing_behind() -> None:
    lines = quiesce(
        "import asyncio\n"
        "async def go(): await asyncio.get_running_loop().run_in_executor(None, time.sleep, .1)\n"
        "asyncio.run(go())"
    )
    assert lines[0] == "[] True"


def test_warm_up_names_what_failed() -> None:
    script = """
        from mod_python import _warm_up
        import types
        show(_warm_up.warm_up(["json", "no_such_module"]))
        show("datetime" in sys.modules, "ssl" in sys.modules)
    """
    assert run(script, "main") == [
        """[('no_such_module', "ModuleNotFoundError: No module named 'no_such_module'")]""",
        "True True",
    ]
