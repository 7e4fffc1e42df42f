//! A server of httpd: `server_rec`, the main one or a virtual host.
//!
//! Owns the type and its fields. Made while the configuration is read, constant in the children, read by any thread.

use std::cell::UnsafeCell;
use std::iter;

use apache2_sys as sys;

use crate::apr::text;

/// A (virtual) server; lives until the configuration is read anew, in a child as long as the child.
#[repr(transparent)]
pub struct Server(UnsafeCell<sys::server_rec>);

// SAFETY: httpd fills a server in the parent, on its only thread; afterwards everybody only reads.
unsafe impl Sync for Server {}

impl Server {
    /// See httpd's record as a server.
    ///
    /// # Safety
    /// `s` is a server of the configuration that is in force for `'s`.
    #[must_use]
    pub unsafe fn from_ptr<'s>(s: *mut sys::server_rec) -> &'s Self {
        // SAFETY: the caller's contract; the type is transparent.
        unsafe { &*s.cast::<Self>() }
    }

    /// The record for a C call.
    #[must_use]
    pub fn as_ptr(&self) -> *mut sys::server_rec {
        self.0.get()
    }

    /// `ServerName`, as httpd knows the server.
    #[must_use]
    pub fn hostname(&self) -> Option<&str> {
        // SAFETY: null or a text of the configuration, which lives as long as the server.
        unsafe { text::borrow_str(self.raw().server_hostname) }
    }

    /// Whether this is a virtual host.
    #[must_use]
    pub fn is_virtual(&self) -> bool {
        self.raw().is_virtual != 0
    }

    /// This server and those that follow it in httpd's list: from the main server on, all of them.
    pub fn chain(&self) -> impl Iterator<Item = &Self> {
        iter::successors(Some(self), |server| {
            let next = server.raw().next;
            // SAFETY: httpd links the servers of one configuration, which live as long as each other.
            (!next.is_null()).then(|| unsafe { Self::from_ptr(next) })
        })
    }

    /// The record for reading one field; the reference ends before anything is called.
    pub(super) fn raw(&self) -> &sys::server_rec {
        // SAFETY: from_ptr's contract; callers copy a field out and hold no reference across a call.
        unsafe { &*self.0.get() }
    }
}
