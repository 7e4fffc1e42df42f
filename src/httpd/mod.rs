//! Floor 2 of the httpd column: the server, made safe.
//!
//! Owns the safe view of httpd's records (request, connection, server), of its hooks, directives, configuration
//! slots, log and MPM. Runs where httpd calls: in the parent while it starts, in a child on the MPM's threads.
//! Must never know Python; what it needs from higher floors is passed in as a function.

pub mod auth;
mod connection;
mod connection_io;
pub mod constant;
pub mod directive;
#[cfg(test)]
mod fake;
mod fields;
pub mod filter;
pub mod global_lock;
pub mod hook;
pub mod include;
mod item;
pub mod log;
pub mod log_number;
mod module;
pub mod mpm;
pub mod optional;
mod outcome;
mod part;
mod pattern;
pub mod process;
mod request;
mod server;
pub mod slot;
mod ssl;
pub mod tree;

pub use connection::Connection;
pub use filter::{Direction, Filter};
pub use module::Module;
pub use outcome::{HookResult, HttpStatus, Outcome, from_code, to_code};
pub use part::{Merging, Part};
pub use pattern::{Fnmatch, Regex};
pub use request::{BodyPolicy, Finish, Lookup, Request};
pub use server::Server;
