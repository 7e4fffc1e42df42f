//! mod_python 4: Python inside the Apache HTTP Server.
//!
//! The floors of this crate, top to bottom; imports go down only (`tests/tidy.rs` holds the rule):
//!
//! ```text
//! 6  hooks     module record, phases, child life
//! 5  gateway   handler dispatch, error report
//! 4  objects   the Python types of `_apache`
//! 3  interp | config
//! 2  py     | httpd
//! 1  boundary, apr
//! 0  pyo3-ffi | apache2-sys
//! leaf: psp
//! ```
//!
//! Runs inside every httpd child, on the MPM's worker threads and on one manager thread of our own.

#[cfg(test)]
extern crate apache2_stubs as _;

pub mod apr;
pub mod boundary;
pub mod config;
pub mod gateway;
mod hooks;
pub mod httpd;
pub mod interp;
pub mod objects;
pub mod psp;
pub mod py;

httpd_module!(
    python_module,
    c"mod_python.c",
    dir: config::DirConfig,
    server: config::ServerConfig,
    commands: config::COMMANDS,
    hooks: hooks::register
);
