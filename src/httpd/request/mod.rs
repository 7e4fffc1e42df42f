//! A request of httpd: `request_rec`, lent for the length of a hook.
//!
//! Owns the type; what it can do is in the files beside. All methods take `&self`: httpd itself changes the record
//! during any call, so an exclusive borrow would be a lie. Used on the thread that httpd runs the request on.

mod body;
mod call;
mod fields;
mod send;

use std::cell::UnsafeCell;

use apache2_sys as sys;

use super::{Connection, Server};
use crate::apr::Pool;

pub use body::BodyPolicy;
pub use call::Lookup;
pub use send::Finish;

/// A request; a `&Request` lives as long as the hook it was lent to.
///
/// ```no_run
/// use mod_python::httpd::{HookResult, Outcome, Request};
/// fn hook(r: &Request) -> HookResult {
///     std::thread::scope(|scope| scope.spawn(|| r.status()).join().is_ok());
///     Ok(Outcome::Declined)
/// }
/// ```
///
/// It cannot leave the hook:
///
/// ```compile_fail,E0521
/// use mod_python::httpd::{HookResult, Outcome, Request};
/// fn hook(r: &Request) -> HookResult {
///     std::thread::spawn(|| r.status());
///     Ok(Outcome::Declined)
/// }
/// ```
#[repr(transparent)]
pub struct Request(UnsafeCell<sys::request_rec>);

// SAFETY: a request belongs to one thread at a time, and nothing here moves it to another: every entry of httpd is on
// that thread, and no reference outlives its hook. `Send` on `&Request` is wanted for a different reason: a closure
// that runs detached from the interpreter, on the same thread, must be `Send`, and it may use the request.
unsafe impl Sync for Request {}

impl Request {
    /// See httpd's record as a request.
    ///
    /// # Safety
    /// `r` is a live request that this thread works on for `'r`.
    #[must_use]
    pub unsafe fn from_ptr<'r>(r: *mut sys::request_rec) -> &'r Self {
        // SAFETY: the caller's contract; the type is transparent.
        unsafe { &*r.cast::<Self>() }
    }

    /// The record for a C call.
    #[must_use]
    pub fn as_ptr(&self) -> *mut sys::request_rec {
        self.0.get()
    }

    /// The record for reading one field; the reference ends before anything is called.
    pub(super) fn raw(&self) -> &sys::request_rec {
        // SAFETY: from_ptr's contract; callers copy a field out and hold no reference across a call.
        unsafe { &*self.0.get() }
    }

    /// The request's pool: what lives in it lives as long as the request.
    #[must_use]
    pub fn pool(&self) -> Pool<'_> {
        // SAFETY: httpd makes the pool with the request.
        unsafe { Pool::from_ptr(self.raw().pool) }
    }

    /// The connection it came on.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        // SAFETY: a connection outlives its requests.
        unsafe { Connection::from_ptr(self.raw().connection) }
    }

    /// The (virtual) server that serves it.
    #[must_use]
    pub fn server(&self) -> &Server {
        // SAFETY: a server outlives its requests.
        unsafe { Server::from_ptr(self.raw().server) }
    }
}
