//! Floor 3 of the httpd column: what the administrator wrote.
//!
//! Owns the directives, their values, how sections lay over each other, and the names of interpreters. Filled in the
//! parent (and for `.htaccess` on request threads), read by every request. Must never know Python: it says what shall
//! run and under which name, and nothing of how.
//!
//! * `directives`: THE table · `phase`: the table of phases
//! * `dir`: a request's configuration, made of `settings`, `options`, `handlers` and `filters`, each a layer (`live`)
//! * `handlers`, `filters`, `entry`, `directory`: which handlers and filters run, and for which directory
//! * `mounts`: which WSGI application answers below which URL path
//! * `name`, `naming`: interpreter names, and which one serves a call
//! * `server`, `interpreter`, `process`: what is said about the process and its interpreters
#![deny(unsafe_code)]

mod dir;
mod directives;
mod directory;
mod entry;
mod extensions;
mod filters;
mod handlers;
mod hint;
pub mod interpreter;
mod live;
mod mounts;
mod name;
mod naming;
mod options;
mod phase;
mod process;
mod server;
mod settings;

pub use dir::DirConfig;
pub use directives::COMMANDS;
pub use directory::Directory;
pub use entry::{Calling, EntryKey, HandlerEntry};
pub use filters::{filter_directive, filter_function, has_filters, note_filter};
pub use handlers::{Found, HandlerList, is_content_handler, required};
pub use interpreter::{Gil, InterpreterOptions, Interpreters};
pub use live::{Live, View};
pub use mounts::{MOUNT_HANDLER, Mount};
pub use name::{MAIN_INTERPRETER, Name, TooManyNames};
pub use naming::Situation;
pub use options::Options;
pub use phase::{PHASES, Phase};
pub use process::Process;
pub use server::{Import, ServerConfig};
pub use settings::{Flag, Settings};
