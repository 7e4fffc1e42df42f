//! Whether something of httpd's is still there, and whose turn it is to touch it.
//!
//! Python objects outlive requests, and any thread of an application may hold one. A [`Liveness`] is one atomic word
//! beside each request (or connection). It says where the record is: *at home* with httpd, on the thread that runs
//! the request; *lent* to Python while a handler runs; *in use* by one thread (which may come back to it, for instance
//! in a filter called from within its own write); or *finished*. Entering costs one compare-and-swap.
//! Works attached and detached, on any thread; touches no Python object. Whoever waits here must be detached.

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Lent to Python, and nobody is using it.
const FREE: u64 = 0;
/// Its pool is gone.
const FINISHED: u64 = u64::MAX;
/// Set while httpd has it and no handler of ours runs.
const HOME: u64 = 1 << 31;
/// How often the owner has entered.
const DEPTH: u64 = HOME - 1;
/// The upper half names the owner.
const OWNER: u64 = u64::MAX << 32;

/// The word: `owner thread << 32 | HOME | depth`, or one of the two constants above.
#[derive(Debug)]
pub struct Liveness(AtomicU64);

/// Why a record cannot be touched now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Its pool is gone.
    Finished,
    /// Another thread is inside.
    Busy,
    /// httpd has it: no handler of this request runs.
    AtHome,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Finished => "request is finished",
            Self::Busy => "request is busy in another thread",
            Self::AtHome => "request is not in the hands of a Python handler now",
        })
    }
}

/// The number of the calling thread, in the upper half.
#[inline]
fn me() -> u64 {
    thread_local!(static NUMBER: Cell<u32> = const { Cell::new(0) });
    NUMBER.with(|number| {
        if number.get() == 0 {
            static NEXT: AtomicU32 = AtomicU32::new(1);
            number.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        u64::from(number.get()) << 32
    })
}

impl Liveness {
    /// At home on the calling thread.
    #[must_use]
    pub fn new() -> Self {
        Self(AtomicU64::new(me() | HOME))
    }

    /// Finished from the beginning: for what guards nothing.
    #[must_use]
    pub fn finished() -> Self {
        Self(AtomicU64::new(FINISHED))
    }

    /// Use it until the answer is dropped.
    ///
    /// # Errors
    /// [`Refusal`].
    #[inline]
    pub fn enter(&self) -> Result<Inside<'_>, Refusal> {
        let me = me();
        match self
            .0
            .compare_exchange(FREE, me | 1, Ordering::Acquire, Ordering::Relaxed)
        {
            Ok(_) => Ok(Inside(self)),
            Err(word) => self.enter_again(word, me),
        }
    }

    /// It is not free: still ours if this thread is its owner.
    fn enter_again(&self, word: u64, me: u64) -> Result<Inside<'_>, Refusal> {
        if word == FINISHED {
            Err(Refusal::Finished)
        } else if word & OWNER == me {
            // While a thread owns the word, nobody else writes to it.
            self.0.store(word + 1, Ordering::Relaxed);
            Ok(Inside(self))
        } else if word & HOME != 0 {
            Err(Refusal::AtHome)
        } else {
            Err(Refusal::Busy)
        }
    }

    fn leave(&self) {
        let word = self.0.load(Ordering::Relaxed);
        let left = word.wrapping_sub(1);
        if word != FINISHED {
            let free = left & (HOME | DEPTH) == 0;
            self.0.store(if free { FREE } else { left }, Ordering::Release);
        }
    }

    /// Lend it to Python while `f` runs; on the way back, wait for a thread that is still inside.
    ///
    /// Called by the thread that httpd runs the request on, detached. A thread that httpd has handed the request
    /// over to becomes its owner here.
    pub fn lend<R>(&self, f: impl FnOnce() -> R) -> R {
        let _back = Lent::new(self);
        f()
    }

    /// Lend it to Python until the answer is dropped, detached: as [`Liveness::lend`].
    #[must_use]
    pub fn loan(this: &Arc<Self>) -> Lent<Arc<Self>> {
        Lent::new(Arc::clone(this))
    }

    /// The calling thread runs the request now, by httpd's decision; it is at home and stays there.
    pub fn claim(&self) {
        let word = self.0.load(Ordering::Acquire);
        if word & HOME != 0 && word != FINISHED {
            self.0.store((word & !OWNER) | me(), Ordering::Release);
        }
    }

    /// Its pool goes now: wait for a thread that is still inside, then refuse everybody.
    ///
    /// Called by a pool cleanup, on any thread.
    pub fn finish(&self) {
        let me = me();
        wait(|| {
            let word = self.0.load(Ordering::Acquire);
            let ours = word == FREE || word & HOME != 0 || word & OWNER == me;
            ours && self.replace(word, FINISHED)
        });
    }

    fn replace(&self, word: u64, by: u64) -> bool {
        self.0
            .compare_exchange(word, by, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
    }
}

impl Default for Liveness {
    fn default() -> Self {
        Self::new()
    }
}

/// In use by this thread until dropped.
#[derive(Debug)]
pub struct Inside<'l>(&'l Liveness);

impl Drop for Inside<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// Lent until dropped; a panic in a handler brings it home too.
#[derive(Debug)]
pub struct Lent<L: Deref<Target = Liveness>> {
    liveness: L,
    word: u64,
}

impl<L: Deref<Target = Liveness>> Lent<L> {
    fn new(liveness: L) -> Self {
        let before = liveness.0.swap(FREE, Ordering::AcqRel);
        let word = if before == FREE {
            FREE
        } else {
            (before & !OWNER) | me()
        };
        Lent { liveness, word }
    }
}

impl<L: Deref<Target = Liveness>> Drop for Lent<L> {
    #[inline]
    fn drop(&mut self) {
        wait(|| self.liveness.replace(FREE, self.word));
    }
}

/// Try until it works: at once nearly always, else with pauses that grow to a millisecond.
#[inline]
fn wait(mut done: impl FnMut() -> bool) {
    let mut pause = Duration::from_micros(10);
    while !done() {
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn elsewhere<R: Send>(f: impl FnOnce() -> R + Send) -> R {
        thread::scope(|scope| scope.spawn(f).join().unwrap())
    }

    fn refusal(liveness: &Liveness) -> Option<Refusal> {
        liveness.enter().err()
    }

    #[test]
    fn at_home_only_its_own_thread_enters() {
        let request = Liveness::new();
        assert_eq!(refusal(&request), None);
        assert_eq!(elsewhere(|| refusal(&request)), Some(Refusal::AtHome));
        assert_eq!(refusal(&request), None, "entering has not moved it");
    }

    #[test]
    fn lent_means_one_thread_at_a_time() {
        let request = Liveness::new();
        request.lend(|| {
            let inside = request.enter().unwrap();
            assert_eq!(elsewhere(|| refusal(&request)), Some(Refusal::Busy));
            drop(request.enter().unwrap());
            drop(inside);
            assert_eq!(elsewhere(|| refusal(&request)), None);
        });
        assert_eq!(elsewhere(|| refusal(&request)), Some(Refusal::AtHome));
    }

    #[test]
    fn a_loan_within_ones_own_use_comes_back_to_it() {
        let request = Liveness::new();
        request.lend(|| {
            let _inside = request.enter().unwrap();
            request.lend(|| drop(request.enter().unwrap()));
            assert_eq!(elsewhere(|| refusal(&request)), Some(Refusal::Busy));
        });
    }

    #[test]
    fn the_lender_waits_for_a_thread_inside() {
        let request = Arc::new(Liveness::new());
        let (entered, wait_entered) = mpsc::channel();
        let user = Arc::clone(&request);
        let thread = request.lend(|| {
            let thread = thread::spawn(move || {
                let inside = user.enter().unwrap();
                entered.send(()).unwrap();
                thread::sleep(Duration::from_millis(20));
                drop(inside);
            });
            wait_entered.recv().unwrap();
            thread
        });
        assert_eq!(refusal(&request), None, "the other thread has left");
        thread.join().unwrap();
    }

    #[test]
    fn another_thread_of_httpd_takes_over() {
        let request = Liveness::new();
        elsewhere(|| {
            request.claim();
            assert_eq!(refusal(&request), None);
        });
        assert_eq!(refusal(&request), Some(Refusal::AtHome));
        request.lend(|| ());
        assert_eq!(refusal(&request), None);
    }

    #[test]
    fn finished_is_for_ever() {
        let request = Liveness::new();
        elsewhere(|| request.finish());
        assert_eq!(refusal(&request), Some(Refusal::Finished));
        request.claim();
        assert_eq!(refusal(&request), Some(Refusal::Finished));
    }

    #[test]
    fn finish_waits_for_a_thread_inside() {
        let request = Arc::new(Liveness::new());
        request.0.store(FREE, Ordering::Relaxed);
        let inside = request.enter().unwrap();
        let other = Arc::clone(&request);
        let finisher = thread::spawn(move || other.finish());
        thread::sleep(Duration::from_millis(20));
        assert!(!finisher.is_finished());
        drop(inside);
        finisher.join().unwrap();
        assert_eq!(refusal(&request), Some(Refusal::Finished));
    }
}
