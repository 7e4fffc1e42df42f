//! Floor 1: the Apache Portable Runtime, made safe.
//!
//! Owns the safe view of APR's pools, tables, files, buckets and status codes; serves request, connection,
//! configuration and process pools alike. Runs on whatever thread holds the pool. Must never know a request or an
//! interpreter.

mod brigade;
mod bucket;
mod file;
mod pool;
mod status;
mod table;
pub mod text;

pub use brigade::{Brigade, BucketAlloc, Wait};
pub use bucket::{Front, Piece};
pub use file::{File, FileInfo, OwnedFileInfo, size_of_descriptor};
pub use pool::{OwnedPool, Pool};
pub use status::Status;
pub use table::Table;
