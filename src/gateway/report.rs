//! The one report of every error of a request: lines in the log, and what the client gets.
//!
//! Runs on request threads, attached where there is an exception to show. Never prints, never raises.

use crate::config::{DirConfig, Flag, HandlerEntry, Phase};
use crate::httpd::log::{self, Level};
use crate::httpd::{HookResult, HttpStatus, Outcome, Request, log_number};
use crate::interp::Binding;
use crate::objects::{Dispatch, RequestState};
use crate::py::{Attached, Exception};

/// Where an error happened.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The request.
    pub r: &'a Request,
    /// Its state.
    pub state: &'a RequestState,
    /// Its configuration.
    pub conf: &'a DirConfig,
    /// Its replica.
    pub binding: &'a Binding,
    /// The phase.
    pub phase: Phase,
    /// The handler.
    pub entry: HandlerEntry,
}

impl Place<'_> {
    /// Write a line to the request's log.
    pub fn log(&self, level: Level, number: log_number::Number, text: &str) {
        lines(self.r, Some(self.binding), level, number, text);
    }
}

/// Write lines to the request's log, each headed by its interpreter (if it has one) and the request.
pub(super) fn lines(
    r: &Request,
    binding: Option<&Binding>,
    level: Level,
    number: log_number::Number,
    text: &str,
) {
    let head = head(r, binding);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        log::log(level, number, r, format_args!("{head} {line}"));
    }
}

/// `[name/replica METHOD uri]`: which interpreter, which request.
fn head(r: &Request, binding: Option<&Binding>) -> String {
    let text = |bytes: Option<&std::ffi::CStr>| bytes.unwrap_or_default().to_string_lossy().into_owned();
    let served = binding.map(|binding| format!("{}/{} ", binding.group().name(), binding.replica().index()));
    format!(
        "[{}{} {}]",
        served.unwrap_or_default(),
        text(r.method()),
        text(r.uri())
    )
}

/// An exception left a handler: log it; with `PythonDebug On` the client sees it, else 500.
pub fn exception(
    py: Attached<'_>,
    place: &Place<'_>,
    dispatch: &Dispatch,
    error: Exception<'_>,
) -> HookResult {
    let directive = place.entry.directive(place.phase);
    let (text, page) = show(py, dispatch, &error, directive, place.entry.word());
    place.log(Level::Error, log_number::HANDLER_RAISED, &text);
    let shown = place.conf.settings().is(Flag::Debug) && !place.phase.is_after_reply();
    if !shown || page.is_empty() || place.r.eos_sent() || place.r.connection().aborted() {
        return Err(HttpStatus::INTERNAL_SERVER_ERROR);
    }
    place.r.set_status(HttpStatus::INTERNAL_SERVER_ERROR.code());
    place.r.set_content_type(Some(c"text/html; charset=utf-8"));
    place.state.write_page(&page);
    Ok(Outcome::Done)
}

/// An exception as lines for the log and as a page for the browser; no page when it cannot be shown.
pub(super) fn show(
    py: Attached<'_>,
    dispatch: &Dispatch,
    error: &Exception<'_>,
    phase: &str,
    word: &str,
) -> (String, String) {
    match dispatch.format_report(py, error, phase, word) {
        Ok((lines, page)) => (lines.join("\n"), page),
        Err(raised) => {
            let (error, broken) = (error.summary(py), Exception::take(py, raised).summary(py));
            let text = format!("{phase} {word}: {error} (its traceback cannot be shown: {broken})");
            (text, String::new())
        }
    }
}

/// The text of an exception outside of any request.
pub fn plain(py: Attached<'_>, error: Exception<'_>, what: &str, word: &str) -> String {
    let lines = Dispatch::import(py).and_then(|dispatch| dispatch.format_report(py, &error, what, word));
    match lines {
        Ok((lines, _)) => lines.join("\n"),
        Err(raised) => {
            drop(Exception::take(py, raised));
            format!("{what} {word}: {}", error.summary(py))
        }
    }
}
