//! The Python types of `_apache`: floor 4, where the two columns meet.
//!
//! Owns what an application sees of httpd. Python objects outlive requests, so each of them reaches its record through
//! a [`guarded::Guarded`] and says clearly when it is gone. Everything runs attached on whatever thread holds the
//! object; whatever may block or call back into Python runs detached.
//!
//! A new attribute is a row in a table (`request/fields.rs`, `connection.rs`, `server.rs`) over an accessor of
//! `httpd`; a new method is a row and one small function; a new type is a row in `module.rs`.

mod config_tree;
mod connection;
mod constants;
mod directory;
mod dispatch;
mod filter;
mod finfo;
mod functions;
mod global_lock;
mod guarded;
mod hlist;
mod kept;
mod lent_connection;
mod liveness;
pub mod module;
pub mod offered;
mod psp;
mod request;
mod request_state;
mod row;
mod server;
mod table;
pub mod wsgi;

pub use dispatch::{Ask, Dispatch};
pub use filter::{Call, OpenFlow};
pub use lent_connection::LentConnection;
pub use liveness::Liveness;
pub use request_state::{Handler, RequestState, with_current};

use guarded::Guarded;
