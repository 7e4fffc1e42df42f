//! `write`, `flush`, `sendfile`: small pieces gather in the request's [`Output`], the rest goes out detached.

use super::{Req, RequestState};
use crate::apr::Status;
use crate::httpd::{Finish, Request};
use crate::interp::detach;
use crate::objects::row::{ToPython, c_text};
use crate::py::{Args, Attached, Owned, PyResult};

pub(super) const WRITE_FAILED: &str = "Write failed, client closed connection.";
const FLUSH_FAILED: &str = "Flush failed, client closed connection.";
const REPLY_IS_OVER: &str = "Write failed, the reply is already sent.";
const OPEN_FAILED: &str = "Could not open file for reading";
const STAT_FAILED: &str = "Could not stat file for reading";

/// Use the request that has the reply: the one this request was redirected to, else itself.
#[inline]
fn with_reply<R>(
    py: Attached<'_>,
    this: Req<'_, '_>,
    f: impl FnOnce(&Request, &RequestState) -> PyResult<R>,
) -> PyResult<R> {
    this.with_state(py, |r, state| match r.next() {
        None => f(r, state),
        Some(next) => {
            let last = std::iter::successors(Some(next), |r| r.next())
                .last()
                .unwrap_or(next);
            RequestState::of(last).within(py, |state| f(last, state))
        }
    })
}

pub(super) fn write<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let data = py.data(args.required(0)?)?;
    let flush = args.get(1).map(|flush| py.truth(flush)).transpose()?;
    with_reply(py, this, |r, state| {
        if r.connection().aborted() {
            return Err(py.raise_os_error(WRITE_FAILED));
        }
        if state.output.gather(&data, flush) {
            return Ok(py.none());
        }
        send(py, r, state, &[&state.output.take(), &data], WRITE_FAILED)
    })
}

fn send<'py>(
    py: Attached<'py>,
    r: &Request,
    state: &RequestState,
    parts: &[&[u8]],
    failed: &str,
) -> PyResult<Owned<'py>> {
    open(py, state)?;
    match detach(py, || r.send(parts, Finish::Flush)) {
        Ok(()) => Ok(py.none()),
        Err(_) => Err(py.raise_os_error(failed)),
    }
}

/// After the reply only the log and cleanups are left.
fn open(py: Attached<'_>, state: &RequestState) -> PyResult<()> {
    if state.is_output_closed() {
        return Err(py.raise_os_error(REPLY_IS_OVER));
    }
    Ok(())
}

pub(super) fn flush<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    with_reply(py, this, |r, state| {
        if r.connection().aborted() {
            return Err(py.raise_os_error(FLUSH_FAILED));
        }
        send(py, r, state, &[&state.output.take()], FLUSH_FAILED)
    })
}

pub(super) fn sendfile<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let path = c_text(py, args.required(0)?)?;
    let (offset, length) = (args.integer(1, 0)?, args.integer(2, -1)?);
    if offset < 0 {
        return Err(py.raise_value_error("the offset cannot be negative"));
    }
    with_reply(py, this, |r, state| {
        open(py, state)?;
        let before = state.output.take();
        let sent = detach(py, || send_file(r, &before, &path, offset, length));
        let sent = sent.map_err(|text| py.raise_os_error(text))?;
        state.output.count(usize::try_from(sent).unwrap_or(0));
        sent.to_python(py)
    })
}

/// Send what waited, then the file; how many bytes of it.
fn send_file(
    r: &Request,
    before: &[u8],
    path: &std::ffi::CStr,
    offset: i64,
    length: i64,
) -> Result<i64, &'static str> {
    let failed = |_: Status| WRITE_FAILED;
    let opened = r.open_file(path).map_err(|_| OPEN_FAILED);
    r.send(&[before], Finish::Open).map_err(failed)?;
    let file = opened?;
    let left = (file.size().map_err(|_| STAT_FAILED)? - offset).max(0);
    let length = if length < 0 { left } else { length.min(left) };
    r.send_file(file, offset, length, Finish::Flush).map_err(failed)?;
    Ok(length)
}

/// Bytes of the body that count as sent.
pub(super) fn bytes_sent(r: &Request) -> i64 {
    r.bytes_sent() + gathered(r)
}

/// Not 0 once output has begun.
pub(super) fn sent_bodyct(r: &Request) -> i64 {
    r.sent_bodyct()
        .max(i64::from(RequestState::of(r).output.has_begun()))
}

/// Bytes given to `write` and `sendfile`.
pub(super) fn bytes_queued(r: &Request) -> i64 {
    i64::try_from(RequestState::of(r).output.total()).unwrap_or(i64::MAX)
}

fn gathered(r: &Request) -> i64 {
    i64::try_from(RequestState::of(r).output.gathered()).unwrap_or(i64::MAX)
}
