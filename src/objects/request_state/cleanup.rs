//! The end of a request, as Python sees it: `req.register_cleanup`, and the last phase.
//!
//! A pool cleanup runs them before anything of the pool goes: on whatever thread destroys the pool (in the event MPM
//! perhaps another worker), detached or not. Functions are called last one first, each in the interpreter that
//! registered it; when that one is closed, the function is skipped and said so. The request is lent meanwhile: it can
//! be logged to. Afterwards nobody touches it any more.

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use super::RequestState;
use crate::httpd::log::{self, Level};
use crate::httpd::{Request, log_number};
use crate::interp::{Held, Session};
use crate::objects::row::repr_of;
use crate::py::{Attached, Exception, Owned, PyResult};

/// One function and its argument.
struct Cleanup {
    function: Held,
    data: Held,
}

/// What is to be called: functions in the order of registration, then the phase.
#[derive(Default)]
pub(super) struct Cleanups {
    functions: RefCell<Vec<Cleanup>>,
    phase: Cell<Option<fn(&Request)>>,
    expected: Cell<bool>,
}

/// A request and its state on their way into their own pool's cleanup.
struct Ending {
    r: NonNull<Request>,
    state: NonNull<RequestState>,
}

// SAFETY: the pool that runs the cleanup is the request's own, so both are there, and httpd gives them up.
unsafe impl Send for Ending {}

impl Ending {
    fn run(self) {
        // SAFETY: what runs before a pool's destruction precedes the cleanup that drops the state, and the loss of the
        // memory, all on the one thread that destroys it.
        let (r, state) = unsafe { (self.r.as_ref(), self.state.as_ref()) };
        state.end(r);
    }
}

impl RequestState {
    /// Call `function(data)` when the request's pool goes.
    pub(in crate::objects) fn register_cleanup(&self, r: &Request, function: Held, data: Held) {
        self.expect_end(r);
        self.cleanups
            .functions
            .borrow_mut()
            .push(Cleanup { function, data });
    }

    /// Run `phase` at the request's end, detached, after every registered function.
    pub fn at_end(&self, r: &Request, phase: fn(&Request)) {
        self.expect_end(r);
        self.cleanups.phase.set(Some(phase));
    }

    fn expect_end(&self, r: &Request) {
        if !self.cleanups.expected.replace(true) {
            let ending = Ending {
                r: NonNull::from(r),
                state: NonNull::from(self),
            };
            r.pool().before_destroy(move || ending.run());
        }
    }

    fn end(&self, r: &Request) {
        self.close_output();
        self.run_cleanups(r);
        if let Some(phase) = self.cleanups.phase.take() {
            phase(r);
            // The phase's handlers may have registered more.
            self.run_cleanups(r);
        }
        self.liveness.finish();
    }

    fn run_cleanups(&self, r: &Request) {
        // One at a time: a cleanup may register another.
        while let Some(cleanup) = self.pop_cleanup() {
            self.lend(r, || cleanup.run(r));
        }
    }

    fn pop_cleanup(&self) -> Option<Cleanup> {
        self.cleanups.functions.borrow_mut().pop()
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
        if let Err(raised) = self.called(py) {
            let error = Exception::take(py, raised).summary(py);
            let name = describe(py, &self.function).unwrap_or_default();
            let text = format!("python_cleanup: Error calling cleanup object {name}\n    {error}");
            log::log(Level::Error, log_number::CLEANUP_FAILED, r, text);
        }
    }

    fn called<'py>(&self, py: Attached<'py>) -> PyResult<Owned<'py>> {
        self.function.get(py)?.call1(py, self.data.get(py)?)
    }
}

fn describe(py: Attached<'_>, object: &Held) -> PyResult<String> {
    let object = object.get(py).and_then(|object| repr_of(py, object));
    object.inspect_err(|_| py.clear_exception())
}
