//! What this floor needs from above, passed in as functions.
//!
//! Set once per child before the manager starts.

use std::time::Duration;

use super::interpreter::Interp;
use super::spec::{Gil, GroupSpec};
use crate::py::Attached;
use crate::py::init::{Builtin, Settings};

/// What a new interpreter is made for.
#[derive(Debug, Clone, Copy)]
pub struct Role<'a> {
    /// The group's name.
    pub name: &'a str,
    /// The replica's number within its generation.
    pub replica: u32,
    /// What the name asks for.
    pub spec: &'a GroupSpec,
    /// Whether the interpreter serves another name already (several names share main).
    pub joins: bool,
}

/// Functions of higher floors.
#[derive(Debug, Clone, Copy)]
pub struct Host {
    /// Built-in modules known to every interpreter.
    pub builtins: &'static [Builtin],
    /// Warm up the main interpreter, before any other one is made. Failures are the function's to report.
    pub warm_main: fn(Attached<'_>),
    /// Set up a new interpreter before any application code: on the manager thread, attached to it.
    pub boot: for<'py> fn(Attached<'py>, &'static Interp, &Role<'_>) -> Result<(), String>,
    /// Run a group's imports: attached, on a thread of its own. Failures are the function's to report.
    pub warm_up: fn(Attached<'_>, &Role<'_>),
    /// Stop the interpreter's own threads and run its exit functions within `seconds`; names of what did not stop.
    pub quiesce: fn(Attached<'_>, f64) -> Vec<String>,
    /// Something happened that belongs in the log.
    pub report: fn(&Event<'_>),
}

/// What happens to interpreters, for the log.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// Python runs in this child.
    Started {
        /// Version of the libpython, as `3.13.0`.
        version: String,
    },
    /// A group has a generation that serves.
    Ready {
        /// The group.
        name: &'a str,
        /// Its generation, from 1.
        generation: u64,
        /// Its replicas.
        replicas: usize,
        /// The kind in effect.
        gil: Gil,
    },
    /// A group could not be built.
    Failed {
        /// The group.
        name: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// A replica of a former generation ended.
    Ended {
        /// The group.
        name: &'a str,
        /// Its generation.
        generation: u64,
    },
    /// A replica of a former generation is left alone for good: something in it would not stop.
    Abandoned {
        /// The group.
        name: &'a str,
        /// Its generation.
        generation: u64,
        /// What did not stop.
        threads: &'a [String],
    },
    /// This Python loses memory with each ended interpreter, and enough have ended: the child should be replaced.
    Worn {
        /// How many have ended in this child.
        ended: u64,
    },
    /// The threads of httpd have a C stack on which deep recursion in this Python can end the child.
    SmallStack {
        /// What they have.
        bytes: usize,
        /// What this Python needs.
        needed: usize,
    },
}

/// How the manager starts.
#[derive(Debug, Clone)]
pub struct Start {
    /// Process-wide settings of Python.
    pub settings: Settings,
    /// Functions of higher floors.
    pub host: Host,
    /// How long an application's threads may take to stop before their interpreter is abandoned.
    pub patience: Duration,
    /// Ended interpreters after which [`Event::Worn`] is reported (0 = never).
    pub worn_after: u64,
}
