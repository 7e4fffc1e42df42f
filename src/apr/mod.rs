//! Floor 1: the Apache Portable Runtime, made safe.
//!
//! Owns the safe view of APR's pools, tables, buckets and status codes; serves request, connection, configuration
//! and process pools alike. Runs on whatever thread holds the pool. Must never know a request or an interpreter.

mod pool;
mod status;
mod table;
pub mod text;

pub use pool::{OwnedPool, Pool};
pub use status::Status;
pub use table::Table;
