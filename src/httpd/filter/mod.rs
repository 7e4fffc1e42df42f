//! Filters: where httpd calls us with data on its way.
//!
//! Owns the safe view of a filter in its chain, the registration of filter names, the C entries with the catching of
//! panics at them, and what one filter of one request keeps between its calls. Names are registered while the
//! configuration is read; the entries run wherever data flow: in the content phase, at the end of a request, inside
//! another handler's write. What happens to the data is decided by one function of a higher floor ([`run_with`]).

mod add;
mod context;
mod entry;
mod flow;

use std::cell::UnsafeCell;
use std::ffi::CStr;

use apache2_sys as sys;

use super::Request;
use crate::apr::{Brigade, Status, text};

pub use context::Context;
pub use entry::{register, run_with};
pub use flow::{Flow, Way};

/// Which way the data go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client.
    Input,
    /// To the client.
    Output,
}

/// The name under which filters are added that were registered for one request only.
pub const GENERIC: &CStr = c"MOD_PYTHON";

/// A filter in the chain of a request; lent for one call.
#[repr(transparent)]
pub struct Filter(UnsafeCell<sys::ap_filter_t>);

// SAFETY: as for `Request`: one thread at a time, and `Send` is wanted for closures that run detached on it.
unsafe impl Sync for Filter {}

/// What the reader of the body asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    mode: sys::ap_input_mode_t,
    wait: sys::apr_read_type_e,
    bytes: i64,
}

impl Filter {
    /// See httpd's record as a filter.
    ///
    /// # Safety
    /// `f` is a live filter of a request, which this thread works on for `'f`.
    #[must_use]
    pub unsafe fn from_ptr<'f>(f: *mut sys::ap_filter_t) -> &'f Self {
        // SAFETY: the caller's contract; the type is transparent.
        unsafe { &*f.cast::<Self>() }
    }

    /// The request whose data it sees.
    #[must_use]
    pub fn request(&self) -> &Request {
        // SAFETY: httpd sets the request of every filter above the connection's, and we register no other.
        unsafe { Request::from_ptr(self.raw().r) }
    }

    /// The name it is known by to httpd, in lower case.
    #[must_use]
    pub fn name(&self) -> &CStr {
        // SAFETY: httpd sets record and name at registration; both stay as long as the configuration.
        unsafe { text::borrow((*self.raw().frec).name) }.unwrap_or_default()
    }

    fn raw(&self) -> &sys::ap_filter_t {
        // SAFETY: from_ptr's contract; callers copy a field out and hold no reference across a call.
        unsafe { &*self.0.get() }
    }

    /// Pass data to the next filter, which takes them out; blocks while the client is slow.
    fn pass(&self, brigade: &Brigade<'_>) -> Result<(), Status> {
        if brigade.is_empty() {
            return Ok(());
        }
        // SAFETY: a filter of the output chain has a next one; the brigade is whole, and emptied after the call.
        let passed = Status::check(unsafe { sys::ap_pass_brigade(self.raw().next, brigade.as_ptr()) });
        brigade.clear();
        passed
    }

    /// Ask the next filter for data; blocks while the client is slow, unless `ask` says otherwise.
    fn get(&self, brigade: &Brigade<'_>, ask: Ask) -> Result<(), Status> {
        // SAFETY: a filter of the input chain has a next one; the brigade is whole.
        Status::check(unsafe {
            sys::ap_get_brigade(self.raw().next, brigade.as_ptr(), ask.mode, ask.wait, ask.bytes)
        })
    }
}
