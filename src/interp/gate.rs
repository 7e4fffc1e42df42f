//! Admission to a replica (`max-threads`): first in, first out, with a time-out.
//!
//! Used by request threads, detached, before they take the GIL. Off unless configured: a gate in front of the GIL
//! costs more than it gives when handlers wait for I/O. Holds its lock for a few instructions only.

use std::cell::RefCell;
use std::time::Duration;

use super::line::{Line, Place};

/// Waited `queue-timeout` and was not admitted: 503.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueTimeout;

/// At most `limit` threads at a time.
#[derive(Debug)]
pub struct Gate {
    limit: u32,
    timeout: Duration,
    line: Line,
}

thread_local! {
    /// The gates this thread is inside of: a nested phase of the same replica needs no second place.
    static INSIDE: RefCell<Vec<*const Gate>> = const { RefCell::new(Vec::new()) };
}

/// A place inside a gate, given back on drop; `None` for a thread that was inside already.
#[derive(Debug)]
pub struct Permit<'g>(Option<(&'g Gate, Place<'g>)>);

impl Gate {
    /// A gate for `limit` threads, who wait at most `timeout`.
    #[must_use]
    pub fn new(limit: u32, timeout: Duration) -> Self {
        Gate {
            limit,
            timeout,
            line: Line::new(limit),
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
        self.line.waiting()
    }

    /// Go in, waiting behind those who came first. A thread that is inside already goes in at once.
    ///
    /// # Errors
    /// [`QueueTimeout`].
    pub fn enter(&self) -> Result<Permit<'_>, QueueTimeout> {
        if INSIDE.with_borrow(|gates| gates.contains(&std::ptr::from_ref(self))) {
            return Ok(Permit(None));
        }
        let place = self.line.enter(Some(self.timeout)).map_err(|_| QueueTimeout)?;
        INSIDE.with_borrow_mut(|gates| gates.push(std::ptr::from_ref(self)));
        Ok(Permit(Some((self, place))))
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if let Some((gate, place)) = self.0.take() {
            INSIDE.with_borrow_mut(|gates| gates.retain(|inside| !std::ptr::eq(*inside, gate)));
            drop(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

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
}
