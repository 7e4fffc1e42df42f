//! `read`, `readline`, `readlines`: the request's body, waited for detached.

use pyo3_ffi::PyCallIter_New;

use super::{Req, RequestState};
use crate::httpd::{BodyPolicy, Request};
use crate::interp::detach;
use crate::objects::module::{State, state};
use crate::objects::request_state::{Progress, Want};
use crate::py::{Args, Attached, Owned, PyResult};

pub(super) fn read<'py>(py: Attached<'py>, this: Req<'_, 'py>, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    take(py, this, Want::Bytes(limit(args.integer(0, -1)?)))
}

pub(super) fn readline<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    take(py, this, Want::Line(limit(args.integer(0, -1)?)))
}

/// `iter(req)`: its lines, as WSGI wants them of its input.
pub(super) fn lines<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    let readline = this.object().attr(py, c"readline")?;
    let end = py.bytes(b"")?;
    // SAFETY: attached; both objects live for the call; gives a new reference or null.
    unsafe { Owned::from_new(py, PyCallIter_New(readline.as_ptr(), end.as_ptr())) }
}

pub(super) fn readlines<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let hint = args.integer(0, 0)?;
    let enough = if hint <= 0 { usize::MAX } else { limit(hint) };
    let (mut lines, mut size) = (Vec::new(), 0);
    while size < enough {
        let line = take(py, this, Want::Line(usize::MAX))?;
        match py.bytes_in(line.borrow())?.len() {
            0 => break,
            length => size += length,
        }
        lines.push(line);
    }
    py.list_of(lines)
}

/// A negative length is no limit.
fn limit(length: i64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

fn take<'py>(py: Attached<'py>, this: Req<'_, 'py>, want: Want) -> PyResult<Owned<'py>> {
    if matches!(want, Want::Bytes(0) | Want::Line(0)) {
        return py.bytes(b"");
    }
    let module = state(py, this)?;
    this.with_state(py, |r, state| {
        begin(py, r, state, module)?;
        let mut rest = state.input.take();
        let filled = match state.input.progress.get() {
            Progress::Ended => Ok(true),
            _ => detach(py, || rest.fill(r, want)),
        };
        let given = filled
            .map_err(|_| py.raise_os_error("Client read error (Timeout?)"))
            .and_then(|ended| {
                state
                    .input
                    .progress
                    .set(if ended { Progress::Ended } else { Progress::Open });
                py.bytes(rest.give(want))
            });
        rest.compact();
        state.input.put(rest);
        given
    })
}

/// Before the first read: ask httpd for the body, which may be refused with a status.
fn begin(py: Attached<'_>, r: &Request, state: &RequestState, module: &State) -> PyResult<()> {
    if state.input.progress.get() != Progress::Untouched {
        return Ok(());
    }
    match r.setup_body(BodyPolicy::Any) {
        Ok(more) => {
            state
                .input
                .progress
                .set(if more { Progress::Open } else { Progress::Ended });
            Ok(())
        }
        Err(status) => {
            let code = py.int(status.code())?;
            Err(py.raise_object(module.server_return(py), Some(code.borrow())))
        }
    }
}
