//! One handler: found, called, and its result made an outcome of httpd's.
//!
//! Runs on request threads, attached. A result is exactly an integer (surface §2.3); SERVER_RETURN is one too (§2.4);
//! anything else is an error and reported as such.

use super::report::{self, Place};
use super::visit::{Refusal, refusal};
use super::wsgi;
use crate::config::{Calling, Phase};
use crate::httpd::log::Level;
use crate::httpd::{HookResult, HttpStatus, Outcome, Request, from_code, log_number};
use crate::objects::{Ask, Dispatch, Handler};
use crate::py::{Attached, Borrowed, Exception, Owned, Raised};

/// How a list of handlers ended.
pub(super) enum End {
    Result(HookResult),
    NeedsMain(String),
}

/// Resolve and call one handler.
pub(super) fn one<'py>(
    py: Attached<'py>,
    dispatch: &Dispatch,
    place: &Place<'_>,
    handler: &Handler,
    request: Borrowed<'_, 'py>,
) -> End {
    let function = match resolve(py, dispatch, place, handler) {
        Ok(Some(function)) => function,
        Ok(None) => return End::Result(Ok(Outcome::Declined)),
        Err(raised) => return unresolved(py, dispatch, place, Exception::take(py, raised)),
    };
    let result = match place.entry.calling() {
        Calling::Handler => call(py, dispatch, place, function.borrow(), request),
        Calling::Application => {
            wsgi::serve_mounted(py, place, function.borrow(), request).map(|()| Ok(Outcome::Ok))
        }
    };
    let result =
        result.unwrap_or_else(|raised| raised_by_handler(py, dispatch, place, Exception::take(py, raised)));
    End::Result(settled(place.r, result))
}

/// `handler(req)`.
fn call<'py>(
    py: Attached<'py>,
    dispatch: &Dispatch,
    place: &Place<'_>,
    handler: Borrowed<'_, 'py>,
    request: Borrowed<'_, 'py>,
) -> Result<HookResult, Raised> {
    let value = handler.call1(py, request)?;
    Ok(code_of(py, dispatch, place, value.borrow()))
}

/// No error page follows a reply that has ended, also one that was broken off.
fn settled(r: &Request, result: HookResult) -> HookResult {
    match result {
        Err(_) if r.eos_sent() => Ok(Outcome::Done),
        result => result,
    }
}

fn resolve<'py>(
    py: Attached<'py>,
    dispatch: &Dispatch,
    place: &Place<'_>,
    handler: &Handler,
) -> Result<Option<Owned<'py>>, Raised> {
    if let Some(callable) = handler.callable() {
        return Ok(Some(callable.get(py)?.to_owned()));
    }
    let settings = place.conf.settings();
    let ask = Ask::new(place.entry, &settings, place.r.request_time() / 1_000_000);
    dispatch.handler(py, &ask)
}

/// A handler could not be imported: perhaps because this kind of interpreter is refused.
fn unresolved(py: Attached<'_>, dispatch: &Dispatch, place: &Place<'_>, error: Exception<'_>) -> End {
    let refusal = refusal(py, dispatch, place.binding.group(), &error);
    if let Some(Refusal::NeedsMain(module)) = refusal {
        return End::NeedsMain(module);
    }
    let result = report::exception(py, place, dispatch, error);
    if let Some(Refusal::Stays(text)) = refusal {
        place.log(Level::Error, log_number::EXTENSION_REFUSED, &text);
    }
    End::Result(result)
}

/// What a handler returned, or raised with SERVER_RETURN: exactly an integer.
fn code_of<'py>(
    py: Attached<'py>,
    dispatch: &Dispatch,
    place: &Place<'_>,
    value: Borrowed<'_, 'py>,
) -> HookResult {
    if !value.is_int() {
        let error = dispatch.result_error(py, value);
        return report::exception(py, place, dispatch, error);
    }
    match py.integer(value).map(i32::try_from) {
        // `return apache.HTTP_OK` says what `return apache.OK` means.
        Ok(Ok(200)) if place.phase == Phase::Handler => Ok(Outcome::Ok),
        Ok(Ok(code)) => from_code(code),
        Ok(Err(_)) => Err(HttpStatus::INTERNAL_SERVER_ERROR),
        Err(raised) => report::exception(py, place, dispatch, Exception::take(py, raised)),
    }
}

fn raised_by_handler(
    py: Attached<'_>,
    dispatch: &Dispatch,
    place: &Place<'_>,
    error: Exception<'_>,
) -> HookResult {
    match dispatch.server_return(py, &error) {
        Ok(None) => report::exception(py, place, dispatch, error),
        Ok(Some((code, status))) => {
            if let Some(status) = status {
                place.r.set_status(status);
            }
            code_of(py, dispatch, place, code.borrow())
        }
        Err(raised) => report::exception(py, place, dispatch, Exception::take(py, raised)),
    }
}
