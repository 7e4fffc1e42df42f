//! Safe CPython: the Python column's floor 2.
//!
//! Owns every idiom by which this crate touches a Python object: the proof of attachment, owned and borrowed
//! references, exceptions, conversions, calls, heap types, module state, start-up. Knows nothing of httpd,
//! names or replicas. Everything here needs the calling thread to be attached, except `init`.

pub mod args;
pub mod call;
pub mod convert;
pub mod exception;
pub mod heap_type;
pub mod init;
mod iterate;
pub mod library;
pub mod module;
pub mod owned;
pub mod slots;
pub mod token;
pub mod trampoline;

pub use args::Args;
pub use exception::{Exception, PyResult, Raised};
pub use heap_type::{Native, This};
pub use module::StateRef;
pub use owned::{Borrowed, Owned, Stored};
pub use token::Attached;
