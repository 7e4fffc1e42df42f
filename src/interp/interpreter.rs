//! `Interp`: one `PyInterpreterState` with everything that hangs on it.
//!
//! Made and ended by the manager thread; entered by any thread through `Session`. A [`Pin`] keeps it from ending.
//! The record itself (some 3 KB) stays as long as the child, so a request that refers to it counts nothing that other
//! processors count too: a `&'static Interp` may be held anywhere, also when the interpreter has ended.

use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crossbeam::utils::CachePadded;
use pyo3_ffi::{
    PyInterpreterState, PyInterpreterState_Get, PyInterpreterState_GetID, PyInterpreterState_ThreadHead,
    PyObject, PyThreadState, PyThreadState_Next,
};

use super::deferred::Deferred;
use super::line::{Line, Place};
use super::stage::{SharedStage, Stage};
use super::striped::{Stripe, Striped};
use crate::py::{Attached, Owned};

/// How long to look for a gap: 2 to 20 µs, as long as a processor's `pause` takes. A few ordinary requests.
const GAP_SPINS: u32 = 400;

/// One interpreter of this child.
#[derive(Debug)]
pub struct Interp {
    id: u64,
    /// CPython's own number of it, never given twice.
    python_id: i64,
    /// Index of its entry in every thread's table; reused once the interpreter has ended.
    pub(super) slot: usize,
    pub(super) state: *mut PyInterpreterState,
    /// The first thread state; the manager's, for the interpreter's whole life.
    pub(super) first: *mut PyThreadState,
    pub(super) stage: SharedStage,
    pub(super) deferred: Deferred,
    pins: Striped,
    /// Whether a session of ours runs inside now: a hint for those who come, no lock.
    pub(super) occupied: CachePadded<AtomicBool>,
    line: Line,
    register: Mutex<Vec<Registered>>,
    module_state: AtomicPtr<()>,
    /// What must live as long as the interpreter: the module that `module_state` belongs to.
    kept: AtomicPtr<PyObject>,
    is_main: bool,
}

/// A thread state made by one of our threads, and whether that thread is gone.
#[derive(Debug)]
struct Registered {
    state: *mut PyThreadState,
    orphan: bool,
}

// SAFETY: the raw pointers are used only by the manager (`first`), by the owning thread (its registered state), or
// attached; the mutable parts are atomics and a mutex.
unsafe impl Send for Interp {}
// SAFETY: as above.
unsafe impl Sync for Interp {}

impl Interp {
    /// Wrap an interpreter that the manager has just made, and is attached to.
    pub(super) fn new(
        slot: usize,
        first: *mut PyThreadState,
        state: *mut PyInterpreterState,
        is_main: bool,
    ) -> &'static Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Box::leak(Box::new(Interp {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            // SAFETY: the interpreter lives: the caller has just made it.
            python_id: unsafe { PyInterpreterState_GetID(state) },
            slot,
            state,
            first,
            stage: SharedStage::new(),
            deferred: Deferred::default(),
            pins: Striped::default(),
            occupied: CachePadded::new(AtomicBool::new(false)),
            line: Line::new(1),
            register: Mutex::default(),
            module_state: AtomicPtr::new(ptr::null_mut()),
            kept: AtomicPtr::new(ptr::null_mut()),
            is_main,
        }))
    }

    /// A number that no other interpreter of this child has or had.
    #[inline]
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Whether the calling thread is attached to this interpreter, through whatever thread state.
    #[inline]
    #[must_use]
    pub fn is_current(&self, _py: Attached<'_>) -> bool {
        // SAFETY: attached, so there is a current interpreter, and it lives.
        unsafe { PyInterpreterState_GetID(PyInterpreterState_Get()) == self.python_id }
    }

    /// Whether it is the process' main interpreter.
    #[must_use]
    pub fn is_main(&self) -> bool {
        self.is_main
    }

    /// Where it stands in its life.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage.get()
    }

    /// Whether a thread may still enter.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.stage().is_open()
    }

    /// The state of our built-in module in this interpreter, as its floor stored it; null before.
    #[inline]
    #[must_use]
    pub fn module_state(&self) -> *mut () {
        self.module_state.load(Ordering::Acquire)
    }

    /// Remember the state of our built-in module.
    pub fn set_module_state(&self, state: *mut ()) {
        self.module_state.store(state, Ordering::Release);
    }

    /// Keep an object of this interpreter until it ends, whatever the application takes out of `sys.modules`.
    pub fn keep(&self, object: Owned<'_>) {
        let former = self.kept.swap(object.into_ptr(), Ordering::AcqRel);
        debug_assert!(former.is_null(), "one object is kept for each interpreter");
    }

    /// Let go of what was kept: the interpreter ends now.
    pub(super) fn let_go(&self, py: Attached<'_>) {
        let kept = self.kept.swap(ptr::null_mut(), Ordering::AcqRel);
        // SAFETY: `keep` gave up a reference of this interpreter, which the manager is attached to.
        drop(unsafe { Owned::from_new_opt(py, kept) });
    }

    /// Keep it from ending while the pin lives.
    ///
    /// The count goes up before the stage is read, and the closer sets the stage before it reads the count (both
    /// sequentially consistent): one of the two always sees the other.
    #[inline]
    #[must_use]
    pub fn pin(&'static self) -> Option<Pin> {
        let pin = Pin {
            interp: self,
            stripe: self.pins.add(),
        };
        self.is_open().then_some(pin)
    }

    /// Come to the GIL: at once if nobody is inside, or after a moment, as an ordinary request leaves within microseconds, and
    /// giving up the processor for it, and being woken, costs more than that.
    ///
    /// Whoever finds no gap stands in line, and holds the place until it has the GIL: so one thread at a time waits in
    /// CPython, which wakes each of those who wait there once in a switch interval, to stand at the end of the queue again.
    #[inline]
    pub(super) fn approach(&self) -> Option<Place<'_>> {
        if self.await_a_gap() {
            return None;
        }
        self.line.enter(None).ok()
    }

    /// Wait a moment for whoever is inside; tells whether there is a gap.
    #[inline]
    pub(super) fn await_a_gap(&self) -> bool {
        for _ in 0..GAP_SPINS {
            if !self.occupied.load(Ordering::Relaxed) {
                return true;
            }
            std::hint::spin_loop();
        }
        false
    }

    /// Whether somebody keeps it from ending.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        !self.pins.is_zero()
    }

    /// Note a thread state made by the calling thread.
    pub(super) fn register(&self, state: *mut PyThreadState) {
        self.lock_register().push(Registered { state, orphan: false });
    }

    /// The owner has deleted its thread state.
    pub(super) fn unregister(&self, state: *mut PyThreadState) {
        self.lock_register().retain(|entry| !ptr::eq(entry.state, state));
    }

    /// The owner's thread exits: the manager may delete the state now.
    pub(super) fn orphan(&self, state: *mut PyThreadState) {
        for entry in self
            .lock_register()
            .iter_mut()
            .filter(|entry| ptr::eq(entry.state, state))
        {
            entry.orphan = true;
        }
    }

    /// Thread states whose threads are alive.
    pub(super) fn owners(&self) -> usize {
        self.lock_register().iter().filter(|entry| !entry.orphan).count()
    }

    /// Take the states of threads that are gone out of the register.
    pub(super) fn take_orphans(&self) -> Vec<*mut PyThreadState> {
        let mut register = self.lock_register();
        let (gone, alive) = register.drain(..).partition::<Vec<_>, _>(|entry| entry.orphan);
        *register = alive;
        gone.into_iter().map(|entry| entry.state).collect()
    }

    /// Every thread state that CPython knows in this interpreter, the first one included.
    pub(super) fn count_states(&self, _py: Attached<'_>) -> usize {
        let mut count = 0;
        // SAFETY: attached to this interpreter: its list changes only by threads that hold its GIL or by
        // `PyThreadState_New`, which `Closing` forbids to ours.
        unsafe {
            let mut state = PyInterpreterState_ThreadHead(self.state);
            while !state.is_null() {
                count += 1;
                state = PyThreadState_Next(state);
            }
        }
        count
    }

    fn lock_register(&self) -> std::sync::MutexGuard<'_, Vec<Registered>> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps an interpreter open.
#[derive(Debug)]
pub struct Pin {
    interp: &'static Interp,
    stripe: Stripe,
}

impl Pin {
    /// The interpreter kept.
    #[inline]
    #[must_use]
    pub fn interp(&self) -> &'static Interp {
        self.interp
    }
}

impl Drop for Pin {
    #[inline]
    fn drop(&mut self) {
        self.interp.pins.sub(self.stripe);
    }
}
