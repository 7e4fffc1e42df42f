"""`mod_python doctor` on extension modules made for it: one for each way to behave under a GIL of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from mod_python._command import main

# Multi-phase initialisation with a word on interpreters, and the old single-phase one, which says nothing.
SOURCE = """
#include <Python.h>
#include <stdlib.h>
static int uses;
static int run(PyObject *m) { %(body)s return 0; }
static PyModuleDef_Slot slots[] = {{Py_mod_exec, run}, {Py_mod_multiple_interpreters, %(slot)s}, {0, NULL}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = "%(name)s", .m_slots = slots};
PyMODINIT_FUNC PyInit_%(name)s(void) { return PyModuleDef_Init(&def); }
"""
OWN, REFUSED = "Py_MOD_PER_INTERPRETER_GIL_SUPPORTED", "Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED"
ONCE = 'if (uses++) { PyErr_SetString(PyExc_ImportError, "cannot load module more than once per process"); return -1; }'
MODULES = {
    "good": (OWN, ""),
    "stubborn": (REFUSED, ""),
    "faster": (REFUSED, ""),
    "late": (REFUSED, ""),
    "once": (OWN, ONCE),
    "deadly": (OWN, "if (PyInterpreterState_GetID(PyInterpreterState_Get()) != 0) abort();"),
}


@pytest.fixture(scope="module")
def extensions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with these modules, compiled."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("extensions")
    include = sysconfig.get_path("include")
    for name, (slot, body) in MODULES.items():
        source = folder / f"{name}.c"
        source.write_text(SOURCE % {"name": name, "slot": slot, "body": body})
        target = folder / f"{name}{sysconfig.get_config_var('EXT_SUFFIX')}"
        subprocess.run([compiler, "-shared", "-fPIC", "-I", include, source, "-o", target], check=True)
    return folder


class Doctor:
    """Runs the command on a module with this source."""

    def __init__(self, folder: Path, extensions: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.extensions, self.capsys = folder, extensions, capsys
        self.errors = ""

    def __call__(self, source: str, *options: str) -> tuple[int, str]:
        """The exit status and what was printed."""
        app = self.folder / "shop.py"
        app.write_text(source)
        status = main.main(["doctor", str(app), "--type", "publisher", f"--python-path={self.extensions}", *options])
        printed, self.errors = self.capsys.readouterr()
        return status, printed

    def verdicts(self, source: str) -> tuple[int, dict[str, str]]:
        """The exit status and the verdict on each module."""
        status, printed = self(source, "--json")
        return status, {module["name"]: module["verdict"] for module in json.loads(printed)["modules"]}


@pytest.fixture
def doctor(tmp_path: Path, extensions: Path, capsys: pytest.CaptureFixture[str]) -> Doctor:
    return Doctor(tmp_path, extensions, capsys)


def test_advice_around_a_refusal_is_left_out_of_the_table(doctor: Doctor) -> None:
    source = "try:\n    import stubborn\nexcept ImportError as e:\n    raise ImportError(f'Advice!\\n\\nIt was: {e}')"
    status, text = doctor(source)
    assert status == 1 and "Advice" not in text
    assert "(Python" in text and "It was: module stubborn does not support loading in subinterpreters\n" in text


def test_all_is_well(doctor: Doctor) -> None:
    assert doctor.verdicts("import good") == (0, {"good": "works"})
    status, text = doctor("import good")
    assert (status, text.splitlines()[0].split()) == (0, ["good", "works"])
    assert "runs under a GIL of its own" in text


def test_pure_python_has_nothing_to_tell(doctor: Doctor) -> None:
    status, text = doctor("import json, decimal, string")
    assert status == 0 and "runs under a GIL of its own" in text


def test_a_refusal_names_the_directive(doctor: Doctor) -> None:
    status, text = doctor("import good, stubborn", "--name", "shop")
    assert status == 1
    assert "stubborn  refuses    ImportError: module stubborn does not support loading in subinterpreters" in text
    assert "PythonInterpreterOptions shop gil=main" in text


def test_a_module_that_its_importer_does_without(doctor: Doctor) -> None:
    status, printed = doctor("try:\n    import faster\nexcept ImportError:\n    pass", "--json")
    report = json.loads(printed)
    assert status == 0 and report["own_gil"] and report["directive"] is None
    assert [(module["name"], module["verdict"]) for module in report["modules"]] == [("faster", "fell back")]
    assert "Slower than under gil=main: faster" in doctor("try:\n    import faster\nexcept ImportError:\n    pass")[1]


def test_what_comes_after_the_first_refusal_is_judged_too(doctor: Doctor) -> None:
    status, verdicts = doctor.verdicts("import stubborn, late, good")
    assert (status, verdicts) == (1, {"stubborn": "refuses", "late": "refuses", "good": "works"})


def test_a_module_for_one_interpreter_only(doctor: Doctor) -> None:
    assert doctor.verdicts("import once") == (1, {"once": "refuses"})


def test_a_module_that_crashes(doctor: Doctor) -> None:
    status, printed = doctor("import good, deadly", "--json")
    report = json.loads(printed)
    assert status == 1 and report["error"] == "the process died by signal 6"
    verdicts = {module["name"]: (module["verdict"], module["reason"]) for module in report["modules"]}
    assert verdicts == {"good": ("works", ""), "deadly": ("refuses", "the process died by signal 6")}


def test_an_application_that_nobody_can_import(doctor: Doctor) -> None:
    assert doctor("x = 1\nraise ValueError('broken')")[0] == 2
    assert "ValueError: broken" in doctor.errors and "shop.py, line 2" in doctor.errors


def test_an_application_that_exits_or_prints(doctor: Doctor) -> None:
    assert doctor("import sys\nsys.exit(3)")[0] == 2
    status, printed = doctor("print('hello')", "--json")
    assert status == 0 and json.loads(printed)["own_gil"]


def test_an_application_that_takes_too_long(doctor: Doctor) -> None:
    assert doctor("import time\ntime.sleep(60)", "--timeout", "1")[0] == 2
    assert "took longer than 1 seconds" in doctor.errors
