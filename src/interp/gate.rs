//! Admission to a replica (`max-threads`): first in, first out, with a time-out.
//!
//! Used by request threads, detached, before they take the GIL. Off unless configured: a gate in front of the GIL
//! costs more than it gives when handlers wait for I/O. Holds its lock for a few instructions only.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Waited `queue-timeout` and was not admitted: 503.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueTimeout;

/// At most `limit` threads at a time.
#[derive(Debug)]
pub struct Gate {
    limit: u32,
    timeout: Duration,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    inside: u32,
    waiting: VecDeque<Arc<Ticket>>,
}

/// One waiting thread; `true` once it was let in.
#[derive(Debug, Default)]
struct Ticket {
    admitted: Mutex<bool>,
    bell: Condvar,
}

thread_local! {
    /// The gates this thread is inside of: a nested phase of the same replica needs no second place.
    static INSIDE: RefCell<Vec<*const Gate>> = const { RefCell::new(Vec::new()) };
}

/// A place inside a gate, given back on drop.
#[derive(Debug)]
pub struct Permit<'g>(Option<&'g Gate>);

impl Gate {
    /// A gate for `limit` threads, who wait at most `timeout`.
    #[must_use]
    pub fn new(limit: u32, timeout: Duration) -> Self {
        Gate {
            limit,
            timeout,
            queue: Mutex::default(),
        }
    }

    /// How many may be inside.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// How long a thread waits at most.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How many threads wait now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Go in, waiting behind those who came first. A thread that is inside already goes in at once.
    ///
    /// # Errors
    /// [`QueueTimeout`].
    pub fn enter(&self) -> Result<Permit<'_>, QueueTimeout> {
        if INSIDE.with_borrow(|gates| gates.contains(&std::ptr::from_ref(self))) {
            return Ok(Permit(None));
        }
        self.wait_for_a_place()?;
        INSIDE.with_borrow_mut(|gates| gates.push(std::ptr::from_ref(self)));
        Ok(Permit(Some(self)))
    }

    fn wait_for_a_place(&self) -> Result<(), QueueTimeout> {
        let ticket = {
            let mut queue = self.lock();
            if queue.inside < self.limit && queue.waiting.is_empty() {
                queue.inside += 1;
                return Ok(());
            }
            let ticket = Arc::new(Ticket::default());
            queue.waiting.push_back(Arc::clone(&ticket));
            ticket
        };
        if ticket.wait(self.timeout) {
            Ok(())
        } else {
            self.give_up(&ticket)
        }
    }

    /// The time is over: leave the queue, unless somebody let us in at the last moment.
    fn give_up(&self, ticket: &Arc<Ticket>) -> Result<(), QueueTimeout> {
        let mut queue = self.lock();
        let before = queue.waiting.len();
        queue.waiting.retain(|other| !Arc::ptr_eq(other, ticket));
        if queue.waiting.len() == before {
            Ok(())
        } else {
            Err(QueueTimeout)
        }
    }

    /// Hand the place to the first in the queue, or free it.
    fn leave(&self) {
        let mut queue = self.lock();
        match queue.waiting.pop_front() {
            Some(next) => next.admit(),
            None => queue.inside -= 1,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    fn admit(&self) {
        *self.admitted.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_one();
    }

    fn wait(&self, timeout: Duration) -> bool {
        let until = Instant::now() + timeout;
        let mut admitted = self.admitted.lock().unwrap_or_else(PoisonError::into_inner);
        while !*admitted {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            admitted = self
                .bell
                .wait_timeout(admitted, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if let Some(gate) = self.0 {
            INSIDE.with_borrow_mut(|gates| gates.retain(|inside| !std::ptr::eq(*inside, gate)));
            gate.leave();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::thread;

    #[test]
    fn a_full_gate_times_out() {
        let gate = Arc::new(Gate::new(1, Duration::from_millis(20)));
        let _inside = gate.enter().unwrap();
        let other = Arc::clone(&gate);
        let refused = thread::spawn(move || other.enter().is_err()).join().unwrap();
        assert!(refused);
        assert_eq!(gate.waiting(), 0);
    }

    #[test]
    fn the_same_thread_goes_in_again() {
        let gate = Gate::new(1, Duration::ZERO);
        let _outer = gate.enter().unwrap();
        drop(gate.enter().unwrap());
        assert!(thread::scope(|s| s
            .spawn(|| gate.enter().is_err())
            .join()
            .unwrap()));
    }

    #[test]
    fn first_come_first_served() {
        let gate = Gate::new(1, Duration::from_secs(30));
        let (tell, told) = mpsc::channel();
        thread::scope(|scope| {
            let inside = gate.enter().unwrap();
            for number in 0..4 {
                let (gate, tell) = (&gate, tell.clone());
                scope.spawn(move || {
                    let _place = gate.enter().unwrap();
                    tell.send(number).unwrap();
                });
                while gate.waiting() <= number {
                    thread::yield_now();
                }
            }
            drop(inside);
        });
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);
    }
}
