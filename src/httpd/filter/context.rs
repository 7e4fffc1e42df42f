//! What one filter of one request keeps between its calls.
//!
//! Lives in the request's pool, made at the first call or when the filter is added at run time; dropped with the pool
//! on whatever thread that happens. Touched only by the thread that the filter's call runs on.

use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::ptr;

use super::Filter;
use crate::apr::{Brigade, Pool};

/// How a filter treats data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Mode {
    /// It works.
    #[default]
    Active,
    /// It lets everything pass: it failed, or was told to.
    Transparent,
    /// It has sent the end of the stream.
    Ended,
}

/// A filter's memory.
#[derive(Default)]
pub struct Context {
    target: OnceCell<Box<dyn Any + Send>>,
    pub(super) mode: Cell<Mode>,
    pub(super) kept: OnceCell<Kept>,
}

/// The data that an input filter has not used, or not given out.
pub(super) struct Kept {
    pub(super) incoming: &'static Brigade<'static>,
    pub(super) outgoing: &'static Brigade<'static>,
}

impl Context {
    /// A filter for which `target` is already known.
    #[must_use]
    pub fn of(target: impl Any + Send) -> Self {
        let context = Self::default();
        let _ = context.target.set(Box::new(target));
        context
    }

    /// What the filter is to call, found by `find` the first time.
    pub fn target<T: Any + Send>(&self, find: impl FnOnce() -> Option<T>) -> Option<&T> {
        if self.target.get().is_none() {
            let _ = self.target.set(Box::new(find()?));
        }
        self.target.get()?.downcast_ref()
    }

    /// The brigades of an input filter.
    pub(super) fn kept(&self, filter: &Filter) -> &Kept {
        self.kept.get_or_init(|| {
            let r = filter.request();
            // SAFETY: the context lives in the same pool, and is gone when the pool's brigades are.
            let pool: Pool<'static> = unsafe { Pool::from_ptr(r.pool().as_ptr()) };
            Kept {
                incoming: Brigade::in_pool(pool, r.bucket_alloc()),
                outgoing: Brigade::in_pool(pool, r.bucket_alloc()),
            }
        })
    }
}

impl Filter {
    /// This filter's memory.
    pub(super) fn context(&self) -> &Context {
        let known = self.raw().ctx.cast::<Context>();
        if known.is_null() {
            let fresh = self.request().pool().adopt(Context::default());
            // SAFETY: the record lives and belongs to this thread.
            unsafe { (*self.0.get()).ctx = ptr::from_ref(fresh).cast_mut().cast() };
            return fresh;
        }
        // SAFETY: the entries are ours alone, so whoever added the filter gave a context of ours (`add`) or none.
        unsafe { &*known }
    }
}
