//! A line to wait in: first in, first out, some at a time.
//!
//! Used by request threads, detached. Holds its lock for a few instructions only; a thread that waits sleeps on a bell of
//! its own, so one place given up wakes one thread.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Waited as long as was allowed, and was not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimedOut;

/// At most `places` threads at a time; the others stand in line.
#[derive(Debug)]
pub(super) struct Line {
    places: u32,
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

/// A place, given to the next in line on drop.
#[derive(Debug)]
pub(super) struct Place<'l>(&'l Line);

impl Line {
    /// A line before so many places.
    pub(super) fn new(places: u32) -> Self {
        Line {
            places,
            queue: Mutex::default(),
        }
    }

    /// How many threads wait now.
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Take a place, behind those who came first; wait at most `patience`, if that is given.
    pub(super) fn enter(&self, patience: Option<Duration>) -> Result<Place<'_>, TimedOut> {
        let ticket = {
            let mut queue = self.lock();
            if queue.inside < self.places && queue.waiting.is_empty() {
                queue.inside += 1;
                return Ok(Place(self));
            }
            let ticket = Arc::new(Ticket::default());
            queue.waiting.push_back(Arc::clone(&ticket));
            ticket
        };
        if ticket.wait(patience) || self.was_admitted(&ticket) {
            Ok(Place(self))
        } else {
            Err(TimedOut)
        }
    }

    /// The time is over: leave the line; tells whether somebody let us in at the last moment.
    fn was_admitted(&self, ticket: &Arc<Ticket>) -> bool {
        let mut queue = self.lock();
        let before = queue.waiting.len();
        queue.waiting.retain(|other| !Arc::ptr_eq(other, ticket));
        queue.waiting.len() == before
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.lock();
        match queue.waiting.pop_front() {
            Some(next) => next.admit(),
            None => queue.inside -= 1,
        }
    }
}

impl Ticket {
    fn admit(&self) {
        *self.admitted.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_one();
    }

    /// Sleep until admitted; `false` when the time is over first.
    fn wait(&self, patience: Option<Duration>) -> bool {
        let until = patience.map(|patience| Instant::now() + patience);
        let mut admitted = self.admitted.lock().unwrap_or_else(PoisonError::into_inner);
        while !*admitted {
            admitted = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return false,
                Some(left) => {
                    let waited = self.bell.wait_timeout(admitted, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.bell.wait(admitted).unwrap_or_else(PoisonError::into_inner),
            };
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn who_waits_too_long_goes() {
        let line = Line::new(1);
        let _inside = line.enter(None).unwrap();
        let patience = Some(Duration::from_millis(20));
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(line.enter(patience).unwrap_err(), TimedOut));
        });
        assert_eq!(line.waiting(), 0);
    }

    #[test]
    fn first_come_first_served() {
        let line = Line::new(1);
        let (tell, told) = mpsc::channel();
        thread::scope(|scope| {
            let inside = line.enter(None).unwrap();
            for number in 0..4 {
                let (line, tell) = (&line, tell.clone());
                scope.spawn(move || {
                    let _place = line.enter(None).unwrap();
                    tell.send(number).unwrap();
                });
                while line.waiting() <= number {
                    thread::yield_now();
                }
            }
            drop(inside);
        });
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);
    }
}
