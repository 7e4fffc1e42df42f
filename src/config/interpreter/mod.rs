//! `PythonInterpreterOptions`: what can be said about interpreter names, and the table of what was said.
//!
//! * `value`: the kinds of value · `options`: the options of one name · `parse`: the line · `table`: all names

mod options;
mod parse;
mod table;
mod value;

pub use options::{Gil, InterpreterOptions, Replicas};
pub use parse::{Resolve, Scope, parse};
pub use table::Interpreters;
