//! The multi-processing module: what kind of processes and threads there are, and how a child asks to be replaced.
//!
//! Owns the questions (`ap_mpm_query`) and the one request. Answers are final from `post_config` on; any thread.

use std::ffi::{CStr, c_int, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

use apache2_sys as sys;

use crate::apr::text;

/// A question to the MPM (`AP_MPMQ_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query(c_int);

impl Query {
    /// Whether requests run on threads.
    pub const IS_THREADED: Self = Self(sys::AP_MPMQ_IS_THREADED);
    /// Whether there is more than one process.
    pub const IS_FORKED: Self = Self(sys::AP_MPMQ_IS_FORKED);
    /// The most children at a time.
    pub const MAX_DAEMONS: Self = Self(sys::AP_MPMQ_MAX_DAEMONS);
    /// The most request threads of a child.
    pub const MAX_THREADS: Self = Self(sys::AP_MPMQ_MAX_THREADS);
    /// How often the configuration was read anew.
    pub const GENERATION: Self = Self(sys::AP_MPMQ_GENERATION);

    /// The question with httpd's number `code`.
    #[must_use]
    pub fn new(code: c_int) -> Self {
        Self(code)
    }
}

/// The MPM's answer; `None` when it does not know the question.
#[must_use]
pub fn query(question: Query) -> Option<c_int> {
    let mut answer = 0;
    // SAFETY: httpd asks its MPM, which writes one number.
    let code = unsafe { sys::ap_mpm_query(question.0, &raw mut answer) };
    (code == sys::APR_SUCCESS).then_some(answer)
}

/// Whether a child runs several requests at a time.
#[must_use]
pub fn is_threaded() -> bool {
    query(Query::IS_THREADED).is_some_and(|answer| answer != sys::AP_MPMQ_NOT_SUPPORTED)
}

/// The MPM's name: `event`, `worker`, `prefork`.
#[must_use]
pub fn name() -> &'static CStr {
    // SAFETY: a constant of the MPM, which is never unloaded while children run.
    unsafe { text::borrow(sys::ap_show_mpm()) }.unwrap_or_default()
}

/// Let this child end gracefully: it takes no more connections, finishes its requests, and the parent starts another.
///
/// Takes effect when the next connection is offered to this child; that connection goes to another one. Call it in a
/// child only; later calls change nothing.
pub fn replace_child() {
    // SAFETY: httpd fills the list before it forks, and a child never changes it.
    let mut listener = unsafe { sys::ap_listeners };
    while !listener.is_null() {
        // SAFETY: a listener of the list; its function pointer is aligned and read by httpd's listener thread as a
        // whole, before or after this store.
        unsafe {
            let accept: *mut sys::accept_function = &raw mut (*listener).accept_func;
            AtomicPtr::from_ptr(accept.cast::<*mut c_void>()).store(refuse as *mut c_void, Ordering::Release);
            listener = (*listener).next;
        }
    }
}

/// Stands in for a listener's accept function. `APR_EGENERAL` is how that tells the MPM that this process can accept
/// no more, and each MPM answers it by ending the child gracefully.
unsafe extern "C" fn refuse(
    socket: *mut *mut c_void,
    _: *mut sys::ap_listen_rec,
    _: *mut sys::apr_pool_t,
) -> sys::apr_status_t {
    // SAFETY: httpd gives a place for the socket.
    unsafe { *socket = std::ptr::null_mut() };
    sys::APR_EGENERAL
}

/// The compiler's word that `refuse` has an accept function's type, which the store cannot give.
const _: sys::accept_function = Some(refuse);
