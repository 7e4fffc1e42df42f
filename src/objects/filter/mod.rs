//! `mp_filter`: one call of a filter, as the filter's function sees it.
//!
//! Owns the type, and the rule that it reaches the data for the length of its call only: [`OpenFlow`] opens them, on
//! the stack of the call, and closes them for ever when it goes. Runs attached, on the call's thread or on one of the
//! application's; lets go of the GIL for everything that may wait.

mod methods;
mod open;

use std::cell::Cell;
use std::ffi::{CStr, c_int};

use pyo3_ffi::{PyGetSetDef, PyMethodDef, PyObject};

use super::guarded::Guarded;
use super::hlist::{shown_handler, shown_parent};
use super::kept::Kept;
use super::module::state;
use super::request_state::{Handler, Shown};
use super::row::{ToPython, c_integer, cannot_delete};
use crate::config::HandlerEntry;
use crate::httpd::filter::Flow;
use crate::py::heap_type::{GETSET_END, METHOD_END};
use crate::py::{Attached, Borrowed, Native, Owned, PyResult, This};
use crate::{getter, method, noargs, property};

pub use open::{Call, OpenFlow};

/// A filter that a request has named for itself: what its context keeps.
#[derive(Debug, Clone)]
pub(super) struct Own {
    pub(super) name: String,
    pub(super) handler: Handler,
}

/// The value of an `mp_filter`.
#[derive(Debug)]
pub(super) struct FilterObject {
    flow: Guarded<Flow<'static>>,
    request: Kept,
    is_input: bool,
    name: String,
    /// `None` for a tag in a page.
    handler: Option<Shown>,
    softspace: Cell<i64>,
}

type Fil<'a, 'py> = This<'a, 'py, FilterObject>;

impl Native for FilterObject {
    const NAME: &'static CStr = c"builtins.mp_filter";
    const DOC: &'static CStr = c"One call of a filter.";
    const METHODS: &'static [PyMethodDef] = METHODS;
    const GETSET: &'static [PyGetSetDef] = GETSET;

    fn visit(&self, visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        self.request.visit(visit)
    }

    fn clear(&self, _py: Attached<'_>) {
        self.request.set(None);
    }
}

#[rustfmt::skip]
const METHODS: &[PyMethodDef] = &[
    method!(FilterObject, c"read", ["len"; 0], methods::read, c"Read bytes: so many at most, or all there are now; None at the end."),
    method!(FilterObject, c"readline", ["len"; 0], methods::readline, c"Read a line, or a part of it; None at the end."),
    method!(FilterObject, c"write", ["data"; 1], methods::write, c"Write str (as UTF-8) or bytes to the next filter."),
    noargs!(FilterObject, c"flush", methods::flush, c"Send what was written now."),
    noargs!(FilterObject, c"close", methods::close, c"Write the end."),
    noargs!(FilterObject, c"disable", methods::disable, c"Let everything pass unchanged from now on."),
    noargs!(FilterObject, c"pass_on", methods::pass_on, c"Let what there is now pass unchanged."),
    METHOD_END,
];

#[rustfmt::skip]
const GETSET: &[PyGetSetDef] = &[
    getter!(FilterObject, c"req", request, c"The request."),
    getter!(FilterObject, c"name", name, c"The name of the filter."),
    getter!(FilterObject, c"is_input", is_input, c"1 for a filter of the body."),
    getter!(FilterObject, c"closed", closed, c"1 once the end was written, or the call is over."),
    getter!(FilterObject, c"handler", handler, c"The handler as it was written, or what to call."),
    getter!(FilterObject, c"dir", directory, c"The directory of the handler, or None."),
    getter!(FilterObject, c"parent", parent, c"The handler that registered the filter, as an mp_hlist; or None."),
    property!(FilterObject, c"softspace", softspace, set_softspace, c"For print of Python 2."),
    GETSET_END,
];

fn request<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    Ok(this.request.get(py).unwrap_or_else(|| py.none()))
}

fn name<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    this.name.as_str().to_python(py)
}

fn is_input<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    this.is_input.to_python(py)
}

fn closed<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    this.flow.reach(Flow::is_closed).unwrap_or(true).to_python(py)
}

fn handler<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    let handler = this.handler.as_ref();
    handler.map_or_else(|| Ok(py.none()), |shown| shown_handler(py, shown))
}

fn directory<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    let entry = this.handler.as_ref().map(|shown| shown.entry);
    entry.and_then(HandlerEntry::directory).to_python(py)
}

fn parent<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    shown_parent(py, state(py, this)?, this.handler.as_ref())
}

fn softspace<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    this.softspace.get().to_python(py)
}

fn set_softspace<'py>(
    py: Attached<'py>,
    this: Fil<'_, 'py>,
    value: Option<Borrowed<'_, 'py>>,
) -> PyResult<()> {
    let value = value.ok_or_else(|| cannot_delete(py))?;
    this.softspace.set(c_integer(py, value)?);
    Ok(())
}
