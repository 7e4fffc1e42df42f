//! `_apache` in a real Python without a server: the module, its types, and all that needs no httpd.
//!
//! The assertions are Python's own, in `tests/objects/`; each script runs in interpreters with their own GIL and in
//! the main one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that meets an error has failed"
)]

extern crate apache2_stubs as _;

use std::thread;
use std::time::Duration;

use mod_python::interp::host::{Event, Host, Role, Start};
use mod_python::interp::{Gil, GroupSpec, Interp, Registry};
use mod_python::objects::module;
use mod_python::py::{Attached, Exception, Owned, PyResult};

fn boot(py: Attached<'_>, interp: &'static Interp, role: &Role<'_>) -> Result<(), String> {
    let run = || {
        py.import(c"threading")?;
        module::attach_interp(py, interp, role.name, (role.replica, 1))
    };
    run().map_err(|raised| Exception::take(py, raised).summary(py))
}

fn spec_of(name: &str) -> GroupSpec {
    let gil = if name == "main" { Gil::Main } else { Gil::Own };
    GroupSpec {
        gil,
        ..GroupSpec::default()
    }
}

fn start() -> &'static Registry {
    let host = Host {
        builtins: &[module::BUILTIN],
        warm_main: |py| drop(py.import(c"datetime")),
        boot,
        warm_up: |_, _| (),
        quiesce: |_, _| Vec::new(),
        report: |_: &Event<'_>| (),
    };
    let start = Start {
        settings: Default::default(),
        host,
        patience: Duration::from_millis(500),
        worn_after: 0,
    };
    Registry::start(start, spec_of).unwrap()
}

/// Run a script in the interpreter of a name; what it raises is the test's failure.
fn run(registry: &Registry, name: &str, script: &str) {
    let binding = registry.group(name).bind().unwrap();
    let inside = binding.enter().unwrap();
    let py = inside.py();
    exec(py, name, script).unwrap_or_else(|raised| panic!("{name}: {}", trace(py, raised)));
}

fn exec<'py>(py: Attached<'py>, name: &str, script: &str) -> PyResult<Owned<'py>> {
    let globals = py.dict()?;
    py.dict_set(globals.borrow(), py.str("NAME")?.borrow(), py.str(name)?.borrow())?;
    let exec = py.import(c"builtins")?.borrow().attr(py, c"exec")?;
    exec.borrow()
        .call(py, &[py.str(script)?.borrow(), globals.borrow()])
}

fn trace(py: Attached<'_>, raised: mod_python::py::Raised) -> String {
    let error = Exception::take(py, raised);
    let format = || {
        let traceback = py.import(c"traceback")?;
        let lines = traceback
            .borrow()
            .call_method(py, c"format_exception", &[error.value()])?;
        py.text(
            py.str("")?
                .borrow()
                .call_method(py, c"join", &[lines.borrow()])?
                .borrow(),
        )
    };
    format().unwrap_or_else(|_| error.summary(py))
}

#[test]
fn the_module_and_its_types() {
    let registry = start();
    let scripts = [
        include_str!("objects/module.py"),
        include_str!("objects/psp.py"),
        include_str!("objects/table.py"),
    ];
    thread::scope(|scope| {
        for name in ["one", "two", "main"] {
            scope.spawn(move || scripts.iter().for_each(|script| run(registry, name, script)));
        }
    });
    registry.stop(Duration::from_secs(5));
}
