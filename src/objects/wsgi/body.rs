//! The body of a WSGI reply on its way to httpd.
//!
//! Runs attached, on the thread of the handler or on one of the application's, while the request is in our hands;
//! sending runs detached. What is ready waits for nothing: it gathers, and leaves in one go when Python is over. What
//! is not (`write()`, the items of an iterator) leaves at once, before the application runs on.

use super::head::take_back;
use crate::apr::{Status, size_of_descriptor};
use crate::httpd::{Finish, Request};
use crate::interp::detach;
use crate::objects::request_state::{Head, RequestState};
use crate::py::{Attached, Borrowed, Owned, PyResult};

/// What became of data: a client that is gone is no error of the application's.
pub type Sent = Result<(), Status>;

/// Send a piece now, and with it the end of the reply when `Content-Length` is reached: then true comes back.
///
/// # Errors
/// [`crate::py::Raised`]: it is not `bytes`, or `start_response` was not called.
pub fn write<'py>(
    py: Attached<'py>,
    r: &Request,
    state: &RequestState,
    piece: &Owned<'py>,
) -> PyResult<(Sent, bool)> {
    let piece = admit(py, r, state, bytes_of(py, piece)?)?;
    let whole = state.reply.is_whole();
    let finish = if whole { Finish::Eos } else { Finish::Flush };
    let sent = if piece.is_empty() {
        Ok(())
    } else {
        send(py, r, state, piece, finish)
    };
    Ok((sent, whole))
}

/// Give out a list or tuple of `count` items; what is small gathers with the head.
///
/// # Errors
/// [`crate::py::Raised`]: an item is not `bytes`, or `start_response` was not called.
pub fn put_ready<'py>(
    py: Attached<'py>,
    r: &Request,
    state: &RequestState,
    items: Borrowed<'_, 'py>,
    count: usize,
) -> PyResult<Sent> {
    for index in 0..count {
        let Some(item) = items.ready_item(py, index) else {
            break;
        };
        let piece = admit(py, r, state, bytes_of(py, &item)?)?;
        if state.output.gather(piece, Some(false)) {
            continue;
        }
        let last = index + 1 == count || state.reply.is_whole();
        let sent = send_counted(py, r, state, piece, if last { Finish::Eos } else { Finish::Open });
        if sent.is_err() {
            return Ok(sent);
        }
    }
    Ok(Ok(()))
}

/// Send an open file from `position` on, as far as `Content-Length` goes; `None` when it is no regular file.
///
/// # Errors
/// [`crate::py::Raised`]: `start_response` was not called.
pub fn put_file(
    py: Attached<'_>,
    r: &Request,
    state: &RequestState,
    descriptor: i32,
    position: i64,
) -> PyResult<Option<Sent>> {
    started(py, state)?;
    let Some(size) = size_of_descriptor(descriptor) else {
        return Ok(None);
    };
    let left = u64::try_from(size - position).unwrap_or(0);
    let length = state.reply.admit(left.min(state.reply.room()));
    state.reply.mark_sent();
    state.output.count(usize::try_from(length).unwrap_or(usize::MAX));
    let before = state.output.take();
    let (length, end) = (
        i64::try_from(length).unwrap_or(i64::MAX),
        finish_of(r, Finish::Eos),
    );
    Ok(Some(detach(py, || {
        if !before.is_empty() {
            r.send(&[&before], Finish::Open)?;
        }
        r.send_file(r.duplicate_file(descriptor)?, position, length, end)
    })))
}

/// The application has given all it has: send the end before it does anything else.
pub fn finish(py: Attached<'_>, r: &Request, state: &RequestState) {
    if !r.eos_sent() {
        let _ = send(py, r, state, b"", Finish::Eos);
    }
}

/// Hold what was given against `Content-Length`: gives the bytes that were cut off.
///
/// # Errors
/// [`crate::py::Raised`]: the body is too short, or `start_response` was never called.
pub fn check(py: Attached<'_>, r: &Request, state: &RequestState) -> PyResult<u64> {
    started(py, state)?;
    let missing = state.reply.missing();
    if missing > 0 && has_body(r) {
        let text = format!("the body ends {missing} bytes before its Content-Length");
        return Err(py.raise_runtime_error(&text));
    }
    Ok(state.reply.excess())
}

/// The application failed: what has left cannot be taken back, so it is visibly broken off; the rest is forgotten.
pub fn abandon(py: Attached<'_>, r: &Request, state: &RequestState) {
    drop(state.output.take());
    match state.reply.head() {
        Head::Sent => _ = detach(py, || r.break_off()),
        Head::Set => take_back(r, &state.reply),
        Head::Unset => {}
    }
}

/// An item of the body.
///
/// # Errors
/// [`crate::py::Raised`] (TypeError).
fn bytes_of<'a, 'py>(py: Attached<'py>, item: &'a Owned<'py>) -> PyResult<&'a [u8]> {
    if item.borrow().is_bytes() {
        return py.bytes_in(item.borrow());
    }
    let kind = item.borrow().type_name();
    Err(py.raise_type_error(&format!(
        "the body of a WSGI application is made of bytes, not {kind}"
    )))
}

fn started(py: Attached<'_>, state: &RequestState) -> PyResult<()> {
    match state.reply.head() {
        Head::Unset => Err(py.raise_runtime_error("start_response() was not called before the body")),
        Head::Set | Head::Sent => Ok(()),
    }
}

/// The part of a piece that there is room for; none of it where only its length is asked for, which is known.
fn admit<'p>(py: Attached<'_>, r: &Request, state: &RequestState, piece: &'p [u8]) -> PyResult<&'p [u8]> {
    started(py, state)?;
    let admitted = state.reply.admit(piece.len() as u64);
    if r.header_only() && state.reply.has_length() {
        return Ok(b"");
    }
    Ok(&piece[..usize::try_from(admitted).unwrap_or(piece.len())])
}

fn send(py: Attached<'_>, r: &Request, state: &RequestState, piece: &[u8], finish: Finish) -> Sent {
    state.output.count(piece.len());
    send_counted(py, r, state, piece, finish)
}

/// Send what gathered and this piece; it counts already.
fn send_counted(py: Attached<'_>, r: &Request, state: &RequestState, piece: &[u8], finish: Finish) -> Sent {
    state.reply.mark_sent();
    let (before, finish) = (state.output.take(), finish_of(r, finish));
    detach(py, || r.send(&[&before, piece], finish))
}

/// A part of another request leaves its end to httpd.
fn finish_of(r: &Request, finish: Finish) -> Finish {
    match finish {
        Finish::Eos if r.main().is_some() => Finish::Open,
        other => other,
    }
}

/// Whether the client gets a body at all.
fn has_body(r: &Request) -> bool {
    !r.header_only() && !matches!(r.status(), 204 | 304)
}
