//! Lines in the error log, each with its number.
//!
//! Owns the one way to write there: level check first, then formatting, then one log line per line of text, so that
//! nothing is cut off. httpd escapes control characters. Any thread, any phase; must not be called by the Python
//! column, which is given a function instead.

use std::ffi::{CString, c_int};
use std::fmt::Display;
use std::ptr;

use apache2_sys as sys;

use super::log_number::{self, Number};
use super::{Connection, Request, Server, module};
use crate::boundary::Panic;

/// How much a line matters (`APLOG_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
#[allow(missing_docs, reason = "httpd's names")]
pub enum Level {
    Emerg = sys::APLOG_EMERG,
    Alert = sys::APLOG_ALERT,
    Crit = sys::APLOG_CRIT,
    Error = sys::APLOG_ERR,
    Warning = sys::APLOG_WARNING,
    Notice = sys::APLOG_NOTICE,
    Info = sys::APLOG_INFO,
    Debug = sys::APLOG_DEBUG,
    Trace1 = sys::APLOG_TRACE1,
}

impl Level {
    const ALL: [Self; 9] = [
        Self::Emerg,
        Self::Alert,
        Self::Crit,
        Self::Error,
        Self::Warning,
        Self::Notice,
        Self::Info,
        Self::Debug,
        Self::Trace1,
    ];

    /// The level for one of httpd's numbers; what is beyond the table is the nearest.
    #[must_use]
    pub fn new(code: c_int) -> Self {
        let place = usize::try_from(code).unwrap_or(0);
        Self::ALL.get(place).copied().unwrap_or(Self::Trace1)
    }
}

/// Whose log a line goes to, and what httpd says in front of it.
#[derive(Clone, Copy)]
pub enum Target<'t> {
    /// The request's server, with client and request.
    Request(&'t Request),
    /// The connection's server, with client.
    Connection(&'t Connection),
    /// One server.
    Server(&'t Server),
    /// The main server; standard error while there is none.
    Main,
}

impl<'t> From<&'t Request> for Target<'t> {
    fn from(r: &'t Request) -> Self {
        Self::Request(r)
    }
}

impl<'t> From<&'t Connection> for Target<'t> {
    fn from(c: &'t Connection) -> Self {
        Self::Connection(c)
    }
}

impl<'t> From<&'t Server> for Target<'t> {
    fn from(s: &'t Server) -> Self {
        Self::Server(s)
    }
}

/// Longest piece of one line: httpd cuts at `MAX_STRING_LEN`, head and escapes included.
const PIECE: usize = 2000;

/// Write `text` under `number` when the target's `LogLevel` lets `level` through; it is formatted only then.
pub fn log<'t>(level: Level, number: Number, target: impl Into<Target<'t>>, text: impl Display) {
    let target = target.into();
    if !target.lets_through(level) {
        return;
    }
    for piece in text.to_string().lines().flat_map(pieces) {
        target.write(level, &format!("{number}: {piece}"));
    }
}

/// Write what an application says, in its own words: such a line has no number.
pub fn application<'t>(level: Level, target: impl Into<Target<'t>>, text: &str) {
    let target = target.into();
    if target.lets_through(level) {
        text.lines()
            .flat_map(pieces)
            .for_each(|piece| target.write(level, piece));
    }
}

/// Whether a line of `level` would be written: for callers that would have to prepare its text.
pub fn is_enabled<'t>(level: Level, target: impl Into<Target<'t>>) -> bool {
    target.into().lets_through(level)
}

/// What `boundary` calls when a panic ends where C expects no answer.
pub(super) fn panic(what: &str, panic: &Panic) {
    log(
        Level::Crit,
        log_number::PANIC,
        Target::Main,
        format_args!("{what}: {panic}"),
    );
}

impl Target<'_> {
    /// `APLOG_*_IS_LEVEL`.
    fn lets_through(self, level: Level) -> bool {
        level <= Level::Notice || self.level() >= level as c_int
    }

    fn level(self) -> c_int {
        let index = module::index();
        // SAFETY: httpd's records live as long as the references; the main server is null or lives.
        unsafe {
            match self {
                Self::Request(r) => sys::ap_get_request_module_loglevel(r.as_ptr(), index),
                Self::Connection(c) => sys::ap_get_conn_module_loglevel(c.as_ptr(), index),
                Self::Server(s) => sys::ap_get_server_module_loglevel(s.as_ptr(), index),
                Self::Main if sys::ap_server_conf.is_null() => sys::ap_default_loglevel,
                Self::Main => sys::ap_get_server_module_loglevel(sys::ap_server_conf, index),
            }
        }
    }

    fn write(self, level: Level, line: &str) {
        let (index, level) = (module::index(), level as c_int);
        let line = CString::new(line.replace('\0', "\\0")).unwrap_or_default();
        let (file, format, line) = (ptr::null(), c"%s".as_ptr(), line.as_ptr());
        // SAFETY: httpd's records live as long as the references; `%s` meets one C string.
        unsafe {
            match self {
                Self::Request(r) => sys::ap_log_rerror_(file, 0, index, level, 0, r.as_ptr(), format, line),
                Self::Connection(c) => {
                    sys::ap_log_cerror_(file, 0, index, level, 0, c.as_ptr(), format, line)
                }
                Self::Server(s) => sys::ap_log_error_(file, 0, index, level, 0, s.as_ptr(), format, line),
                Self::Main => sys::ap_log_error_(file, 0, index, level, 0, sys::ap_server_conf, format, line),
            }
        }
    }
}

/// One line in pieces that httpd does not cut; one empty piece for an empty line.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let cut = char_boundary(text, PIECE);
        rest = text.get(cut..).filter(|rest| !rest.is_empty());
        text.get(..cut)
    })
}

/// The last place up to `index` where `text` may be cut.
fn char_boundary(text: &str, index: usize) -> usize {
    if index >= text.len() {
        return text.len();
    }
    (0..=index).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_in_pieces() {
        let long = "ä".repeat(PIECE);
        let cut: Vec<&str> = pieces(&long).collect();
        assert_eq!(cut.concat(), long);
        assert!(cut.len() == 2 && cut.iter().all(|piece| piece.len() <= PIECE));
    }

    #[test]
    fn an_empty_line_is_one_piece() {
        assert_eq!(pieces("").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn levels_are_httpds() {
        assert_eq!(
            (Level::new(3), Level::new(-1), Level::new(99)),
            (Level::Error, Level::Emerg, Level::Trace1)
        );
    }
}
