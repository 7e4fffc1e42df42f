//! `mp_conn`: a connection, of a request or of a connection handler.
//!
//! Reached through its request: the connection lives longer, but only while one of its requests is in the hands of a
//! handler does Python have a right to touch it. A connection handler has it itself, and may read and write it. Runs
//! attached; what waits for the client is detached.

use std::ffi::{CStr, c_int};
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3_ffi::{PyGetSetDef, PyMethodDef, PyObject};

use super::functions::log_call;
use super::guarded::Guarded;
use super::hlist::HlistObject;
use super::kept::Kept;
use super::module::state;
use super::request_state::Handler;
use super::row::{ToPython, capsule, change, read};
use super::server::server_object;
use super::table::{Source, TableObject};
use crate::apr::Status;
use crate::config::HandlerEntry;
use crate::httpd::log::{self, Level};
use crate::httpd::{Connection, log_number};
use crate::interp::detach;
use crate::py::heap_type::{GETSET_END, METHOD_END};
use crate::py::{Args, Attached, Borrowed, Native, Owned, PyResult, This};
use crate::{getter, method};

/// The value of an `mp_conn`.
#[derive(Debug)]
pub(super) struct ConnectionObject {
    connection: Guarded<Connection>,
    /// The connection handler that has it.
    handler: Option<HandlerEntry>,
    notes: Kept,
}

type Conn<'a, 'py> = This<'a, 'py, ConnectionObject>;

impl ConnectionObject {
    pub(super) fn new(connection: Guarded<Connection>) -> Self {
        ConnectionObject {
            connection,
            handler: None,
            notes: Kept::default(),
        }
    }

    /// The connection that a connection handler has.
    pub(super) fn of_handler(connection: Guarded<Connection>, handler: HandlerEntry) -> Self {
        ConnectionObject {
            handler: Some(handler),
            ..Self::new(connection)
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
    method!(ConnectionObject, c"read", ["len"; 0], read, c"Bytes from the client: what is there, at most len, all for -1; None at the end."),
    method!(ConnectionObject, c"readline", ["len"; 0], readline, c"A line from the client; None at the end."),
    method!(ConnectionObject, c"write", ["data"; 1], write, c"Send str (as UTF-8) or bytes now; a client that is gone is no error."),
    METHOD_END,
];

#[rustfmt::skip]
const GETSET: &[PyGetSetDef] = &[
    getter!(ConnectionObject, c"base_server", base_server, c"The server of the address and port."),
    read!  (ConnectionObject, c"local_addr", local_addr, c"The server's address and port."),
    read!  (ConnectionObject, c"client_addr", client_addr, c"The client's address and port."),
    getter!(ConnectionObject, c"remote_addr", remote_addr, c"The older name of client_addr."),
    read!  (ConnectionObject, c"client_ip", Connection::client_ip, c"The client's address."),
    getter!(ConnectionObject, c"remote_ip", remote_ip, c"The older name of client_ip."),
    read!  (ConnectionObject, c"remote_host", Connection::remote_host, c"The client's name, if it was looked up."),
    read!  (ConnectionObject, c"remote_logname", Connection::remote_logname, c"The client's user by RFC 1413, if it was asked for."),
    read!  (ConnectionObject, c"local_ip", Connection::local_ip, c"The server's address."),
    read!  (ConnectionObject, c"local_host", Connection::local_host, c"The server's name, if it was looked up."),
    read!  (ConnectionObject, c"aborted", Connection::aborted, c"1 when the client is gone."),
    change!(ConnectionObject, c"keepalive", Connection::keepalive, integer Connection::set_keepalive, c"AP_CONN_*."),
    read!  (ConnectionObject, c"keepalives", Connection::keepalives, c"How many requests came before on it."),
    read!  (ConnectionObject, c"double_reverse", Connection::double_reverse, c"1 when the client's name leads back to its address."),
    read!  (ConnectionObject, c"id", Connection::id, c"Unique among the connections of now."),
    getter!(ConnectionObject, c"hlist", hlist, c"The handlers of a connection handler; None on the connection of a request."),
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

fn remote_addr<'py>(py: Attached<'py>, this: Conn<'_, 'py>) -> PyResult<Owned<'py>> {
    static TOLD: AtomicBool = AtomicBool::new(false);
    tell_once(py, this, &TOLD, "remote_addr", "client_addr")?;
    this.with(py, |c| client_addr(c).to_python(py))
}

fn remote_ip<'py>(py: Attached<'py>, this: Conn<'_, 'py>) -> PyResult<Owned<'py>> {
    static TOLD: AtomicBool = AtomicBool::new(false);
    tell_once(py, this, &TOLD, "remote_ip", "client_ip")?;
    this.with(py, |c| c.client_ip().to_python(py))
}

/// httpd 2.4 gave these attributes other names. Said once for each child: every request may use them.
fn tell_once(py: Attached<'_>, this: Conn<'_, '_>, told: &AtomicBool, old: &str, new: &str) -> PyResult<()> {
    if told.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    let text =
        format!("connection.{old} is deprecated: use connection.{new}, or req.useragent_ip behind a proxy");
    this.connection.touch(py, |c| {
        detach(py, || log::log(Level::Warning, log_number::OLD_NAME, c, text))
    })
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

fn hlist<'py>(py: Attached<'py>, this: Conn<'_, 'py>) -> PyResult<Owned<'py>> {
    match this.handler {
        Some(handler) => state(py, this)?.make(py, HlistObject::new(vec![Handler::from(handler).shown()])),
        None => Ok(py.none()),
    }
}

/// `read([len])`: 0 means what is there, -1 all until the client closes.
fn read<'py>(py: Attached<'py>, this: Conn<'_, 'py>, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let length = args.integer(0, 0)?;
    receive(py, this, |c| match usize::try_from(length) {
        Err(_) => read_all(c),
        Ok(0) => c.read(usize::MAX),
        Ok(most) => c.read(most),
    })
}

fn read_all(c: &Connection) -> Result<Option<Vec<u8>>, Status> {
    let mut all = Vec::new();
    while let Some(data) = c.read(usize::MAX)? {
        all.extend(data);
    }
    Ok(Some(all))
}

/// `readline([len])`: the length is a hint that httpd does not take.
fn readline<'py>(py: Attached<'py>, this: Conn<'_, 'py>, _: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    receive(py, this, Connection::read_line)
}

fn receive<'py>(
    py: Attached<'py>,
    this: Conn<'_, 'py>,
    read: impl FnOnce(&Connection) -> Result<Option<Vec<u8>>, Status> + Send,
) -> PyResult<Owned<'py>> {
    of_handler(py, this)?;
    this.with(py, |c| match detach(py, || read(c)) {
        Ok(Some(data)) => py.bytes(&data),
        Ok(None) => Ok(py.none()),
        Err(_) => Err(py.raise_os_error("Connection read error")),
    })
}

fn write<'py>(py: Attached<'py>, this: Conn<'_, 'py>, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    of_handler(py, this)?;
    let data = py.data(args.required(0)?)?;
    this.with(py, |c| {
        let _ = detach(py, || c.write(&data));
        Ok(py.none())
    })
}

/// The bytes of a request's connection belong to httpd.
fn of_handler<'py>(py: Attached<'py>, this: Conn<'_, 'py>) -> PyResult<()> {
    match this.handler {
        Some(_) => Ok(()),
        None => {
            Err(py.raise_runtime_error("only a connection handler reads and writes the connection itself"))
        }
    }
}
