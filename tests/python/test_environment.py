"""What an application finds around it: environment variables, streams, refusals; in real interpreters."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from isolated import run

Run = Callable[..., list[str]]


@pytest.fixture(params=["own", "main"])
def inside(request: pytest.FixtureRequest) -> Run:
    """Run a script in an interpreter with its own GIL, and in the main one."""

    def inside(script: str, environ: dict[str, str] | None = None) -> list[str]:
        return run(script, request.param, {"PATH": "/usr/bin:/bin", **(environ or {})})

    return inside


def test_the_environment_is_a_snapshot_with_the_configured_variables(inside: Run) -> None:
    script = """
        import os
        prepare({"MODE": "test", "FROM": "configuration"})
        show(os.environ["KEPT"], os.environ["MODE"], os.environ["FROM"], os.getenv("FROM"), os.environb[b"FROM"])
    """
    lines = inside(script, {"KEPT": "kept", "FROM": "httpd"})
    assert lines == ["kept test configuration configuration b'configuration'"]


def test_no_write_reaches_the_c_environment(inside: Run) -> None:
    script = """
        import os, posix
        prepare({"CONFIGURED": "1"})
        os.environ["ADDED"] = "1"
        os.environb[b"BYTES"] = b"1"
        os.putenv("PUT", "1")
        os.unsetenv("KEPT")
        del os.environ["GONE"]
        show(sorted(os.environ.keys() - {"PATH", "PWD", "LC_CTYPE"}))
        posix.system("echo C: $CONFIGURED$ADDED$BYTES$PUT $KEPT $GONE")
    """
    lines = inside(script, {"KEPT": "kept", "GONE": "gone"})
    assert lines == ["['ADDED', 'BYTES', 'CONFIGURED', 'KEPT']", "C: kept gone"]


@pytest.mark.parametrize(
    "start",
    [
        "import subprocess; show(subprocess.check_output('echo $WORD', shell=True, text=True))",
        "import subprocess; show(subprocess.Popen(['/usr/bin/env'], stdout=-1, text=True).communicate()[0])",
        "import os; show(os.popen('echo $WORD').read())",
        "import os; show(os.system('test $WORD = mine'))",
        "import os, sys; r, w = os.pipe(); os.set_inheritable(w, True)\n"
        "os.waitpid(os.posix_spawn('/bin/sh', ['sh', '-c', f'echo $WORD >&{w}'], os.environ), 0); show(os.read(r, 99))",
        "import asyncio\n"
        "async def go():\n"
        "    child = await asyncio.create_subprocess_shell('echo $WORD', stdout=-1)\n"
        "    show((await child.communicate())[0])\n"
        "asyncio.run(go())",
    ],
)
def test_children_get_the_interpreters_environment(inside: Run, start: str) -> None:
    lines = inside(f"import os\nprepare({{'WORD': 'httpd'}})\nos.environ['WORD'] = 'mine'\n{start}")
    assert "mine" in "".join(lines) or lines == ["0"]
    assert "httpd" not in "".join(lines)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="None is allowed from 3.13 on")
def test_posix_spawn_without_environment(inside: Run) -> None:
    script = """
        import os
        prepare({"WORD": "mine"})
        child = os.posix_spawn("/bin/sh", ["sh", "-c", "test $WORD = mine"], None)
        show(os.waitpid(child, 0)[1])
    """
    assert inside(script) == ["0"]


def test_an_explicit_environment_is_left_alone(inside: Run) -> None:
    script = """
        import subprocess
        prepare({"WORD": "mine"})
        show(subprocess.check_output(["/usr/bin/env"], env={"ONLY": "this"}))
    """
    assert inside(script) == [r"b'ONLY=this\n'"]


def test_putenv_follows_the_rules_of_c(inside: Run) -> None:
    script = """
        import os
        prepare()
        for name, value in (("A=B", "1"), ("", "1"), ("A", "\\0"), (1, "1")):
            try:
                os.environ[name] = value
            except (ValueError, TypeError) as error:
                show(type(error).__name__, name in os.environ if name != 1 else False)
        show(os.system("exit 3"), os.waitstatus_to_exitcode(os.system("kill -9 $$")))
    """
    assert inside(script) == ["ValueError False"] * 3 + ["TypeError False", "768 -9"]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        ("os.fork()", "os.fork"),
        ("os.forkpty()", "os.forkpty"),
        ("os.spawnv(os.P_WAIT, '/bin/true', ['true'])", "os.fork"),
        ("os.execv('/bin/true', ['true'])", "os.execv"),
        ("os.execlp('true', 'true')", "os.execv"),
        ("multiprocessing.get_context('fork').Process(target=print).start()", "os.fork"),
    ],
)
def test_copies_of_the_child_are_refused(inside: Run, call: str, word: str) -> None:
    script = f"""
        import os, multiprocessing
        prepare()
        try:
            {call}
        except RuntimeError as error:
            show(error)
    """
    (text,) = inside(script)
    assert text.startswith(f"{word}() is refused inside httpd")
    assert "subprocess" in text


def test_standard_streams_are_lines_of_the_error_log(inside: Run) -> None:
    script = """
        import sys
        prepare()
        print("one\\r\\ntwo", "words")
        print("warn", "\\u00e9\\udc80", file=sys.stderr)
        print("be", end="")
        print("gin")
        sys.stdout.buffer.write(b"bytes\\n\\xff\\n")
        sys.stdout.writelines(["joined ", "lines\\n"])
        sys.stderr.write("unfinished")
        sys.stderr.flush()
        print("x" * 70000, end="")
        print()
        sys.__stderr__.close()
        print("still open", file=sys.__stderr__)
    """
    assert inside(script) == [
        "LOG 6 one",
        "LOG 6 two words",
        "LOG 3 warn é\\udc80",
        "LOG 6 begin",
        "LOG 6 bytes",
        "LOG 6 \\xff",
        "LOG 6 joined lines",
        "LOG 3 unfinished",
        f"LOG 6 {'x' * 70000}",
        "LOG 3 still open",
    ]


def test_a_line_belongs_to_its_thread(inside: Run) -> None:
    script = """
        import threading
        from mod_python import _stdio
        prepare()
        print("mine", end="")
        threading.Thread(target=print, args=("other",)).start()
        while not threading.active_count() == 1: pass
        show(len(_stdio.unfinished))
        _stdio.flush_thread()
        show(len(_stdio.unfinished))
    """
    assert inside(script) == ["LOG 6 other", "1", "LOG 6 mine", "0"]


def test_the_streams_are_no_files(inside: Run) -> None:
    script = """
        import io, sys, warnings, logging
        prepare()
        show(sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.writable(), sys.stdin.read() == "", sys.argv)
        try:
            sys.stderr.fileno()
        except io.UnsupportedOperation:
            show("no file")
        try:
            sys.stderr.write(b"bytes")
        except TypeError as error:
            show(error)
        sys.stdout.reconfigure(encoding="latin-1")
        warnings.warn_explicit("careful", UserWarning, "<somewhere>", 1)
        logging.error("from logging")
    """
    lines = inside(script)
    assert lines[:3] == [
        "False utf-8 True True ['mod_python']",
        "no file",
        "write() argument must be str, not bytes",
    ]
    assert [line.partition(":")[0] for line in lines[3:]] == ["LOG 3 <somewhere>", "LOG 3 ERROR"]


def test_an_exception_in_a_thread_is_logged(inside: Run) -> None:
    script = """
        import threading
        prepare()
        thread = threading.Thread(target=lambda: 1 / 0, name="worker")
        thread.start()
        thread.join()
    """
    lines = inside(script)
    assert lines[0] == "LOG 3 Exception in thread worker:"
    assert lines[-1] == "LOG 3 ZeroDivisionError: division by zero"


def test_path_and_switch_interval(inside: Run) -> None:
    script = """
        import json, sys
        prepare(python_path=["/usr", "/tmp"])
        prepare(python_path=["/usr"])
        show(json.dumps([sys.path[:2], sys.path.count("/usr"), sys.getswitchinterval()]))
    """
    assert json.loads(inside(script)[0]) == [["/usr", "/tmp"], 1, 0.001]


def test_a_directory_that_cannot_be_read_is_refused(inside: Run) -> None:
    script = """
        try:
            prepare(python_path=["/nowhere/at/all"])
        except PermissionError as error:
            show(error)
    """
    assert inside(script) == ["python-path directory /nowhere/at/all cannot be read by this user"]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="3.13 refuses such modules without harm")
def test_on_3_12_dangerous_modules_are_out_of_sight() -> None:
    script = """
        prepare()
        import datetime, decimal, zoneinfo, email.utils, http.client
        show(datetime.datetime.__module__, decimal.Decimal.__module__, decimal.__file__[-13:])
        try:
            import pyexpat
        except ImportError as error:
            show(error)
    """
    assert run(script)[-1] == "import of pyexpat halted; None in sys.modules"
