//! Which request the calling thread works on: the context of lines that Python writes to the log.

use std::cell::Cell;
use std::ptr;

use super::RequestState;
use crate::httpd::Request;

thread_local!(static CURRENT: Cell<*const Request> = const { Cell::new(ptr::null()) });

/// Notes a request for this thread; the one before comes back on drop.
pub(super) struct Current(*const Request);

impl Current {
    pub(super) fn set(r: &Request) -> Self {
        Current(CURRENT.replace(r))
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// Call `f` with the request that this thread runs a handler of, unless another thread is using it.
pub fn with_current<R>(f: impl FnOnce(Option<&Request>) -> R) -> R {
    // SAFETY: `lend` notes a request for the length of its own borrow of it, on this thread.
    let r = unsafe { CURRENT.get().as_ref() };
    let inside = r.and_then(RequestState::find).map(|state| state.liveness.enter());
    match inside {
        Some(Ok(_inside)) => f(r),
        _ => f(None),
    }
}
