//! A connection of httpd: `conn_rec`.
//!
//! Owns the type and its fields. Lent for the length of a hook, on the thread that httpd runs it on.

use std::cell::UnsafeCell;

use apache2_sys as sys;

use super::Server;
use crate::apr::Pool;

/// A connection; a `&Connection` lives as long as the hook it was lent to.
#[repr(transparent)]
pub struct Connection(UnsafeCell<sys::conn_rec>);

// SAFETY: as for `Request`: one thread at a time, and `Send` is wanted for closures that run detached on it.
unsafe impl Sync for Connection {}

impl Connection {
    /// See httpd's record as a connection.
    ///
    /// # Safety
    /// `c` is a live connection that this thread works on for `'c`.
    #[must_use]
    pub unsafe fn from_ptr<'c>(c: *mut sys::conn_rec) -> &'c Self {
        // SAFETY: the caller's contract; the type is transparent.
        unsafe { &*c.cast::<Self>() }
    }

    /// The record for a C call.
    #[must_use]
    pub fn as_ptr(&self) -> *mut sys::conn_rec {
        self.0.get()
    }

    /// The record for reading one field; the reference ends before anything is called.
    pub(super) fn raw(&self) -> &sys::conn_rec {
        // SAFETY: from_ptr's contract; callers copy a field out and hold no reference across a call.
        unsafe { &*self.0.get() }
    }

    /// The connection's pool.
    #[must_use]
    pub fn pool(&self) -> Pool<'_> {
        // SAFETY: httpd makes the pool with the connection.
        unsafe { Pool::from_ptr(self.raw().pool) }
    }

    /// The server of the address and port, before any `Host` header.
    #[must_use]
    pub fn base_server(&self) -> &Server {
        // SAFETY: a server outlives its connections.
        unsafe { Server::from_ptr(self.raw().base_server) }
    }
}
