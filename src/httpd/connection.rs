//! A connection of httpd: `conn_rec`.
//!
//! Owns the type and its fields. Lent for the length of a hook, on the thread that httpd runs it on.

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_long};

use apache2_sys as sys;

use super::Server;
use super::fields::{flags, numbers, tables, texts};
use crate::apr::Pool;

/// A connection; a `&Connection` lives as long as the hook it was lent to.
#[repr(transparent)]
pub struct Connection(UnsafeCell<sys::conn_rec>);

// SAFETY: as for `Request`: one thread at a time, and `Send` is wanted for closures that run detached on it.
unsafe impl Sync for Connection {}

texts! { Connection:
    /// The client's address, as text.
    client_ip;
    /// The client's name, when it was looked up.
    remote_host;
    /// The client's user by RFC 1413, when it was asked for.
    remote_logname;
    /// The server's address, as text.
    local_ip;
    /// The server's name by DNS, when it was looked up.
    local_host;
    /// What the error log calls this connection.
    log_id;
}

numbers! { Connection:
    /// Unique among the connections of now.
    id: c_long;
    /// `AP_CONN_UNKNOWN` 0, `AP_CONN_CLOSE` 1, `AP_CONN_KEEPALIVE` 2.
    keepalive => set_keepalive: u32;
    /// How many requests came before on it.
    keepalives: c_int;
}

flags! { Connection:
    /// The client is gone.
    aborted;
}

tables! { Connection:
    /// Notes between modules.
    notes;
}

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

    /// Whether this is the client's own connection, not a stream within one (HTTP/2).
    #[must_use]
    pub fn is_master(&self) -> bool {
        self.raw().master.is_null()
    }

    /// The server's port.
    #[must_use]
    pub fn local_port(&self) -> Option<u16> {
        // SAFETY: null or an address in the connection's pool.
        unsafe { self.raw().local_addr.as_ref() }.map(|address| address.port)
    }

    /// The client's port.
    #[must_use]
    pub fn client_port(&self) -> Option<u16> {
        // SAFETY: null or an address in the connection's pool.
        unsafe { self.raw().client_addr.as_ref() }.map(|address| address.port)
    }

    /// -1: a name's address was not the client's, 0: not looked up both ways, 1: it was.
    #[must_use]
    pub fn double_reverse(&self) -> c_int {
        self.raw().double_reverse()
    }

    /// Do not keep the connection for another request.
    pub fn close_after_reply(&self) {
        self.set_keepalive(sys::AP_CONN_CLOSE);
    }
}
