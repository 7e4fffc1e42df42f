//! One call of a WSGI application: `environ`, the call, the body, `close()`.
//!
//! Runs on request threads, attached; sending runs detached. How the body leaves follows PEP 3333, "Buffering and
//! Streaming": what is ready when the application returns (a list, a tuple) leaves in one brigade with the head, its
//! end and a flush, after Python is done. Anything else may take its time, so each item leaves before the next one is
//! asked for; the item that completes `Content-Length` takes the end of the reply with it, and no further one is asked
//! for. A client that is gone ends the iteration; `close()` is called in any case.

use crate::gateway::report::Place;
use crate::httpd::log::{self, Level};
use crate::httpd::log_number;
use crate::objects::RequestState;
use crate::objects::module::state_of;
use crate::objects::wsgi::{self, Call, Sent};
use crate::py::{Attached, Borrowed, Exception, PyResult};

/// Run the application that is mounted at the entry's path.
pub(in crate::gateway) fn serve_mounted<'py>(
    py: Attached<'py>,
    place: &Place<'_>,
    application: Borrowed<'_, 'py>,
    request: Borrowed<'_, 'py>,
) -> PyResult<()> {
    let module = state_of(py, place.binding.replica().interp())?;
    let call = Call {
        r: place.r,
        state: place.state,
        wsgi: module.wsgi(py)?,
        request,
        script_name: place.entry.directory().unwrap_or_default().as_bytes(),
    };
    serve(py, &call, application)
}

/// Run an application; when it fails, what has left of its reply is broken off, and the rest taken back.
pub(super) fn serve<'py>(
    py: Attached<'py>,
    call: &Call<'_, 'py>,
    application: Borrowed<'_, 'py>,
) -> PyResult<()> {
    let served = call
        .of(py, application)
        .and_then(|result| deliver(py, call, result.borrow()));
    served.map_err(|raised| {
        let error = Exception::take(py, raised);
        let abandoned = touch(py, call, |state| {
            wsgi::abandon(py, call.r, state);
            Ok(())
        });
        drop(abandoned.map_err(|raised| Exception::take(py, raised)));
        error.restore(py)
    })
}

/// How the giving of a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// There is no more.
    Exhausted,
    /// `Content-Length` is reached; nobody asked for more.
    Whole,
    /// The client does not listen any more.
    Gone,
}

/// Give the body to httpd, and close what gave it.
fn deliver<'py>(py: Attached<'py>, call: &Call<'_, 'py>, result: Borrowed<'_, 'py>) -> PyResult<()> {
    if let Some(count) = result.ready_items() {
        let sent = touch(py, call, |state| {
            wsgi::put_ready(py, call.r, state, result, count)
        })?;
        return check(py, call, end_of(sent, End::Exhausted));
    }
    let given = give(py, call, result).and_then(|end| check(py, call, end).map(|()| end));
    let given = given.map_err(|raised| Exception::take(py, raised));
    let closed = close(py, call, result, given.as_ref().ok().copied());
    match given {
        Ok(_) => closed,
        Err(error) => {
            drop(closed.map_err(|raised| Exception::take(py, raised)));
            Err(error.restore(py))
        }
    }
}

/// An open file goes by descriptor, everything else item by item.
fn give<'py>(py: Attached<'py>, call: &Call<'_, 'py>, result: Borrowed<'_, 'py>) -> PyResult<End> {
    if let Some((descriptor, position)) = call.wsgi.file_in(py, result)? {
        let put = touch(py, call, |state| {
            wsgi::put_file(py, call.r, state, descriptor, position)
        })?;
        if let Some(sent) = put {
            return Ok(end_of(sent, End::Exhausted));
        }
    }
    let items = result.iter(py)?;
    while let Some(item) = items.borrow().next(py)? {
        let (sent, whole) = touch(py, call, |state| wsgi::write(py, call.r, state, &item))?;
        match end_of(sent, End::Whole) {
            End::Whole if !whole => {}
            end => return Ok(end),
        }
    }
    Ok(End::Exhausted)
}

/// `close()`, which may take its time: the end of the reply leaves before. A generator that ran out has nothing to do.
fn close<'py>(
    py: Attached<'py>,
    call: &Call<'_, 'py>,
    result: Borrowed<'_, 'py>,
    given: Option<End>,
) -> PyResult<()> {
    if result.is_generator() && given == Some(End::Exhausted) {
        return Ok(());
    }
    let Some(close) = call.wsgi.close_of(py, result)? else {
        return Ok(());
    };
    if given.is_some_and(|end| end != End::Gone) {
        touch(py, call, |state| {
            wsgi::finish(py, call.r, state);
            Ok(())
        })?;
    }
    close.borrow().call0(py).map(drop)
}

/// Hold the body against its `Content-Length`.
fn check(py: Attached<'_>, call: &Call<'_, '_>, end: End) -> PyResult<()> {
    if end == End::Gone {
        return Ok(());
    }
    let cut = touch(py, call, |state| wsgi::check(py, call.r, state))?;
    if cut > 0 {
        let text =
            format!("the application gave at least {cut} bytes beyond its Content-Length; they were cut off");
        log::log(Level::Warning, log_number::BODY_CUT, call.r, text);
    }
    Ok(())
}

fn end_of(sent: Sent, end: End) -> End {
    sent.map_or(End::Gone, |()| end)
}

/// Use the request while no thread of the application does.
fn touch<R>(
    py: Attached<'_>,
    call: &Call<'_, '_>,
    f: impl FnOnce(&RequestState) -> PyResult<R>,
) -> PyResult<R> {
    call.state.within(py, f)
}
