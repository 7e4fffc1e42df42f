//! What a thread knows of interpreters: its number, where it is attached, its thread states.
//!
//! A thread state is used by the OS thread that made it and by no other; that thread also deletes it, at its next
//! visit after the interpreter began to close. A thread that exits, or ends the child, only marks its states as orphans:
//! taking a GIL there could block the exit of the child for ever.

use std::cell::{Cell, RefCell};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use pyo3_ffi::{
    PyEval_RestoreThread, PyThreadState, PyThreadState_Clear, PyThreadState_DeleteCurrent, PyThreadState_New,
};

use super::host::Event;
use super::interpreter::Interp;
use super::registry::registry;
use super::stage::Stage;
use crate::py::init;

/// Where the thread is attached through us; `None` = nowhere (or through CPython itself, in threads of applications).
#[derive(Debug, Clone, Copy)]
pub(super) struct Attachment {
    pub(super) interp: Option<&'static Interp>,
    pub(super) state: *mut PyThreadState,
}

impl Attachment {
    pub(super) const NONE: Attachment = Attachment {
        interp: None,
        state: ptr::null_mut(),
    };

    #[inline]
    pub(super) fn is_none(self) -> bool {
        self.interp.is_none()
    }

    /// Note for those who come whether somebody of ours is inside.
    #[inline]
    pub(super) fn occupy(self, inside: bool) {
        if let Some(interp) = self.interp {
            interp.occupied.store(inside, Ordering::Relaxed);
        }
    }
}

/// One thread state of this thread.
#[derive(Debug)]
struct Entry {
    interp: &'static Interp,
    state: *mut PyThreadState,
}

struct Thread {
    number: usize,
    current: Cell<Attachment>,
    seen: Cell<u64>,
    table: RefCell<Table>,
}

/// Indexed by [`Interp::slot`].
#[derive(Default)]
struct Table(Vec<Option<Entry>>);

impl Drop for Table {
    fn drop(&mut self) {
        for entry in self.0.drain(..).flatten() {
            entry.interp.orphan(entry.state);
        }
    }
}

/// Counts the interpreters that have begun to close; a thread that saw fewer looks for states to drop.
static CLOSING: AtomicU64 = AtomicU64::new(0);
static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static THREAD: Thread = Thread {
        number: THREADS.fetch_add(1, Ordering::Relaxed),
        current: const { Cell::new(Attachment::NONE) },
        seen: const { Cell::new(0) },
        table: RefCell::default(),
    };
}

/// This thread's number in the child, counted from 0 in the order of first visits.
#[inline]
#[must_use]
pub fn number() -> usize {
    THREAD.with(|thread| thread.number)
}

/// The interpreter this thread is attached to through a session; `None` also while the thread is being torn down.
#[inline]
pub(super) fn current() -> Option<&'static Interp> {
    THREAD.try_with(|thread| thread.current.get().interp).ok()?
}

/// Whether this thread is attached to `interp` through a session.
#[inline]
pub(super) fn is_in(interp: &'static Interp) -> bool {
    current().is_some_and(|here| ptr::eq(here, interp))
}

/// Replace the note of where this thread is attached.
#[inline]
pub(super) fn replace(to: Attachment) -> Attachment {
    THREAD.with(|thread| thread.current.replace(to))
}

/// This thread's state in `interp`, made at the first visit.
///
/// The caller holds a pin, so the interpreter cannot begin to close meanwhile.
#[inline]
pub(super) fn state_in(interp: &'static Interp) -> Option<*mut PyThreadState> {
    THREAD.with(|thread| {
        let table = thread.table.borrow();
        match table.0.get(interp.slot) {
            Some(Some(entry)) if ptr::eq(entry.interp, interp) => Some(entry.state),
            _ => {
                drop(table);
                make(interp)
            }
        }
    })
}

#[cold]
#[allow(
    clippy::disallowed_methods,
    reason = "the one place where request threads make a state"
)]
fn make(interp: &'static Interp) -> Option<*mut PyThreadState> {
    // SAFETY: the caller's pin keeps the interpreter alive; no GIL is needed; null means out of memory.
    let state = unsafe { PyThreadState_New(interp.state) };
    if state.is_null() {
        return None;
    }
    check_stack();
    interp.register(state);
    adopt(interp, state);
    Some(state)
}

/// Say once per child that httpd's threads have too small a stack for this Python.
fn check_stack() {
    static TOLD: AtomicBool = AtomicBool::new(false);
    let small = init::stack_size().filter(|bytes| *bytes < init::SMALLEST_STACK);
    let Some((bytes, registry)) = small.zip(registry()) else {
        return;
    };
    if !TOLD.swap(true, Ordering::Relaxed) {
        (registry.host().report)(&Event::SmallStack {
            bytes,
            needed: init::SMALLEST_STACK,
        });
    }
}

/// Note a state of this thread (also the first one of a new interpreter, for the manager).
pub(super) fn adopt(interp: &'static Interp, state: *mut PyThreadState) {
    THREAD.with(|thread| {
        let mut table = thread.table.borrow_mut();
        if table.0.len() <= interp.slot {
            table.0.resize_with(interp.slot + 1, || None);
        }
        // What may lie there belongs to an interpreter that ended without us: only a note to forget.
        table.0[interp.slot] = Some(Entry { interp, state });
    });
}

/// Forget the note of a state that is gone.
pub(super) fn forget(interp: &'static Interp) {
    THREAD.with(|thread| {
        if let Some(entry) = thread.table.borrow_mut().0.get_mut(interp.slot) {
            entry.take_if(|entry| ptr::eq(entry.interp, interp));
        }
    });
}

/// Ask every thread to drop its states in closing interpreters at its next visit.
pub(super) fn call_owners() {
    CLOSING.fetch_add(1, Ordering::Release);
}

/// The visit that every request makes, whatever it is for: drops this thread's states in closing interpreters.
///
/// Costs one load and one comparison when there is nothing to do. Called detached.
#[inline]
pub fn visit() {
    let closing = CLOSING.load(Ordering::Acquire);
    THREAD.with(|thread| {
        if thread.seen.replace(closing) != closing {
            drop_stale(thread, |stage| stage >= Stage::Closing);
        }
    });
}

/// Drop all states of the calling thread, one of ours that is done: waits for a GIL each.
pub fn drop_all() {
    THREAD.with(|thread| drop_stale(thread, |_| true));
}

/// Leave all states of the calling thread to the manager, as if the thread had exited: takes no GIL.
pub(super) fn give_up() {
    let left = THREAD.with(|thread| thread.table.take());
    drop(left);
}

#[cold]
fn drop_stale(thread: &Thread, stale: impl Fn(Stage) -> bool) {
    if !thread.current.get().is_none() {
        thread.seen.set(0);
        return;
    }
    let mut taken = Vec::new();
    for entry in &mut thread.table.borrow_mut().0 {
        taken.extend(
            entry.take_if(|entry| stale(entry.interp.stage()) && !ptr::eq(entry.state, entry.interp.first)),
        );
    }
    for entry in taken
        .into_iter()
        .filter(|entry| entry.interp.stage() != Stage::Closed)
    {
        delete_own(thread, &entry);
    }
}

/// Clear and delete a state of the calling thread; finalizers of its `threading.local` values run attached.
fn delete_own(thread: &Thread, entry: &Entry) {
    thread.current.set(Attachment {
        interp: Some(entry.interp),
        state: entry.state,
    });
    // SAFETY: this thread made the state and uses it nowhere else; the interpreter stays until the register is empty.
    unsafe {
        PyEval_RestoreThread(entry.state);
        PyThreadState_Clear(entry.state);
        PyThreadState_DeleteCurrent();
    }
    thread.current.set(Attachment::NONE);
    entry.interp.unregister(entry.state);
}
