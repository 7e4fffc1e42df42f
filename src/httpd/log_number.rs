//! The numbers of all log lines: one row each, stable for ever, never reused.
//!
//! Owns the table and nothing else. Administrators search for `MPY0103`, so a number keeps its meaning; a line that is
//! no longer written leaves its row here. Rows are sorted; the first two digits are the part that writes them:
//! 00 httpd, 01 interpreters, 02 configuration, 03 objects, 04 gateways, 05 phases and child life.

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
    CLEANUP_SKIPPED = 301, "A function given to register_cleanup is not called: its interpreter is closed.";
    CLEANUP_FAILED = 302, "A function given to register_cleanup raised an exception.";
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
