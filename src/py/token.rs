//! `Attached`: the proof that this thread holds an interpreter's GIL.
//!
//! Made only by `interp::Session` and by the trampolines that CPython calls. Zero-sized, `Copy`, never `Send`:
//! a closure that runs detached cannot capture it.

use std::marker::PhantomData;

/// Proof that the current thread is attached to an interpreter for at least `'py`.
#[derive(Clone, Copy, Debug)]
pub struct Attached<'py>(PhantomData<(&'py (), *mut ())>);

impl Attached<'_> {
    /// Claim that the thread is attached.
    ///
    /// # Safety
    /// The caller guarantees that the thread holds a thread state for as long as the chosen `'py`: a slot that
    /// CPython called, or a `Session` that lives that long.
    #[inline]
    pub unsafe fn assume() -> Self {
        Attached(PhantomData)
    }
}
