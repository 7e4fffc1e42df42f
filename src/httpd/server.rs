//! A server of httpd: `server_rec`, the main one or a virtual host.
//!
//! Owns the type and its fields. Made while the configuration is read, constant in the children, read by any thread.

use std::cell::UnsafeCell;

use apache2_sys as sys;

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

    /// The record for reading one field; the reference ends before anything is called.
    pub(super) fn raw(&self) -> &sys::server_rec {
        // SAFETY: from_ptr's contract; callers copy a field out and hold no reference across a call.
        unsafe { &*self.0.get() }
    }
}
