//! What a handler tells httpd to do.

use super::Req;
use super::registering::{self, directory};
use crate::config::Phase;
use crate::httpd::Request;
use crate::httpd::log;
use crate::interp::{Held, detach};
use crate::objects::functions::log_call;
use crate::objects::module::state;
use crate::objects::row::c_text;
use crate::py::{Args, Attached, Borrowed, Owned, PyResult};

pub(super) fn log_error<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    log_call(py, args, |level, text| {
        this.request
            .touch(py, |r| detach(py, || log::application(level, r, text)))
    })
}

pub(super) fn internal_redirect<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let uri = c_text(py, args.required(0)?)?;
    this.with_state(py, |r, state| {
        let before = state.output.take();
        detach(py, || redirect(r, &before, &uri));
        Ok(py.none())
    })
}

fn redirect(r: &Request, before: &[u8], uri: &std::ffi::CStr) {
    if !before.is_empty() {
        // A client that is gone is found out by whoever writes next.
        let _ = r.send(&[before], crate::httpd::Finish::Open);
    }
    r.internal_redirect(uri);
}

/// `add_handler(phase, handler[, directory])`: a word, or something to call; without a directory, that of the handler which adds it.
pub(super) fn add_handler<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let phase = phase(py, &py.text(args.required(0)?)?)?;
    let (handler, named) = (args.required(1)?, directory(py, args.get(2))?);
    this.with_state(py, |r, state| {
        let Some(current) = state.current_handler(r) else {
            return Err(py.raise_runtime_error("add_handler() is called by a handler of a phase"));
        };
        let directory = named.unwrap_or_else(|| current.entry().place().clone());
        let function = phase.row().function;
        let handler = registering::handler(py, this, handler, function, &directory, Some(current))?;
        state.add_handler(phase, handler);
        Ok(py.none())
    })
}

fn phase(py: Attached<'_>, name: &str) -> PyResult<Phase> {
    Phase::of_directive(name)
        .filter(|phase| phase.row().addable)
        .ok_or_else(|| py.raise_index_error(&format!("Invalid phase: {name}")))
}

pub(super) fn register_cleanup<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let function = args.required(0)?;
    if !function.is_callable() {
        return Err(py.raise_value_error("first argument must be a callable object"));
    }
    let data = args.get(1).map_or_else(|| py.none(), Borrowed::to_owned);
    let interp = state(py, this)?.interp(py)?;
    let function = Held::new(function.to_owned(), interp);
    let data = Held::new(data, interp);
    this.with_state(py, |r, state| {
        state.register_cleanup(r, function, data);
        Ok(py.none())
    })
}

pub(super) fn send_http_header<'py>(py: Attached<'py>, _this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    Ok(py.none())
}

pub(super) fn set_content_length<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let length = py.integer(args.required(0)?)?;
    this.with(py, |r| {
        r.set_content_length(length);
        Ok(py.none())
    })
}
