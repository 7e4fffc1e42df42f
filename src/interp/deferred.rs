//! References that outlive a session: kept anywhere, dropped on any thread.
//!
//! A pool cleanup may run on any thread in any state, so dropping a [`Held`] elsewhere than inside its own
//! interpreter only queues the reference; the next session there drops it (design rule 9).

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use crossbeam::queue::SegQueue;
use pyo3_ffi::{Py_DECREF, PyObject};

use super::interpreter::Interp;
use super::thread;
use crate::py::{Attached, Borrowed, Owned, PyResult};

/// A strong reference that belongs to one interpreter and to no session.
///
/// Unlike a session's references it may go to another thread; to be used it needs a session again.
///
/// ```no_run
/// use mod_python::interp::Held;
/// fn elsewhere(held: Held) {
///     std::thread::spawn(move || drop(held));
/// }
/// ```
///
/// ```compile_fail,E0277
/// use mod_python::py::Owned;
/// fn elsewhere(owned: Owned<'static>) {
///     std::thread::spawn(move || drop(owned));
/// }
/// ```
#[derive(Debug)]
pub struct Held {
    object: NonNull<PyObject>,
    interp: &'static Interp,
}

// SAFETY: the pointer is only followed while attached to its interpreter (`get`, `drop`); elsewhere it is a number.
unsafe impl Send for Held {}
// SAFETY: as above; `get` makes sure of the attachment, which only one thread at a time has.
unsafe impl Sync for Held {}

impl Held {
    /// Keep `object`, which belongs to `interp`.
    #[must_use]
    pub fn new(object: Owned<'_>, interp: &'static Interp) -> Self {
        let object = ManuallyDrop::new(object);
        // SAFETY: an `Owned` is never null.
        let object = unsafe { NonNull::new_unchecked(object.as_ptr()) };
        Held { object, interp }
    }

    /// The interpreter it belongs to.
    #[must_use]
    pub fn interp(&self) -> &'static Interp {
        self.interp
    }

    /// Lend the object to a session of its interpreter.
    ///
    /// # Errors
    /// [`crate::py::Raised`] (SystemError): the caller is attached to another interpreter.
    #[inline]
    pub fn get<'a, 'py>(&'a self, py: Attached<'py>) -> PyResult<Borrowed<'a, 'py>> {
        if !self.interp.is_current(py) {
            return Err(py.raise_system_error("an object of one interpreter is wanted in another one"));
        }
        // SAFETY: we hold a reference for 'a, and the caller is attached to the object's interpreter.
        unsafe { Borrowed::from_borrowed(py, self.object.as_ptr()) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if thread::is_in(self.interp) {
            // SAFETY: this thread is attached to the object's interpreter.
            unsafe { Py_DECREF(self.object.as_ptr()) }
        } else {
            self.interp.deferred.push(self.object);
        }
    }
}

/// The queue of references to drop at the next attach.
#[derive(Debug, Default)]
pub(super) struct Deferred(SegQueue<SendPtr>);

#[derive(Debug)]
struct SendPtr(NonNull<PyObject>);

// SAFETY: carried through the queue as a number, followed only by a thread attached to its interpreter.
unsafe impl Send for SendPtr {}

impl Deferred {
    fn push(&self, object: NonNull<PyObject>) {
        self.0.push(SendPtr(object));
    }

    /// Drop what has gathered. Finalizers may queue more; those wait for the next time.
    #[inline]
    pub(super) fn drain(&self, _py: Attached<'_>) {
        if self.0.is_empty() {
            return;
        }
        for _ in 0..self.0.len() {
            let Some(object) = self.0.pop() else { break };
            // SAFETY: attached to the interpreter that this queue belongs to (the only caller is its session).
            unsafe { Py_DECREF(object.0.as_ptr()) }
        }
    }
}
