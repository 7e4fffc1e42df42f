//! What the in-process tests of interpreters share: a host that only counts, and Python code run by name.
//!
//! Each test file is a process of its own: Python starts once per process.

#![allow(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mod_python::interp::host::{Event, Host, Role, Start};
use mod_python::interp::{Binding, GroupSpec, Interp, Registry, Session};
use mod_python::py::init::Settings;
use mod_python::py::{Attached, Exception, PyResult};

extern crate apache2_stubs as _;

/// Every event reported so far, as text.
pub(crate) static EVENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn report(event: &Event<'_>) {
    EVENTS.lock().unwrap().push(format!("{event:?}"));
}

fn warm_main(py: Attached<'_>) {
    for module in [
        c"datetime",
        c"threading",
        c"decimal",
        c"ssl",
        c"hashlib",
        c"sqlite3",
        c"zoneinfo",
        c"asyncio",
    ] {
        if py.import(module).is_err() {
            py.clear_exception();
        }
    }
}

fn boot(py: Attached<'_>, interp: &'static Interp, role: &Role<'_>) -> Result<(), String> {
    if role.name.starts_with("broken") {
        return Err("broken on purpose".to_owned());
    }
    let block = if cfg!(Py_3_13) || interp.is_main() {
        ""
    } else {
        BLOCK_LIST
    };
    let code = format!(
        "{block}\nimport threading, sys\nNAME, REPLICA, COUNT = {:?}, {}, 0",
        role.name, role.replica
    );
    exec(py, &code)
}

/// 3.12 runs these before it refuses them, which corrupts memory.
const BLOCK_LIST: &str = "import sys
for m in ('_ctypes _curses _curses_panel _datetime _decimal _elementtree _lsprof _tkinter _zoneinfo faulthandler nis '
          'ossaudiodev pyexpat readline').split():
    sys.modules[m] = None";

fn warm_up(py: Attached<'_>, role: &Role<'_>) {
    for code in &role.spec.imports {
        exec(py, code).unwrap();
    }
}

fn quiesce(py: Attached<'_>, seconds: f64) -> Vec<String> {
    let code = format!(
        "import threading, time, atexit
until = time.monotonic() + {seconds}
mine = [t for t in threading.enumerate() if t is not threading.current_thread()
        and not isinstance(t, (threading._DummyThread, threading._MainThread))]
for t in mine: t.join(max(0, until - time.monotonic()))
atexit._run_exitfuncs()
STUCK = ' '.join(t.name for t in mine if t.is_alive())"
    );
    exec(py, &code).unwrap();
    let stuck = eval(py, "STUCK").unwrap();
    stuck.split_whitespace().map(str::to_owned).collect()
}

fn in_main_module<T>(
    py: Attached<'_>,
    f: impl FnOnce(&mod_python::py::Owned<'_>) -> PyResult<T>,
) -> Result<T, String> {
    let run = || f(&py.import(c"__main__")?.borrow().attr(py, c"__dict__")?);
    run().map_err(|raised| Exception::take(py, raised).summary(py))
}

/// Run statements in the interpreter's `__main__`.
pub(crate) fn exec(py: Attached<'_>, code: &str) -> Result<(), String> {
    in_main_module(py, |globals| {
        let exec = py.import(c"builtins")?.borrow().attr(py, c"exec")?;
        exec.borrow()
            .call(py, &[py.str(code)?.borrow(), globals.borrow()])
            .map(drop)
    })
}

/// Evaluate an expression in the interpreter's `__main__`, as `str()` shows it.
pub(crate) fn eval(py: Attached<'_>, code: &str) -> Result<String, String> {
    in_main_module(py, |globals| {
        let eval = py.import(c"builtins")?.borrow().attr(py, c"eval")?;
        let value = eval
            .borrow()
            .call(py, &[py.str(&format!("str({code})"))?.borrow(), globals.borrow()])?;
        py.text(value.borrow())
    })
}

/// Start Python in this process; each name's options come from `spec_of`.
pub(crate) fn start(spec_of: fn(&str) -> GroupSpec) -> &'static Registry {
    start_with(Settings::default(), spec_of)
}

/// The same with settings of one's own.
pub(crate) fn start_with(settings: Settings, spec_of: fn(&str) -> GroupSpec) -> &'static Registry {
    let host = Host {
        builtins: &[],
        warm_main,
        boot,
        warm_up,
        quiesce,
        report,
    };
    Registry::start(
        Start {
            settings,
            host,
            patience: Duration::from_millis(500),
            worn_after: 0,
        },
        spec_of,
    )
    .unwrap()
}

/// One request: bind, enter, run an expression.
pub(crate) fn request(registry: &Registry, name: &str, code: &str) -> String {
    let binding = registry.group(name).bind().unwrap();
    ask(&binding, code)
}

/// Evaluate at a replica that is bound already.
pub(crate) fn ask(binding: &Binding, code: &str) -> String {
    let inside = binding.enter().unwrap();
    eval(inside.py(), code).unwrap()
}

/// Run statements at a session.
pub(crate) fn run(session: &Session, code: &str) {
    exec(session.py(), code).unwrap();
}

/// Wait for a fact, half a minute at most, as a thread that visits now and then.
pub(crate) fn until(what: &str, fact: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !fact() {
        assert!(
            Instant::now() < end,
            "waited in vain for: {what}; events: {:#?}",
            EVENTS.lock().unwrap()
        );
        mod_python::interp::thread::visit();
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// How many events so far contain `text`.
pub(crate) fn events_with(text: &str) -> usize {
    EVENTS
        .lock()
        .unwrap()
        .iter()
        .filter(|event| event.contains(text))
        .count()
}
