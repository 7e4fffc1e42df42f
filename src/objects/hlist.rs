//! `mp_hlist`: the handlers of a phase, from the one that runs on.
//!
//! A copy: walking it with `next()` changes nothing of what will run.

use std::cell::Cell;
use std::ffi::CStr;

use pyo3_ffi::{PyGetSetDef, PyMethodDef, PyType_Slot};

use super::module::{State, state};
use super::request_state::Shown;
use super::row::{ToPython, repr_of};
use crate::config::HandlerEntry;
use crate::py::heap_type::{GETSET_END, METHOD_END};
use crate::py::{Attached, Native, Owned, PyResult, This};
use crate::{getter, noargs, slot};

/// The value of an `mp_hlist`.
#[derive(Debug)]
pub(super) struct HlistObject {
    handlers: Vec<Shown>,
    position: Cell<usize>,
}

type Hlist<'a, 'py> = This<'a, 'py, HlistObject>;

impl HlistObject {
    pub(super) fn new(handlers: Vec<Shown>) -> Self {
        HlistObject {
            handlers,
            position: Cell::new(0),
        }
    }

    /// The handler at the position; `None` behind the last one.
    fn current(&self) -> Option<&Shown> {
        self.handlers.get(self.position.get())
    }

    fn entry(&self) -> Option<HandlerEntry> {
        self.current().map(|shown| shown.entry)
    }
}

impl Native for HlistObject {
    const NAME: &'static CStr = c"builtins.mp_hlist";
    const DOC: &'static CStr = c"The handlers of a phase.";
    const METHODS: &'static [PyMethodDef] = &[
        noargs!(HlistObject, c"next", advance, c"Go on to the next handler."),
        METHOD_END,
    ];
    const GETSET: &'static [PyGetSetDef] = GETSET;

    fn slots() -> Vec<PyType_Slot> {
        vec![slot!(repr, HlistObject, repr)]
    }
}

/// An attribute of the current entry: `entry!(c"name", accessor, c"doc")`.
macro_rules! entry {
    ($name:literal, $get:path, $doc:literal) => {{
        fn shown<'py>(py: Attached<'py>, this: Hlist<'_, 'py>) -> PyResult<Owned<'py>> {
            this.entry().map($get).to_python(py)
        }
        getter!(HlistObject, $name, shown, $doc)
    }};
}

const GETSET: &[PyGetSetDef] = &[
    getter!(
        HlistObject,
        c"handler",
        handler,
        c"The handler as it is configured; what to call if it was registered so."
    ),
    entry!(
        c"directory",
        HandlerEntry::directory,
        c"The directory it belongs to."
    ),
    entry!(
        c"is_location",
        HandlerEntry::is_location,
        c"1 if that is the path of a <Location>."
    ),
    entry!(c"location", location, c"The path of the <Location>, or None."),
    entry!(
        c"silent",
        HandlerEntry::is_silent,
        c"1 if its absence is no error."
    ),
    getter!(
        HlistObject,
        c"parent",
        parent,
        c"The handler that registered this one, as an mp_hlist; or None."
    ),
    GETSET_END,
];

fn handler<'py>(py: Attached<'py>, this: Hlist<'_, 'py>) -> PyResult<Owned<'py>> {
    this.current()
        .map_or_else(|| Ok(py.none()), |shown| shown_handler(py, shown))
}

/// A handler's word; the object itself if it is one to call, of this interpreter, and its request lives.
pub(super) fn shown_handler<'py>(py: Attached<'py>, shown: &Shown) -> PyResult<Owned<'py>> {
    let handler = shown.handler();
    let here = handler.callable().filter(|held| held.interp().is_current(py));
    match here {
        Some(callable) => Ok(callable.get(py)?.to_owned()),
        None => shown.entry.word().to_python(py),
    }
}

fn parent<'py>(py: Attached<'py>, this: Hlist<'_, 'py>) -> PyResult<Owned<'py>> {
    shown_parent(py, state(py, this)?, this.current())
}

/// Who registered a handler, as a list of that one.
pub(super) fn shown_parent<'py>(
    py: Attached<'py>,
    module: &State,
    shown: Option<&Shown>,
) -> PyResult<Owned<'py>> {
    match shown.and_then(Shown::parent) {
        Some(parent) => module.make(py, HlistObject::new(vec![parent])),
        None => Ok(py.none()),
    }
}

fn location(entry: HandlerEntry) -> Option<&'static str> {
    entry.directory().filter(|_| entry.is_location())
}

fn advance<'py>(py: Attached<'py>, this: Hlist<'_, 'py>) -> PyResult<Owned<'py>> {
    this.position
        .set((this.position.get() + 1).min(this.handlers.len()));
    Ok(py.none())
}

fn repr<'py>(py: Attached<'py>, this: Hlist<'_, 'py>) -> PyResult<Owned<'py>> {
    let Some(entry) = this.entry() else {
        return py.str("{}");
    };
    let quoted = |text: Owned<'py>| repr_of(py, text.borrow());
    py.str(&format!(
        "{{'handler':{},'directory':{},'is_location':{},'silent':{}}}",
        quoted(entry.word().to_python(py)?)?,
        quoted(entry.directory().to_python(py)?)?,
        quoted(py.bool(entry.is_location()))?,
        i32::from(entry.is_silent()),
    ))
}
