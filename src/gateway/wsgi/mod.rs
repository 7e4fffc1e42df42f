//! WSGI (PEP 3333): applications mounted at URL paths, and those that a handler calls with `req.serve_wsgi`.
//!
//! * `mount`: from `PythonWSGIAlias` to a request's application
//! * `serve`: one call of an application, from `environ` to the end of the body
//!
//! Runs on request threads. What is Python's about it (`environ`, `start_response`, `write`) is in `objects::wsgi`.

mod mount;
mod serve;

pub use mount::{is_mounted, is_without_file, mount, run};
pub(super) use serve::serve_mounted;

/// Lend the gateway to `req.serve_wsgi`.
pub fn offer() {
    crate::objects::wsgi::serve_with(serve::serve);
}
