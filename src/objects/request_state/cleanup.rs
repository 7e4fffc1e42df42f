//! `req.register_cleanup`: functions of the application that run when the request's pool goes.
//!
//! They are registered attached, and run by a pool cleanup: on whatever thread destroys the pool (in the event MPM
//! perhaps another worker), detached or not, last one first. Each is called in the interpreter that registered it; when
//! that one is closed, the function is skipped and said so. The request is lent meanwhile: it can be logged to.

use std::cell::RefCell;
use std::ptr::NonNull;

use super::RequestState;
use crate::httpd::log::{self, Level};
use crate::httpd::{Request, log_number};
use crate::interp::{Held, Session};
use crate::py::{Attached, Exception, PyResult};

/// One function and its argument.
struct Cleanup {
    function: Held,
    data: Held,
}

/// What is to be called, in the order of registration.
#[derive(Default)]
pub(super) struct Cleanups(RefCell<Vec<Cleanup>>);

/// A request on its way into its own pool's cleanup.
struct Cleaned(NonNull<Request>);

// SAFETY: the pool that runs the cleanup is the request's own, so the request is there, and httpd gives it up.
unsafe impl Send for Cleaned {}

impl Cleaned {
    fn run(self) {
        // SAFETY: cleanups run before the pool's memory goes, on the one thread that destroys it.
        let r = unsafe { self.0.as_ref() };
        if let Some(state) = RequestState::find(r) {
            state.lend(r, || state.run_cleanups(r));
        }
    }
}

impl RequestState {
    /// Call `function(data)` when the request's pool goes.
    pub(in crate::objects) fn register_cleanup(&self, r: &Request, function: Held, data: Held) {
        let mut cleanups = self.cleanups.0.borrow_mut();
        if cleanups.is_empty() {
            let cleaned = Cleaned(NonNull::from(r));
            r.pool().on_destroy(move || cleaned.run());
        }
        cleanups.push(Cleanup { function, data });
    }

    fn run_cleanups(&self, r: &Request) {
        // One at a time: a cleanup may register another.
        while let Some(cleanup) = self.pop_cleanup() {
            cleanup.run(r);
        }
    }

    fn pop_cleanup(&self) -> Option<Cleanup> {
        self.cleanups.0.borrow_mut().pop()
    }
}

impl Cleanup {
    fn run(self, r: &Request) {
        match Session::enter(self.function.interp()) {
            Ok(session) => self.call(session.py(), r),
            Err(closed) => log::log(
                Level::Warning,
                log_number::CLEANUP_SKIPPED,
                r,
                format_args!("python_cleanup: a cleanup object of this request is not called: {closed}"),
            ),
        }
    }

    fn call(&self, py: Attached<'_>, r: &Request) {
        let function = self.function.get(py);
        if let Err(raised) = function.call1(py, self.data.get(py)) {
            let error = Exception::take(py, raised).summary(py);
            let name = describe(py, &self.function).unwrap_or_default();
            let text = format!("python_cleanup: Error calling cleanup object {name}\n    {error}");
            log::log(Level::Error, log_number::CLEANUP_FAILED, r, text);
        }
    }
}

fn describe(py: Attached<'_>, object: &Held) -> PyResult<String> {
    crate::objects::row::repr_of(py, object.get(py)).inspect_err(|_| py.clear_exception())
}
