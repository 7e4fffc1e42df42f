//! From a phase of httpd to Python and back: floor 5.
//!
//! Owns the setting up of interpreters, the running of handlers, and the one report of every error. Runs on request
//! threads (`handler`, `wsgi`, `filter`, `binding`, `report`) and on the manager's (`boot`, `events`).
#![deny(unsafe_code)]

pub mod binding;
pub mod boot;
pub mod connection;
pub mod events;
pub mod filter;
pub mod handler;
mod invoke;
pub mod process;
pub mod report;
mod visit;
pub mod wsgi;
