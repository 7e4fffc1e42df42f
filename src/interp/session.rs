//! `Session`: this thread, attached to an interpreter. And its inverse, `detach`.
//!
//! Sessions nest: the same interpreter again is a no-op; another one is detach, attach, and back on drop. Used by
//! request threads and by the manager. Nothing of ours is locked while a session waits for a GIL; a place in line is
//! kept.

use std::marker::PhantomData;

use pyo3_ffi::{PyEval_RestoreThread, PyEval_SaveThread, PyThreadState};

use super::interpreter::{Interp, Pin};
use super::thread::{self, Attachment};
use crate::py::Attached;

/// The interpreter takes nobody in any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the interpreter is closed, or has no memory for another thread")
    }
}

/// The calling thread is attached to an interpreter as long as this lives.
///
/// ```no_run
/// use mod_python::interp::Session;
/// fn ask(session: &Session) -> bool {
///     let none = session.py().none();
///     none.borrow().is_none()
/// }
/// ```
///
/// No reference outlives the session it was made in:
///
/// ```compile_fail,E0505
/// use mod_python::interp::Session;
/// fn ask(session: Session) -> bool {
///     let none = session.py().none();
///     drop(session);
///     none.borrow().is_none()
/// }
/// ```
///
/// A session stays on its thread:
///
/// ```compile_fail,E0277
/// use mod_python::interp::Session;
/// fn elsewhere(session: Session) {
///     std::thread::spawn(move || drop(session));
/// }
/// ```
#[derive(Debug)]
pub struct Session {
    /// Where to return to; `None` for a nested session that changed nothing.
    outer: Option<Attachment>,
    _pin: Option<Pin>,
    _thread_bound: PhantomData<*mut ()>,
}

impl Session {
    /// Attach to `interp`, keeping it open meanwhile.
    ///
    /// # Errors
    /// [`Closed`].
    pub fn enter(interp: &'static Interp) -> Result<Session, Closed> {
        if thread::is_in(interp) {
            return Ok(Session {
                outer: None,
                _pin: None,
                _thread_bound: PhantomData,
            });
        }
        let pin = interp.pin().ok_or(Closed)?;
        Self::attach(interp, Some(pin))
    }

    /// Attach to the interpreter of a pin that outlives the session: the way of a request, without counting again.
    ///
    /// # Errors
    /// [`Closed`] (no memory for a thread state).
    #[inline]
    pub(super) fn enter_pinned(pin: &Pin) -> Result<Session, Closed> {
        if thread::is_in(pin.interp()) {
            return Ok(Session {
                outer: None,
                _pin: None,
                _thread_bound: PhantomData,
            });
        }
        Self::attach(pin.interp(), None)
    }

    #[inline]
    fn attach(interp: &'static Interp, pin: Option<Pin>) -> Result<Session, Closed> {
        let state = thread::state_in(interp).ok_or(Closed)?;
        let here = Attachment {
            interp: Some(interp),
            state,
        };
        let outer = thread::replace(here);
        // SAFETY: `outer` says whether this thread is attached through us; the new state is this thread's own and its
        // interpreter is kept open by a pin.
        unsafe {
            if !outer.is_none() {
                outer.occupy(false);
                PyEval_SaveThread();
            }
            let place = interp.approach();
            PyEval_RestoreThread(state);
            drop(place);
            here.occupy(true);
        }
        let session = Session {
            outer: Some(outer),
            _pin: pin,
            _thread_bound: PhantomData,
        };
        interp.deferred.drain(session.py());
        Ok(session)
    }

    /// The proof that goes with the session.
    #[inline]
    #[must_use]
    pub fn py(&self) -> Attached<'_> {
        // SAFETY: the session lives as long as the borrow, and it is bound to this thread.
        unsafe { Attached::assume() }
    }
}

impl Drop for Session {
    #[inline]
    fn drop(&mut self) {
        let Some(outer) = self.outer else { return };
        let here = thread::replace(outer);
        // SAFETY: sessions are bound to their thread and end in reverse order, so the state current now is ours; the pins
        // of both interpreters outlive their sessions (`_pin`, or the binding that `Inside` borrows from).
        unsafe {
            here.occupy(false);
            PyEval_SaveThread();
            if !outer.is_none() {
                PyEval_RestoreThread(outer.state);
                outer.occupy(true);
            }
        }
    }
}

/// Run `f` without the GIL: whatever blocks, or may call back into Python through httpd.
///
/// `Send` stands for "needs no attachment": neither the proof nor a reference can be captured.
///
/// ```no_run
/// use mod_python::{interp::detach, py::Attached};
/// fn wait(py: Attached<'_>) -> usize {
///     let text = String::from("any plain value");
///     detach(py, || text.len())
/// }
/// ```
///
/// The proof of attachment stays behind:
///
/// ```compile_fail,E0277
/// use mod_python::{interp::detach, py::Attached};
/// fn wait(py: Attached<'_>) -> bool {
///     detach(py, || py.none().borrow().is_none())
/// }
/// ```
///
/// and so does every reference:
///
/// ```compile_fail,E0277
/// use mod_python::{interp::detach, py::Attached};
/// fn wait(py: Attached<'_>) -> bool {
///     let none = py.none();
///     detach(py, || none.borrow().is_none())
/// }
/// ```
#[inline]
pub fn detach<R: Send>(_py: Attached<'_>, f: impl FnOnce() -> R + Send) -> R {
    let _back = Reattach::new();
    f()
}

/// Run `f` with nothing attached, wherever the caller stands: for waiting.
pub(super) fn unattached<R>(f: impl FnOnce() -> R) -> R {
    let _back = thread::current().map(|_| Reattach::new());
    f()
}

/// Detached from here; attached again on drop, also by unwinding.
struct Reattach {
    outer: Attachment,
    state: *mut PyThreadState,
}

impl Reattach {
    #[inline]
    fn new() -> Self {
        let outer = thread::replace(Attachment::NONE);
        // SAFETY: both callers are attached on this thread: by their proof, or because the thread's note says so; the
        // session that the note is of keeps its pin.
        let state = unsafe {
            outer.occupy(false);
            PyEval_SaveThread()
        };
        Reattach { outer, state }
    }
}

impl Drop for Reattach {
    #[inline]
    fn drop(&mut self) {
        if let Some(interp) = self.outer.interp {
            interp.await_a_gap();
        }
        // SAFETY: the state was taken from this thread by `new` and nothing else has used it since; the session around
        // this one still has its pin.
        unsafe {
            PyEval_RestoreThread(self.state);
            self.outer.occupy(true);
        }
        thread::replace(self.outer);
    }
}
