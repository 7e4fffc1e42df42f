//! What the benches share: Python started in this process, with a host that does next to nothing.
//!
//! A bench file is a process of its own, as Python starts once per process.

#![allow(clippy::expect_used, reason = "a bench that cannot start has nothing to say")]

use std::time::Duration;

use mod_python::interp::host::{Event, Host, Role, Start};
use mod_python::interp::{GroupSpec, Interp, Registry};
use mod_python::objects::module;
use mod_python::py::{Attached, Exception};

extern crate apache2_stubs as _;

fn nothing(_: Attached<'_>) {}

fn boot(py: Attached<'_>, interp: &'static Interp, role: &Role<'_>) -> Result<(), String> {
    module::attach_interp(py, interp, role.name, (role.replica, 1))
        .map_err(|raised| Exception::take(py, raised).summary(py))
}

fn warm_up(_: Attached<'_>, _: &Role<'_>) {}

fn quiesce(_: Attached<'_>, _: f64) -> Vec<String> {
    Vec::new()
}

fn report(_: &Event<'_>) {}

/// Start Python; every name is an interpreter with its own GIL.
pub(crate) fn start() -> &'static Registry {
    let host = Host {
        builtins: &[module::BUILTIN],
        warm_main: nothing,
        boot,
        warm_up,
        quiesce,
        report,
    };
    let start = Start {
        settings: mod_python::py::init::Settings::default(),
        host,
        patience: Duration::from_secs(1),
        worn_after: 0,
    };
    Registry::start(start, |_| GroupSpec::default()).expect("Python starts once in a bench")
}
