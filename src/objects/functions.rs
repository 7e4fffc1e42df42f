//! The functions of `_apache`: a row and one small function each. They run attached, on any thread.

use pyo3_ffi::PyMethodDef;

use super::config_tree::config_tree;
use super::directory;
use super::finfo::stat;
use super::global_lock;
use super::module::State;
use super::psp::translate;
use super::request_state::{RequestState, with_current};
use super::row::{ToPython, c_integer, c_text};
use super::server::{ServerObject, server_object};
use crate::function;
use crate::httpd::log::{self, Level, Target};
use crate::httpd::mpm::{self, Query};
use crate::httpd::process;
use crate::interp::detach;
use crate::py::heap_type::METHOD_END;
use crate::py::{Args, Attached, Owned, PyResult};

#[rustfmt::skip]
pub(super) const METHODS: &[PyMethodDef] = &[
    function!(State, c"_global_lock", ["server", "key", "index"; 2], global_lock::lock, c"Wait for the lock of a key, or of a number, that all children share."),
    function!(State, c"_global_trylock", ["server", "key", "index"; 2], global_lock::try_lock, c"Take that lock if it is free; whether it was."),
    function!(State, c"_global_unlock", ["server", "key", "index"; 2], global_lock::unlock, c"Give that lock up."),
    function!(State, c"config_tree", [; 0], config_tree, c"The configuration as it was written, as nested lists."),
    function!(State, c"current_request", [; 0], current_request, c"The request that this thread works on, or None."),
    function!(State, c"exists_config_define", ["name"; 1], exists_config_define, c"Whether the name was given by -D or Define."),
    function!(State, c"give_back_directory", [; 0], directory::give_back, c"Let another interpreter have the child's working directory."),
    function!(State, c"log_error", ["message", "level", "server"; 1], log_error, c"Write a line to the error log of a server, or of the main one."),
    function!(State, c"log_line", ["level", "text"; 2], log_line, c"Write a line to the error log, for the request that this thread works on."),
    function!(State, c"main_server", [; 0], main_server, c"The main server."),
    function!(State, c"mpm_query", ["code"; 1], mpm_query, c"What the MPM says to an AP_MPMQ_* question."),
    function!(State, c"psp_translate", ["filename", "directory", "source", "escape", "literal"; 2], translate, c"A PSP page as Python code, with the places of its lines and the files it is made of."),
    function!(State, c"take_directory", [; 0], directory::take, c"Have the child's working directory alone, among all interpreters."),
    function!(State, c"server_root", [; 0], server_root, c"ServerRoot."),
    function!(State, c"stat", ["fname", "wanted"; 2], stat, c"What the file system knows about a path."),
    METHOD_END,
];

/// The body of every `log_error(message[, level])`: no message, no line; no level, an error.
pub(super) fn log_call<'py>(
    py: Attached<'py>,
    args: &Args<'_, 'py>,
    write: impl FnOnce(Level, &str) -> PyResult<()>,
) -> PyResult<Owned<'py>> {
    let level = args
        .get(1)
        .map_or(Ok(Level::Error), |level| Ok(Level::new(c_integer(py, level)?)))?;
    if let Some(message) = args.get(0).filter(|message| !message.is_none()) {
        write(level, &String::from_utf8_lossy(&py.data(message)?))?;
    }
    Ok(py.none())
}

fn log_error<'py>(py: Attached<'py>, state: &State, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let server = args.get(2).filter(|server| !server.is_none());
    let server = server.map(|server| {
        let server = state.cast::<ServerObject>(py, server);
        server.ok_or_else(|| py.raise_type_error("server must be a server object or None"))
    });
    let server = server.transpose()?;
    log_call(py, args, |level, text| match server {
        Some(server) => server.log(py, level, text),
        None => {
            detach(py, || log::application(level, Target::Main, text));
            Ok(())
        }
    })
}

fn log_line<'py>(py: Attached<'py>, _: &State, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let level = Level::new(c_integer(py, args.required(0)?)?);
    let text = py.text(args.required(1)?)?;
    detach(py, || {
        with_current(|r| log::application(level, r.map_or(Target::Main, Target::Request), &text));
    });
    Ok(py.none())
}

fn current_request<'py>(py: Attached<'py>, state: &State, _: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let interp = state.interp(py)?;
    with_current(|r| match r {
        Some(r) => RequestState::of(r).wrapper(py, r, interp),
        None => Ok(py.none()),
    })
}

fn main_server<'py>(py: Attached<'py>, state: &State, _: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    process::main_server().map_or_else(|| Ok(py.none()), |server| server_object(py, state, server))
}

fn mpm_query<'py>(py: Attached<'py>, _: &State, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let code = args.required(0)?;
    if !code.is_int() {
        return Err(py.raise_type_error("The argument must be an integer"));
    }
    mpm::query(Query::new(c_integer(py, code)?)).to_python(py)
}

fn server_root<'py>(py: Attached<'py>, _: &State, _: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    process::server_root().to_python(py)
}

fn exists_config_define<'py>(py: Attached<'py>, _: &State, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let name = c_text(py, args.required(0)?)?;
    Ok(py.bool(process::exists_config_define(&name)))
}
