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
    /// `[name/replica METHOD uri]`: which interpreter, which request.
    fn head(&self) -> String {
        let text = |bytes: Option<&std::ffi::CStr>| bytes.unwrap_or_default().to_string_lossy().into_owned();
        let (name, replica) = (self.binding.group().name(), self.binding.replica().index());
        format!(
            "[{name}/{replica} {} {}]",
            text(self.r.method()),
            text(self.r.uri())
        )
    }

    /// Write a line to the request's log.
    pub fn log(&self, level: Level, number: log_number::Number, text: &str) {
        let head = self.head();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            log::log(level, number, self.r, format_args!("{head} {line}"));
        }
    }
}

/// An exception left a handler: log it; with `PythonDebug On` the client sees it, else 500.
pub fn exception(
    py: Attached<'_>,
    place: &Place<'_>,
    dispatch: &Dispatch,
    error: Exception<'_>,
) -> HookResult {
    let (phase, word) = (place.phase.directive(), place.entry.word());
    let (lines, page) = dispatch
        .format_report(py, &error, phase, word)
        .unwrap_or_else(|raised| {
            let broken = Exception::take(py, raised).summary(py);
            (
                vec![format!(
                    "{phase} {word}: {} (its traceback cannot be shown: {broken})",
                    error.summary(py)
                )],
                String::new(),
            )
        });
    place.log(Level::Error, log_number::HANDLER_RAISED, &lines.join("\n"));
    let shown = place.conf.settings().is(Flag::Debug) && !place.phase.is_after_reply();
    if !shown || page.is_empty() || place.r.connection().aborted() {
        return Err(HttpStatus::INTERNAL_SERVER_ERROR);
    }
    place.r.set_status(HttpStatus::INTERNAL_SERVER_ERROR.code());
    place.r.set_content_type(Some(c"text/html; charset=utf-8"));
    place.state.write_page(&page);
    Ok(Outcome::Done)
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
