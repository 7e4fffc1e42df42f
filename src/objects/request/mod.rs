//! `mp_request`: a request as handlers see it.
//!
//! Owns the type. Its attributes are rows of [`fields`] and [`related`], its methods rows of [`METHODS`]. An
//! application may set attributes of its own. Runs attached, on any thread; touches the request only through its
//! [`Guarded`], and lets go of the GIL for everything that may block or call back into Python.

mod actions;
mod fields;
mod headers;
mod read;
mod related;
mod write;

use std::ffi::{CStr, c_int};
use std::sync::Arc;

use pyo3_ffi::{PyGetSetDef, PyMethodDef, PyObject};

use super::kept::Kept;
use super::liveness::{Guarded, Liveness};
use super::request_state::RequestState;
use crate::httpd::Request;
use crate::py::heap_type::{Kind, METHOD_END};
use crate::py::{Attached, Native, PyResult, This};
use crate::{method, noargs};

/// The value of an `mp_request`.
#[derive(Debug)]
pub(super) struct RequestObject {
    request: Guarded<Request>,
    kept: [Kept; headers::KEPT],
}

type Req<'a, 'py> = This<'a, 'py, RequestObject>;

impl RequestObject {
    /// An object for `r`.
    ///
    /// # Safety
    /// `r` lives until `liveness` is finished.
    pub(super) unsafe fn new(liveness: &Arc<Liveness>, r: &Request) -> Self {
        // SAFETY: the caller's contract.
        let request = unsafe { Guarded::new(liveness, r) };
        RequestObject {
            request,
            kept: Default::default(),
        }
    }

    /// Use the request.
    #[inline]
    fn with<R>(&self, py: Attached<'_>, f: impl FnOnce(&Request) -> PyResult<R>) -> PyResult<R> {
        self.request.with(py, f)
    }

    /// Use the request and what the module keeps for it.
    #[inline]
    fn with_state<R>(
        &self,
        py: Attached<'_>,
        f: impl FnOnce(&Request, &RequestState) -> PyResult<R>,
    ) -> PyResult<R> {
        self.request.with(py, |r| f(r, RequestState::of(r)))
    }
}

impl Native for RequestObject {
    const NAME: &'static CStr = c"builtins.mp_request";
    const DOC: &'static CStr = c"A request of httpd.";
    const KIND: Kind = Kind::Open;
    const METHODS: &'static [PyMethodDef] = METHODS;
    const GETSET: &'static [PyGetSetDef] = fields::GETSET;

    fn visit(&self, visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        self.kept
            .iter()
            .map(|kept| kept.visit(visit))
            .find(|stop| *stop != 0)
            .unwrap_or(0)
    }

    fn clear(&self, _py: Attached<'_>) {
        self.kept.iter().for_each(|kept| kept.set(None));
    }
}

#[rustfmt::skip]
const METHODS: &[PyMethodDef] = &[
    noargs!(RequestObject, c"flush", write::flush, c"Send what is buffered now."),
    noargs!(RequestObject, c"get_config", headers::get_config, c"The directives with one value each, as a live table."),
    noargs!(RequestObject, c"get_options", headers::get_options, c"What PythonOption has set, as a live table."),
    method!(RequestObject, c"internal_redirect", ["uri"; 1], actions::internal_redirect, c"Serve another URI of this server instead."),
    method!(RequestObject, c"log_error", ["message", "level"; 1], actions::log_error, c"Write a line to the error log."),
    method!(RequestObject, c"read", ["len"; 0], read::read, c"Read bytes of the body: so many, or all that are left."),
    method!(RequestObject, c"readline", ["len"; 0], read::readline, c"Read a line of the body, or a part of it."),
    method!(RequestObject, c"readlines", ["sizehint"; 0], read::readlines, c"Read the body's lines as a list."),
    method!(RequestObject, c"register_cleanup", ["function", "data"; 1], actions::register_cleanup, c"Call function(data) when the request is over."),
    noargs!(RequestObject, c"send_http_header", actions::send_http_header, c"Does nothing; kept for old scripts."),
    method!(RequestObject, c"sendfile", ["path", "offset", "len"; 1], write::sendfile, c"Send a file, or a part of it; returns the number of bytes."),
    method!(RequestObject, c"set_content_length", ["length"; 1], actions::set_content_length, c"Announce the length of the body."),
    method!(RequestObject, c"write", ["data", "flush"; 1], write::write, c"Send str (as UTF-8) or bytes."),
    METHOD_END,
];
