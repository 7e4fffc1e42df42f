//! APR pools: memory with a lifetime that httpd decides.
//!
//! Owns the rule of `adopt`: a Rust value is written into a pool first, its drop is registered after, and a forked
//! child never runs it. Cleanups run on whatever thread destroys the pool, in any phase and any state of Python, so
//! a value handed to a pool is `Send` and its drop must never touch a Python object.

use std::alloc::{Layout, handle_alloc_error};
use std::ffi::{CStr, c_void};
use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::sync::Once;

use apache2_sys as sys;

use super::text;
use crate::boundary;

/// What `apr_palloc` aligns to (`APR_ALIGN_DEFAULT`).
const ALIGN: usize = 8;

/// A pool that somebody else destroys, not before `'p` ends.
#[derive(Clone, Copy)]
pub struct Pool<'p> {
    raw: NonNull<sys::apr_pool_t>,
    owner: PhantomData<&'p sys::apr_pool_t>,
}

impl<'p> Pool<'p> {
    /// Borrow httpd's pool.
    ///
    /// # Safety
    /// `raw` is a pool that lives for `'p` and is used by this thread alone meanwhile.
    #[must_use]
    pub unsafe fn from_ptr(raw: *mut sys::apr_pool_t) -> Self {
        // SAFETY: a pool is never null, by the caller's contract.
        let raw = unsafe { NonNull::new_unchecked(raw) };
        Self {
            raw,
            owner: PhantomData,
        }
    }

    /// The pool for a C call.
    #[must_use]
    pub fn as_ptr(self) -> *mut sys::apr_pool_t {
        self.raw.as_ptr()
    }

    /// Give `value` to the pool, which drops it when it is cleared or destroyed.
    ///
    /// The drop runs on the thread that destroys the pool; a panic in it is reported and goes no further.
    #[must_use]
    pub fn adopt<T: Send + 'static>(self, value: T) -> &'p T {
        // SAFETY: just written, dropped by nobody but the pool's cleanup, which runs after 'p.
        unsafe { self.adopt_raw(value).as_ref() }
    }

    /// As [`Self::adopt`], for those who change the value later under rules of their own.
    pub(crate) fn adopt_raw<T: Send + 'static>(self, value: T) -> NonNull<T> {
        let place = self.write(value);
        if std::mem::needs_drop::<T>() {
            self.register(place.as_ptr().cast(), drop_in_pool::<T>);
        }
        place
    }

    /// Put `value` into the pool's memory; nobody drops it yet.
    fn write<T>(self, value: T) -> NonNull<T> {
        const { assert!(align_of::<T>() <= ALIGN, "apr_palloc aligns to 8") };
        let place = self.allocate::<T>(size_of::<T>());
        // SAFETY: fresh memory of the size and, by the assertion, the alignment of T.
        unsafe { place.write(value) };
        place
    }

    /// Run `f` when the pool is cleared or destroyed, before older cleanups and on that thread.
    pub fn on_destroy(self, f: impl FnOnce() + Send + 'static) {
        let _ = self.adopt(OnDrop(Some(f)));
    }

    /// Run `f` before anything of the pool goes: before its other cleanups and its sub pools, on that thread.
    pub fn before_destroy(self, f: impl FnOnce() + Send + 'static) {
        let place = self.write(OnDrop(Some(f))).as_ptr();
        // SAFETY: as for `register`; APR does not run these in a forked child.
        unsafe {
            sys::apr_pool_pre_cleanup_register(self.as_ptr(), place.cast(), Some(drop_of(place)));
        }
    }

    /// A copy of `bytes`.
    #[must_use]
    pub fn dup_bytes(self, bytes: &[u8]) -> &'p [u8] {
        // SAFETY: the copy has that length, and nobody changes it before the pool goes.
        unsafe { text::slice(self.copy(bytes), bytes.len()) }
    }

    /// A copy of `text` up to its first NUL, as C reads it.
    #[must_use]
    pub fn dup(self, text: &[u8]) -> &'p CStr {
        // SAFETY: the copy ends with a NUL, and nobody changes it before the pool goes.
        unsafe { CStr::from_ptr(self.copy(text).cast()) }
    }

    /// A pool below this one, destroyed with the returned owner and at the latest with this pool.
    #[must_use]
    pub fn sub(self) -> OwnedPool<'p> {
        OwnedPool::below(self.as_ptr())
    }

    /// Copy `bytes` and put a NUL behind them.
    fn copy(self, bytes: &[u8]) -> *const u8 {
        let place = self.allocate::<u8>(bytes.len() + 1).as_ptr();
        // SAFETY: fresh memory of that length.
        unsafe {
            place.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            place.add(bytes.len()).write(0);
        }
        place
    }

    /// Room for `bytes` bytes that begin with a `T`.
    fn allocate<T>(self, bytes: usize) -> NonNull<T> {
        // SAFETY: the pool lives; httpd's pools abort when memory is out, others give null.
        let raw = unsafe { sys::apr_palloc(self.as_ptr(), bytes) };
        NonNull::new(raw.cast()).unwrap_or_else(|| handle_alloc_error(Layout::new::<T>()))
    }

    fn register(self, data: *mut c_void, run: Cleanup) {
        // SAFETY: `data` lives in this pool; a forked child gets the null cleanup, so it drops nothing twice.
        unsafe {
            sys::apr_pool_cleanup_register(self.as_ptr(), data, Some(run), Some(sys::apr_pool_cleanup_null));
        }
    }
}

/// A pool of our own, destroyed on drop; `'p` is the life of its parent.
pub struct OwnedPool<'p> {
    raw: NonNull<sys::apr_pool_t>,
    parent: PhantomData<Pool<'p>>,
}

impl OwnedPool<'static> {
    /// A pool without a parent and with an allocator of its own: no lock is shared with other pools.
    #[must_use]
    pub fn unmanaged() -> Self {
        static APR: Once = Once::new();
        // SAFETY: idempotent; inside httpd APR runs already, elsewhere (tests) this starts it.
        APR.call_once(|| unsafe {
            sys::apr_initialize();
        });
        let mut raw = ptr::null_mut();
        // SAFETY: a fresh pool is written to `raw`; null on failure.
        unsafe { sys::apr_pool_create_unmanaged_ex(&raw mut raw, None, ptr::null_mut()) };
        Self::own(raw)
    }
}

// SAFETY: an unmanaged pool and its allocator belong to this owner alone, so they may change thread with it.
unsafe impl Send for OwnedPool<'static> {}

impl<'p> OwnedPool<'p> {
    fn below(parent: *mut sys::apr_pool_t) -> Self {
        let mut raw = ptr::null_mut();
        // SAFETY: the parent lives for 'p by the contract of the Pool it comes from.
        unsafe { sys::apr_pool_create_ex(&raw mut raw, parent, None, ptr::null_mut()) };
        Self::own(raw)
    }

    fn own(raw: *mut sys::apr_pool_t) -> Self {
        let raw = NonNull::new(raw).unwrap_or_else(|| handle_alloc_error(Layout::new::<usize>()));
        Self {
            raw,
            parent: PhantomData,
        }
    }

    /// Lend the pool for as long as its owner stays.
    #[must_use]
    pub fn pool(&self) -> Pool<'_> {
        Pool {
            raw: self.raw,
            owner: PhantomData,
        }
    }
}

impl Drop for OwnedPool<'_> {
    fn drop(&mut self) {
        // SAFETY: ours alone; whatever was lent from it has ended with the borrow of self.
        unsafe { sys::apr_pool_destroy(self.raw.as_ptr()) }
    }
}

type Cleanup = unsafe extern "C" fn(*mut c_void) -> sys::apr_status_t;

/// The C symbol behind [`Pool::adopt`].
unsafe extern "C" fn drop_in_pool<T>(data: *mut c_void) -> sys::apr_status_t {
    // SAFETY: adopt registered this with the T it wrote, and APR runs a cleanup once.
    boundary::contain("pool cleanup", || unsafe { data.cast::<T>().drop_in_place() });
    sys::APR_SUCCESS
}

/// [`drop_in_pool`] for what lies at `_place`.
fn drop_of<T>(_place: *mut T) -> Cleanup {
    drop_in_pool::<T>
}

/// Calls its function when dropped.
struct OnDrop<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        if let Some(f) = self.0.take() {
            f();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    struct Counts(Arc<AtomicUsize>);

    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_value_is_dropped_once_with_its_pool() {
        let (dropped, owner) = (Arc::new(AtomicUsize::new(0)), OwnedPool::unmanaged());
        let value = owner.pool().adopt(Counts(Arc::clone(&dropped)));
        assert_eq!(value.0.load(Ordering::Relaxed), 0);
        drop(owner);
        assert_eq!(dropped.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn cleanups_run_last_first_and_a_panic_stops_none() {
        let (order, owner) = (
            Arc::new(std::sync::Mutex::new(Vec::new())),
            OwnedPool::unmanaged(),
        );
        for name in ["first", "panics", "last"] {
            let order = Arc::clone(&order);
            owner.pool().on_destroy(move || {
                order.lock().unwrap().push(name);
                assert_ne!(name, "panics");
            });
        }
        drop(owner);
        assert_eq!(*order.lock().unwrap(), ["last", "panics", "first"]);
    }

    #[test]
    fn a_sub_pool_goes_first() {
        let (dropped, owner) = (Arc::new(AtomicUsize::new(0)), OwnedPool::unmanaged());
        let sub = owner.pool().sub();
        let _ = sub.pool().adopt(Counts(Arc::clone(&dropped)));
        drop(sub);
        assert_eq!(dropped.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn what_runs_before_the_end_runs_while_all_is_there() {
        let (order, owner) = (
            Arc::new(std::sync::Mutex::new(Vec::new())),
            OwnedPool::unmanaged(),
        );
        let note = |name: &'static str| {
            let order = Arc::clone(&order);
            move || order.lock().unwrap().push(name)
        };
        owner.pool().before_destroy(note("before"));
        owner.pool().on_destroy(note("after"));
        drop(owner);
        assert_eq!(*order.lock().unwrap(), ["before", "after"]);
    }

    #[test]
    fn text_is_copied_up_to_a_nul() {
        let owner = OwnedPool::unmanaged();
        assert_eq!(owner.pool().dup(b"a\0b"), c"a");
        assert_eq!(owner.pool().dup(b""), c"");
        assert_eq!(owner.pool().dup_bytes(b"a\0b"), b"a\0b");
    }
}
