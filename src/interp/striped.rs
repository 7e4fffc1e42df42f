//! A counter that threads change far more often than anybody reads it.
//!
//! Each thread counts in the stripe of its number, so threads on other processors seldom fight for its cache line.

use std::sync::atomic::{AtomicU32, Ordering};

use crossbeam::utils::CachePadded;

use super::thread;

/// As many as small servers have processors; a power of two.
const STRIPES: usize = 16;

/// A count that is exact as a whole; one stripe alone says nothing.
#[derive(Debug, Default)]
pub(super) struct Striped([CachePadded<AtomicU32>; STRIPES]);

/// Where something was counted: to be taken back there, on whatever thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stripe(usize);

impl Striped {
    /// Count one more, sequentially consistent.
    #[inline]
    pub(super) fn add(&self) -> Stripe {
        let stripe = thread::number() % STRIPES;
        self.0[stripe].fetch_add(1, Ordering::SeqCst);
        Stripe(stripe)
    }

    /// Take back what [`Self::add`] counted.
    #[inline]
    pub(super) fn sub(&self, Stripe(stripe): Stripe) {
        self.0[stripe].fetch_sub(1, Ordering::SeqCst);
    }

    /// Whether all that was counted has been taken back.
    ///
    /// Whoever counts and then looks at a flag, and whoever sets the flag and then asks here: one of the two always
    /// sees the other, since each stripe is sequentially consistent with the flag.
    pub(super) fn is_zero(&self) -> bool {
        self.0.iter().all(|stripe| stripe.load(Ordering::SeqCst) == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_on_one_thread_is_taken_back_on_another() {
        let counter = Striped::default();
        let here = counter.add();
        let there = std::thread::scope(|scope| scope.spawn(|| counter.add()).join().unwrap());
        assert!(!counter.is_zero());
        std::thread::scope(|scope| scope.spawn(|| counter.sub(here)).join().unwrap());
        assert!(!counter.is_zero());
        counter.sub(there);
        assert!(counter.is_zero());
    }
}
