//! A server of httpd: `server_rec`, the main one or a virtual host.
//!
//! Owns the type and its fields. Made while the configuration is read, constant in the children, read by any thread.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_int, c_uint};

use apache2_sys as sys;

use super::fields::{flags, numbers, texts};
use super::log::Level;
use crate::apr::{Pool, text};

/// A (virtual) server; lives until the configuration is read anew, in a child as long as the child.
#[repr(transparent)]
pub struct Server(UnsafeCell<sys::server_rec>);

// SAFETY: httpd fills a server in the parent, on its only thread; afterwards everybody only reads.
unsafe impl Sync for Server {}

texts! { Server:
    /// The error log's name.
    error_fname;
    /// The configuration file it is defined in.
    defn_name;
    /// `ServerAdmin`.
    server_admin;
    /// `ServerName`, without port.
    server_hostname;
    /// The scheme of `ServerName`.
    server_scheme;
    /// `ServerPath`.
    path;
}

numbers! { Server:
    /// The line of the configuration file it is defined at.
    defn_line_number: c_uint;
    /// The port of `ServerName`; 0 without one.
    port: u16;
    /// `Timeout`, in microseconds.
    timeout: i64;
    /// `KeepAliveTimeout`, in microseconds.
    keep_alive_timeout: i64;
    /// `MaxKeepAliveRequests`.
    keep_alive_max: c_int;
    /// Length of `ServerPath`.
    pathlen: c_int;
    /// `LimitRequestLine`.
    limit_req_line: c_int;
    /// `LimitRequestFieldSize`.
    limit_req_fieldsize: c_int;
    /// `LimitRequestFields`.
    limit_req_fields: c_int;
}

flags! { Server:
    /// A virtual host, not the main server.
    is_virtual;
    /// `KeepAlive`.
    keep_alive;
}

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

    /// [`Self::server_hostname`] as text.
    #[must_use]
    pub fn hostname(&self) -> Option<&str> {
        self.server_hostname().and_then(|name| name.to_str().ok())
    }

    /// The next server of the configuration; the main one comes first.
    #[must_use]
    pub fn next(&self) -> Option<&Self> {
        let next = self.raw().next;
        // SAFETY: null or a server of the same configuration.
        (!next.is_null()).then(|| unsafe { Self::from_ptr(next) })
    }

    /// This server and those after it: from the main server on, all of them.
    pub fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |server| server.next())
    }

    /// The `LogLevel` outside of modules.
    #[must_use]
    pub fn loglevel(&self) -> Level {
        Level::new(self.raw().log.level)
    }

    /// `ServerAlias` without wildcards.
    pub fn names(&self) -> impl Iterator<Item = &CStr> {
        // SAFETY: null or an array of C strings in the configuration's pool.
        unsafe { text::array(self.raw().names) }
    }

    /// `ServerAlias` with wildcards.
    pub fn wild_names(&self) -> impl Iterator<Item = &CStr> {
        // SAFETY: null or an array of C strings in the configuration's pool.
        unsafe { text::array(self.raw().wild_names) }
    }

    /// The pool of the process: it stays when the configuration is read anew.
    #[must_use]
    pub fn process_pool(&self) -> Pool<'_> {
        // SAFETY: httpd makes the process record and its pool before any server.
        unsafe { Pool::from_ptr((*self.raw().process).pool) }
    }
}
