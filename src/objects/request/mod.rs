//! `mp_request`: a request as handlers see it.
//!
//! Owns the type. Its attributes are rows of [`fields`] and [`related`], its methods rows of [`METHODS`]. An
//! application may set attributes of its own. Runs attached, on any thread; touches the request only through its
//! [`Guarded`], and lets go of the GIL for everything that may block or call back into Python.

mod actions;
mod calls;
mod fields;
mod filters;
mod headers;
mod read;
mod registering;
mod related;
mod write;
mod wsgi;

use std::ffi::{CStr, c_int};
use std::sync::Arc;

use pyo3_ffi::{PyGetSetDef, PyMethodDef, PyObject, PyType_Slot};

use super::guarded::Guarded;
use super::kept::Kept;
use super::liveness::Liveness;
use super::request_state::RequestState;
use super::row::call;
use crate::httpd::Direction::{Input, Output};
use crate::httpd::Request;
use crate::py::heap_type::{Kind, METHOD_END};
use crate::py::{Attached, Native, Owned, PyResult, This};
use crate::{method, noargs, slot};

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

    /// An object for no request. One is kept per interpreter: while it lives, the allocator does not give back the
    /// page that every request's object comes from and goes to (some hundred instructions each time).
    pub(super) fn spare() -> Self {
        RequestObject {
            request: Guarded::finished(),
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

    fn slots() -> Vec<PyType_Slot> {
        vec![slot!(iter, RequestObject, read::lines)]
    }

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
    // Reading and writing
    method!(RequestObject, c"read", ["len"; 0], read::read, c"Read bytes of the body: so many, or all that are left."),
    method!(RequestObject, c"readline", ["len"; 0], read::readline, c"Read a line of the body, or a part of it."),
    method!(RequestObject, c"readlines", ["sizehint"; 0], read::readlines, c"Read the body's lines as a list."),
    call!(RequestObject, c"discard_request_body", calls::discard_request_body, c"Read the rest of the body and forget it; returns OK or a status."),
    method!(RequestObject, c"write", ["data", "flush"; 1], write::write, c"Send str (as UTF-8) or bytes."),
    noargs!(RequestObject, c"flush", write::flush, c"Send what is buffered now."),
    method!(RequestObject, c"sendfile", ["path", "offset", "len"; 1], write::sendfile, c"Send a file, or a part of it; returns the number of bytes."),
    noargs!(RequestObject, c"send_http_header", actions::send_http_header, c"Does nothing; kept for old scripts."),
    method!(RequestObject, c"set_content_length", ["length"; 1], actions::set_content_length, c"Announce the length of the body."),
    call!(RequestObject, c"set_etag", Request::set_etag, c"Set the ETag header from the file."),
    call!(RequestObject, c"set_last_modified", Request::set_last_modified, c"Set the Last-Modified header from mtime."),
    method!(RequestObject, c"update_mtime", ["dependency_mtime"; 1], calls::update_mtime, c"Take a time as mtime if it is later."),
    call!(RequestObject, c"meets_conditions", calls::meets_conditions, c"OK, or the status that the client's conditions ask for."),

    // Configuration and environment
    noargs!(RequestObject, c"get_config", headers::get_config, c"The directives with one value each, as a live table."),
    noargs!(RequestObject, c"get_options", headers::get_options, c"What PythonOption has set, as a live table."),
    call!(RequestObject, c"document_root", Request::document_root, c"DocumentRoot."),
    call!(RequestObject, c"auth_name", Request::auth_name, c"AuthName."),
    call!(RequestObject, c"auth_type", Request::auth_type, c"AuthType."),
    call!(RequestObject, c"add_common_vars", Request::add_common_vars, c"Fill subprocess_env with what CGI and SSI share."),
    call!(RequestObject, c"add_cgi_vars", calls::add_cgi_vars, c"Fill subprocess_env with the environment of CGI."),
    noargs!(RequestObject, c"get_addhandler_exts", calls::get_addhandler_exts, c"Extensions that AddHandler gives to mod_python, with blanks between."),
    noargs!(RequestObject, c"build_wsgi_env", wsgi::build_wsgi_env, c"The environment of WSGI, or None when the URI lies elsewhere."),
    method!(RequestObject, c"wsgi_start_response", ["status", "headers", "exc_info"; 2], wsgi::wsgi_start_response, c"Begin the reply of a WSGI application; returns write."),
    method!(RequestObject, c"wsgi_write", ["data"; 1], wsgi::wsgi_write, c"Send a part of a WSGI application's reply now."),
    method!(RequestObject, c"serve_wsgi", ["application"; 1], wsgi::serve_wsgi, c"Let a WSGI application answer; whether the URI is one of its own."),
    method!(RequestObject, c"construct_url", ["uri"; 1], calls::construct_url, c"A path with scheme, host and port in front."),

    // The client
    noargs!(RequestObject, c"get_basic_auth_pw", calls::get_basic_auth_pw, c"The client's password, or None; sets user."),
    method!(RequestObject, c"get_remote_host", ["type", "str_is_ip"; 0], calls::get_remote_host, c"The client's name or address."),
    call!(RequestObject, c"is_https", Request::is_https, c"1 when mod_ssl encrypts the connection."),
    method!(RequestObject, c"ssl_var_lookup", ["name"; 1], calls::ssl_var_lookup, c"A variable of mod_ssl's, or None."),
    method!(RequestObject, c"allow_methods", ["methods", "reset"; 1], calls::allow_methods, c"Allow methods besides those allowed already, or only them."),

    // Filters
    method!(RequestObject, c"add_input_filter", ["name"; 1], |py, r, args| filters::add(py, r, Input, args), c"Put a filter to work on the body."),
    method!(RequestObject, c"add_output_filter", ["name"; 1], |py, r, args| filters::add(py, r, Output, args), c"Put a filter to work on the reply."),
    method!(RequestObject, c"register_input_filter", ["name", "handler", "dir"; 2], |py, r, args| filters::register(py, r, Input, args), c"Name a filter of this request's own."),
    method!(RequestObject, c"register_output_filter", ["name", "handler", "dir"; 2], |py, r, args| filters::register(py, r, Output, args), c"Name a filter of this request's own."),

    // What happens
    method!(RequestObject, c"internal_redirect", ["uri"; 1], actions::internal_redirect, c"Serve another URI of this server instead."),
    method!(RequestObject, c"log_error", ["message", "level"; 1], actions::log_error, c"Write a line to the error log."),
    method!(RequestObject, c"add_handler", ["htype", "handler", "dir"; 2], actions::add_handler, c"Put a handler behind those of this phase, or of a later one."),
    method!(RequestObject, c"register_cleanup", ["function", "data"; 1], actions::register_cleanup, c"Call function(data) when the request is over."),
    METHOD_END,
];
