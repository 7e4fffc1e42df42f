//! WSGI's two halves as methods of a request, and the gateway between them for handlers that have an application.

use super::Req;
use crate::objects::module::state;
use crate::objects::wsgi::{self, Call};
use crate::py::{Args, Attached, Borrowed, Owned, PyResult};

pub(super) fn build_wsgi_env<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    let Some(base) = base_uri(py, this)? else {
        return Ok(py.none());
    };
    let module = state(py, this)?;
    this.with(py, |r| {
        let path = r.uri().unwrap_or_default().to_bytes();
        r.set_path_info(Some(r.pool().dup(path.get(base.len()..).unwrap_or_default())));
        module.wsgi(py)?.environ.make(py, r, this.object(), &base)
    })
}

pub(super) fn wsgi_start_response<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let (status, headers) = (args.required(0)?, args.required(1)?);
    let exc_info = args.get(2).filter(|exc_info| !exc_info.is_none());
    this.with_state(py, |r, state| {
        wsgi::start_response(py, r, &state.reply, status, headers, exc_info)
    })?;
    state(py, this)?.wsgi(py)?.write_of(py, this.object())
}

/// The `write` that `start_response` returns.
pub(super) fn wsgi_write<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let data = args.required(0)?.to_owned();
    this.with_state(py, |r, state| match wsgi::write(py, r, state, &data)?.0 {
        Ok(()) => Ok(py.none()),
        Err(_) => Err(py.raise_os_error(super::write::WRITE_FAILED)),
    })
}

/// `serve_wsgi(application)`: true, or false when the URI does not lie below the application's.
pub(super) fn serve_wsgi<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let (application, serve) = (args.required(0)?, wsgi::serve(py)?);
    let Some(base) = base_uri(py, this)? else {
        return Ok(py.bool(false));
    };
    let wsgi = state(py, this)?.wsgi(py)?;
    this.with_state(py, |r, state| {
        let call = Call {
            r,
            state,
            wsgi,
            request: this.object(),
            script_name: &base,
        };
        serve(py, &call, application)
    })?;
    Ok(py.bool(true))
}

/// The part of the URI's path that names the application; `None` when the URI begins otherwise.
fn base_uri<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Option<Vec<u8>>> {
    let base_uri: Borrowed<'_, 'py> = state(py, this)?.wsgi(py)?.base_uri.get(py);
    let base = base_uri.call1(py, this.object())?;
    if base.borrow().is_none() {
        return Ok(None);
    }
    py.bytes_of_text(base.borrow())
        .map(|base| Some(base.into_owned()))
}
