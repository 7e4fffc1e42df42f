//! `mp_conn`: the connection of a request.
//!
//! Reached through its request: the connection lives longer, but only while one of its requests is in the hands of a
//! handler does Python have a right to touch it. Runs attached.

use std::ffi::{CStr, c_int};

use pyo3_ffi::{PyGetSetDef, PyMethodDef, PyObject};

use super::functions::log_call;
use super::kept::Kept;
use super::liveness::Guarded;
use super::module::state;
use super::row::{capsule, change, read};
use super::server::server_object;
use super::table::{Source, TableObject};
use crate::httpd::Connection;
use crate::httpd::log;
use crate::interp::detach;
use crate::py::heap_type::{GETSET_END, METHOD_END};
use crate::py::{Args, Attached, Borrowed, Native, Owned, PyResult, This};
use crate::{getter, method};

/// The value of an `mp_conn`.
#[derive(Debug)]
pub(super) struct ConnectionObject {
    connection: Guarded<Connection>,
    notes: Kept,
}

type Conn<'a, 'py> = This<'a, 'py, ConnectionObject>;

impl ConnectionObject {
    pub(super) fn new(connection: Guarded<Connection>) -> Self {
        ConnectionObject {
            connection,
            notes: Kept::default(),
        }
    }

    fn with<R>(&self, py: Attached<'_>, f: impl FnOnce(&Connection) -> PyResult<R>) -> PyResult<R> {
        self.connection.with(py, f)
    }
}

impl Native for ConnectionObject {
    const NAME: &'static CStr = c"builtins.mp_conn";
    const DOC: &'static CStr = c"A connection of httpd.";
    const METHODS: &'static [PyMethodDef] = METHODS;
    const GETSET: &'static [PyGetSetDef] = GETSET;

    fn visit(&self, visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        self.notes.visit(visit)
    }

    fn clear(&self, _py: Attached<'_>) {
        self.notes.set(None);
    }
}

#[rustfmt::skip]
const METHODS: &[PyMethodDef] = &[
    method!(ConnectionObject, c"log_error", ["message", "level"; 1], log_error, c"Write a line to the error log."),
    METHOD_END,
];

#[rustfmt::skip]
const GETSET: &[PyGetSetDef] = &[
    getter!(ConnectionObject, c"base_server", base_server, c"The server of the address and port."),
    read!  (ConnectionObject, c"local_addr", local_addr, c"The server's address and port."),
    read!  (ConnectionObject, c"client_addr", client_addr, c"The client's address and port."),
    read!  (ConnectionObject, c"remote_addr", client_addr, c"The older name of client_addr."),
    read!  (ConnectionObject, c"client_ip", Connection::client_ip, c"The client's address."),
    read!  (ConnectionObject, c"remote_ip", Connection::client_ip, c"The older name of client_ip."),
    read!  (ConnectionObject, c"remote_host", Connection::remote_host, c"The client's name, if it was looked up."),
    read!  (ConnectionObject, c"remote_logname", Connection::remote_logname, c"The client's user by RFC 1413, if it was asked for."),
    read!  (ConnectionObject, c"local_ip", Connection::local_ip, c"The server's address."),
    read!  (ConnectionObject, c"local_host", Connection::local_host, c"The server's name, if it was looked up."),
    read!  (ConnectionObject, c"aborted", Connection::aborted, c"1 when the client is gone."),
    change!(ConnectionObject, c"keepalive", Connection::keepalive, integer Connection::set_keepalive, c"AP_CONN_*."),
    read!  (ConnectionObject, c"keepalives", Connection::keepalives, c"How many requests came before on it."),
    read!  (ConnectionObject, c"double_reverse", Connection::double_reverse, c"1 when the client's name leads back to its address."),
    read!  (ConnectionObject, c"id", Connection::id, c"Unique among the connections of now."),
    getter!(ConnectionObject, c"notes", notes, c"Notes between modules."),
    getter!(ConnectionObject, c"_conn_rec", conn_rec, c"httpd's conn_rec, for extension modules."),
    GETSET_END,
];

fn local_addr(c: &Connection) -> Option<(&CStr, u16)> {
    c.local_ip().zip(c.local_port())
}

fn client_addr(c: &Connection) -> Option<(&CStr, u16)> {
    c.client_ip().zip(c.client_port())
}

fn base_server<'py>(py: Attached<'py>, this: Conn<'_, 'py>) -> PyResult<Owned<'py>> {
    let module = state(py, this)?;
    this.with(py, |c| server_object(py, module, c.base_server()))
}

fn notes<'py>(py: Attached<'py>, this: Conn<'_, 'py>) -> PyResult<Owned<'py>> {
    this.notes.get_or_make(py, || {
        let source = Source::Connection(this.connection.clone(), Connection::notes);
        state(py, this)?.make(py, TableObject::over(source))
    })
}

fn conn_rec<'py>(py: Attached<'py>, this: Conn<'_, 'py>) -> PyResult<Owned<'py>> {
    this.with(py, |c| capsule(py, c.as_ptr().cast()))
}

fn log_error<'py>(py: Attached<'py>, this: Conn<'_, 'py>, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    log_call(py, args, |level, text| {
        this.connection
            .touch(py, |c| detach(py, || log::application(level, c, text)))
    })
}
