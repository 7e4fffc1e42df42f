//! What a filter does with its data: every way to wait is detached.

use super::Fil;
use crate::apr::{Piece, Status};
use crate::httpd::filter::Flow;
use crate::interp::detach;
use crate::py::{Args, Attached, Owned, PyResult, Raised};

pub(super) fn read<'py>(py: Attached<'py>, this: Fil<'_, 'py>, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    take(py, this, Piece::Bytes(limit(args.integer(0, -1)?)))
}

pub(super) fn readline<'py>(
    py: Attached<'py>,
    this: Fil<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    take(py, this, Piece::Line(limit(args.integer(0, -1)?)))
}

/// A negative length is no limit.
fn limit(length: i64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

fn take<'py>(py: Attached<'py>, this: Fil<'_, 'py>, piece: Piece) -> PyResult<Owned<'py>> {
    open(py, this, |flow| match detach(py, || flow.read(piece)) {
        Ok(Some(data)) => py.bytes(&data),
        Ok(None) => Ok(py.none()),
        Err(status) => Err(failed(py, "Read", status)),
    })
}

pub(super) fn write<'py>(
    py: Attached<'py>,
    this: Fil<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let data = py.data(args.required(0)?)?;
    open(py, this, |flow| {
        let written = if flow.has_room(data.len()) {
            flow.write(&data)
        } else {
            detach(py, || flow.write(&data))
        };
        done(py, "Write", written)
    })
}

pub(super) fn flush<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    open(py, this, |flow| done(py, "Flush", detach(py, || flow.flush())))
}

pub(super) fn pass_on<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    open(py, this, |flow| {
        done(py, "pass_on", detach(py, || flow.pass_on()))
    })
}

/// Closing what is closed, or gone, is no error.
pub(super) fn close<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    match this.flow.reach(|flow| detach(py, || flow.close())) {
        Ok(closed) => done(py, "Close", closed),
        Err(_) => Ok(py.none()),
    }
}

pub(super) fn disable<'py>(py: Attached<'py>, this: Fil<'_, 'py>) -> PyResult<Owned<'py>> {
    open(py, this, |flow| {
        flow.disable();
        Ok(py.none())
    })
}

/// Use the data of a call that is not over and has not written its end.
fn open<'py>(
    py: Attached<'py>,
    this: Fil<'_, 'py>,
    f: impl FnOnce(&Flow<'static>) -> PyResult<Owned<'py>>,
) -> PyResult<Owned<'py>> {
    let reached = this.flow.reach(|flow| (!flow.is_closed()).then(|| f(flow)));
    match reached {
        Ok(Some(result)) => result,
        _ => Err(py.raise_value_error("I/O operation on closed filter")),
    }
}

fn done<'py>(py: Attached<'py>, what: &str, result: Result<(), Status>) -> PyResult<Owned<'py>> {
    result
        .map(|()| py.none())
        .map_err(|status| failed(py, what, status))
}

#[cold]
fn failed(py: Attached<'_>, what: &str, status: Status) -> Raised {
    py.raise_os_error(&format!("{what} failed: {status}"))
}
