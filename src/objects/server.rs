//! `mp_server`: a (virtual) server.
//!
//! One object per server and interpreter, made at its first use; an application may set attributes on it. Servers live
//! as long as the child and do not change, so nothing guards them. Runs attached.

use std::ffi::CStr;
use std::ptr;

use pyo3_ffi::{PyGetSetDef, PyMethodDef};

use super::functions::log_call;
use super::guarded::Guarded;
use super::module::{State, state};
use super::request::RequestObject;
use super::row::{ToPython, capsule, read, seconds};
use super::table::{Source, TableObject};
use crate::config::DirConfig;
use crate::httpd::Server;
use crate::httpd::log::{self, Level};
use crate::httpd::mpm::{self, Query};
use crate::httpd::process;
use crate::interp::detach;
use crate::py::heap_type::{GETSET_END, Kind, METHOD_END};
use crate::py::{Args, Attached, Borrowed, Native, Owned, PyResult, This};
use crate::{getter, method, noargs};

/// The value of an `mp_server`.
#[derive(Debug)]
pub(super) struct ServerObject {
    server: Guarded<Server>,
}

type Srv<'a, 'py> = This<'a, 'py, ServerObject>;

/// The object of a server in this interpreter.
pub(super) fn server_object<'py>(py: Attached<'py>, state: &State, server: &Server) -> PyResult<Owned<'py>> {
    state.server(py, ptr::from_ref(server).addr(), || {
        // SAFETY: httpd keeps its servers as long as the configuration, and a child has one configuration for life.
        let server = unsafe { Guarded::of_child(server) };
        state.make(py, ServerObject { server })
    })
}

impl ServerObject {
    /// Write a line to its error log.
    pub(super) fn log(&self, py: Attached<'_>, level: Level, text: &str) -> PyResult<()> {
        self.server
            .touch(py, |s| detach(py, || log::application(level, s, text)))
    }

    /// Use the server.
    fn with<R>(&self, py: Attached<'_>, f: impl FnOnce(&Server) -> PyResult<R>) -> PyResult<R> {
        self.server.with(py, f)
    }
}

impl Native for ServerObject {
    const NAME: &'static CStr = c"builtins.mp_server";
    const DOC: &'static CStr = c"A (virtual) server of httpd.";
    const KIND: Kind = Kind::Open;
    const METHODS: &'static [PyMethodDef] = METHODS;
    const GETSET: &'static [PyGetSetDef] = GETSET;
}

#[rustfmt::skip]
const METHODS: &[PyMethodDef] = &[
    noargs!(ServerObject, c"get_config", get_config, c"The directives with one value each, as a live table."),
    noargs!(ServerObject, c"get_options", get_options, c"What PythonOption has set outside of sections, as a live table."),
    method!(ServerObject, c"log_error", ["message", "level"; 1], log_error, c"Write a line to the error log."),
    method!(ServerObject, c"register_cleanup", ["req", "function", "data"; 2], register_cleanup, c"Call function(data) when the interpreter, or its child, ends."),
    METHOD_END,
];

#[rustfmt::skip]
const GETSET: &[PyGetSetDef] = &[
    getter!(ServerObject, c"next", next, c"The next server of the configuration."),
    read!(ServerObject, c"defn_name", Server::defn_name, c"The configuration file it is defined in."),
    read!(ServerObject, c"defn_line_number", Server::defn_line_number, c"The line it is defined at."),
    read!(ServerObject, c"server_admin", Server::server_admin, c"ServerAdmin."),
    read!(ServerObject, c"server_hostname", Server::server_hostname, c"ServerName, without port."),
    read!(ServerObject, c"port", Server::port, c"The port of ServerName; 0 without one."),
    read!(ServerObject, c"error_fname", Server::error_fname, c"The error log's name."),
    read!(ServerObject, c"loglevel", loglevel, c"LogLevel, as one of APLOG_*."),
    read!(ServerObject, c"is_virtual", Server::is_virtual, c"1 for a virtual host."),
    read!(ServerObject, c"timeout", timeout, c"Timeout, in seconds."),
    read!(ServerObject, c"keep_alive_timeout", keep_alive_timeout, c"KeepAliveTimeout, in seconds."),
    read!(ServerObject, c"keep_alive_max", Server::keep_alive_max, c"MaxKeepAliveRequests."),
    read!(ServerObject, c"keep_alive", Server::keep_alive, c"1 for KeepAlive On."),
    read!(ServerObject, c"path", Server::path, c"ServerPath."),
    read!(ServerObject, c"pathlen", Server::pathlen, c"The length of ServerPath."),
    read!(ServerObject, c"names", names, c"ServerAlias, as a tuple."),
    read!(ServerObject, c"wild_names", wild_names, c"ServerAlias with wildcards, as a tuple."),
    read!(ServerObject, c"limit_req_line", Server::limit_req_line, c"LimitRequestLine."),
    read!(ServerObject, c"limit_req_fieldsize", Server::limit_req_fieldsize, c"LimitRequestFieldSize."),
    read!(ServerObject, c"limit_req_fields", Server::limit_req_fields, c"LimitRequestFields."),
    getter!(ServerObject, c"my_generation", my_generation, c"How often the configuration was read anew."),
    getter!(ServerObject, c"restart_time", restart_time, c"When httpd was last (re)started, in seconds since 1970."),
    getter!(ServerObject, c"_server_rec", server_rec, c"httpd's server_rec, for extension modules."),
    GETSET_END,
];

fn next<'py>(py: Attached<'py>, this: Srv<'_, 'py>) -> PyResult<Owned<'py>> {
    let module = state(py, this)?;
    this.with(py, |s| {
        s.next()
            .map_or_else(|| Ok(py.none()), |next| server_object(py, module, next))
    })
}

fn loglevel(s: &Server) -> i32 {
    s.loglevel() as i32
}

fn timeout(s: &Server) -> f64 {
    seconds(s.timeout())
}

fn keep_alive_timeout(s: &Server) -> f64 {
    seconds(s.keep_alive_timeout())
}

fn names(s: &Server) -> Vec<&CStr> {
    s.names().collect()
}

fn wild_names(s: &Server) -> Vec<&CStr> {
    s.wild_names().collect()
}

fn my_generation<'py>(py: Attached<'py>, _: Srv<'_, 'py>) -> PyResult<Owned<'py>> {
    mpm::query(Query::GENERATION).to_python(py)
}

fn restart_time<'py>(py: Attached<'py>, _: Srv<'_, 'py>) -> PyResult<Owned<'py>> {
    process::restart_time().map(seconds).to_python(py)
}

fn server_rec<'py>(py: Attached<'py>, this: Srv<'_, 'py>) -> PyResult<Owned<'py>> {
    this.with(py, |s| capsule(py, s.as_ptr().cast()))
}

fn get_config<'py>(py: Attached<'py>, this: Srv<'_, 'py>) -> PyResult<Owned<'py>> {
    config_table(py, this, Source::Settings)
}

fn get_options<'py>(py: Attached<'py>, this: Srv<'_, 'py>) -> PyResult<Owned<'py>> {
    config_table(py, this, Source::Options)
}

fn config_table<'py>(
    py: Attached<'py>,
    this: Srv<'_, 'py>,
    source: fn(Guarded<DirConfig>) -> Source,
) -> PyResult<Owned<'py>> {
    let config = this.with(py, |s| {
        let config = s.dir_config::<DirConfig>();
        let config =
            config.ok_or_else(|| py.raise_runtime_error("httpd has no configuration for this server"))?;
        // SAFETY: it belongs to the server and is Sync.
        Ok(unsafe { this.server.sibling(config) })
    })?;
    state(py, this)?.make(py, TableObject::over(source(config)))
}

fn log_error<'py>(py: Attached<'py>, this: Srv<'_, 'py>, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    log_call(py, args, |level, text| this.log(py, level, text))
}

/// `register_cleanup(req, function[, data])`: the request is asked for and not kept.
fn register_cleanup<'py>(
    py: Attached<'py>,
    this: Srv<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let module = state(py, this)?;
    if module.cast::<RequestObject>(py, args.required(0)?).is_none() {
        return Err(py.raise_value_error("first argument must be a request object"));
    }
    let function = args.required(1)?;
    if !function.is_callable() {
        return Err(py.raise_value_error("second argument must be a callable object"));
    }
    let data = args.get(2).map_or_else(|| py.none(), Borrowed::to_owned);
    py.import(c"mod_python._ending")?.borrow().call_method(
        py,
        c"register_cleanup",
        &[function, data.borrow()],
    )
}
