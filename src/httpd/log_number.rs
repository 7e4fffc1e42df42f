//! The numbers of all log lines: one row each, stable for ever, never reused.
//!
//! Owns the table and nothing else. Administrators search for `MPY0103`, so a number keeps its meaning; a line that is
//! no longer written leaves its row here. Rows are sorted; the first two digits are the part that writes them:
//! 00 httpd, 01 interpreters, 02 configuration, 03 objects, 04 gateways, 05 phases and child life, 06 the Python library
//! (`python/mod_python/_log.py`).

use std::fmt;

/// The number of one kind of log line; prints as `MPY0103`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(u16);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MPY{:04}", self.0)
    }
}

/// A row of the table, for documentation and tests.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The number.
    pub number: Number,
    /// The constant's name.
    pub name: &'static str,
    /// What the line means, for the reader of the log.
    pub meaning: &'static str,
}

macro_rules! log_numbers {
    ($($name:ident = $number:literal, $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $name: Number = Number($number);)*

        /// All rows in the order of their numbers.
        pub const ALL: &[Row] = &[$(Row { number: $name, name: stringify!($name), meaning: $meaning }),*];
    };
}

log_numbers! {
    PANIC = 1, "A defect of the module itself was stopped at its edge; the request got 500, the child lives on.";
    START_FAILED = 2, "The module refuses to start with this configuration or in this process.";
    PYTHON_STARTED = 101, "Python runs in this child.";
    PYTHON_NOT_STARTED = 102, "Python could not be started in this child: every request for it gets 500.";
    GROUP_READY = 103, "An interpreter name has a generation that serves.";
    GROUP_FAILED = 104, "The interpreter of a name could not be set up; the next request tries anew, after a pause if that failed repeatedly.";
    REPLICA_ENDED = 105, "An interpreter of a former generation ended.";
    REPLICA_ABANDONED = 106, "An interpreter of a former generation stays in memory: its threads would not stop.";
    CHILD_WORN = 107, "Enough interpreters ended on a Python that loses memory with each: the child is replaced.";
    SMALL_STACK = 108, "The threads of httpd have too small a C stack for this Python.";
    WARM_UP_FAILED = 109, "A module named by PythonWarmUp could not be imported into the main interpreter.";
    PACKAGE_BROKEN = 110, "The Python package of the module is missing or fails.";
    CLEANUP_SKIPPED = 301, "A function given to register_cleanup is not called: its interpreter is closed.";
    CLEANUP_FAILED = 302, "A function given to register_cleanup raised an exception.";
    OLD_NAME = 303, "An application uses an attribute's deprecated name: said once for each name and child.";
    HANDLER_RAISED = 401, "A handler, or its import, raised an exception; the request got 500.";
    EXTENSION_REFUSED = 402, "An extension module does not load in this kind of interpreter: the line names the directive.";
    FELL_BACK_TO_MAIN = 403, "A name with gil=auto moves to the main interpreter because an extension module refused.";
    NO_INTERPRETER = 404, "No interpreter serves this request.";
    QUEUE_TIMEOUT = 405, "A request waited queue-timeout for one of max-threads places and got 503.";
    IMPORT_FAILED = 406, "A PythonImport failed; the name serves all the same.";
    FILTER_UNKNOWN = 420, "A filter of ours works on a request for which no directive says what it calls; the request got 500.";
    FILTER_RAISED = 421, "A filter, or its import, raised an exception; the rest of the data passes unchanged.";
    TAG_REFUSED = 422, "A #python tag of a page is not allowed, or its arguments are wrong.";
    TAG_RAISED = 423, "The script of a #python tag raised an exception; the page shows the error text of mod_include.";
    BODY_CUT = 430, "A WSGI application gave more than its Content-Length says; the rest was cut off.";
    NO_USER = 501, "A PythonAuthenHandler returned OK and left req.user unset; the request got 500.";
    NO_REQUIRE = 502, "A line `Require python` names no handler; the request got 500.";
    FORM_TOO_LARGE = 601, "A form exceeds a limit of mod_python.form.*; the request got 413.";
    FORM_MALFORMED = 602, "The body of a form is not what its type says; the request got 400.";
    SESSION_REFUSED = 603, "What lies in a session's place is not a session of ours; the client got a new one.";
    SESSION_STORE_FAILED = 604, "The store of sessions cannot be read or written.";
    SESSIONS_NOT_SHARED = 605, "Sessions are kept in memory while several interpreters or children serve this name.";
    PUBLISHER_REFUSED = 620, "Somebody asked the publisher for a name that begins with an underscore; the request got 403.";
    CGI_WITHOUT_HEADERS = 621, "A script of cgihandler ended before its header lines did; the request got 500.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_sorted() {
        assert!(ALL.iter().map(|row| row.number.0).is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_number_prints_as_administrators_search_it() {
        assert_eq!(Number(103).to_string(), "MPY0103");
    }
}
