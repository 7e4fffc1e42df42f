//! One build of a group: its replicas, and the choice among them.
//!
//! Read by request threads without a lock; made and retired by the manager.

use std::sync::atomic::{AtomicU32, Ordering};

use crossbeam::utils::CachePadded;

use super::gate::Gate;
use super::interpreter::Interp;
use super::pick::pick;
use super::spec::{Gil, GroupSpec};

/// An interpreter serving one group. Stays as long as the child, as its [`Interp`] does.
#[derive(Debug)]
pub struct Replica {
    index: u32,
    interp: &'static Interp,
    gate: Option<Gate>,
    /// Sessions it serves now; counted only where there is another replica to go to.
    active: Option<CachePadded<AtomicU32>>,
}

impl Replica {
    pub(super) fn new(index: u32, interp: &'static Interp, spec: &GroupSpec) -> &'static Self {
        let gate = spec.max_threads.map(|(limit, timeout)| Gate::new(limit, timeout));
        Box::leak(Box::new(Replica {
            index,
            interp,
            gate,
            active: (spec.replicas > 1).then(CachePadded::default),
        }))
    }

    /// Its number within the generation, from 0.
    #[inline]
    #[must_use]
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Its interpreter.
    #[inline]
    #[must_use]
    pub fn interp(&self) -> &'static Interp {
        self.interp
    }

    /// Its admission, if `max-threads` is set.
    #[inline]
    #[must_use]
    pub fn gate(&self) -> Option<&Gate> {
        self.gate.as_ref()
    }

    /// Sessions it serves now, those that wait for its GIL included; 0 for the only replica of its group.
    #[inline]
    #[must_use]
    pub fn active(&self) -> u32 {
        self.active
            .as_ref()
            .map_or(0, |active| active.load(Ordering::Relaxed))
    }

    /// Count a session from here to the drop of the answer.
    #[inline]
    pub(super) fn busy(&self) -> Option<Busy<'_>> {
        self.active.as_deref().map(|active| {
            active.fetch_add(1, Ordering::Relaxed);
            Busy(active)
        })
    }
}

/// A session that counts.
#[derive(Debug)]
pub(super) struct Busy<'r>(&'r AtomicU32);

impl Drop for Busy<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One build of a group.
#[derive(Debug)]
pub struct Generation {
    number: u64,
    gil: Gil,
    replicas: Box<[&'static Replica]>,
}

impl Generation {
    pub(super) fn new(number: u64, gil: Gil, replicas: Vec<&'static Replica>) -> Self {
        Generation {
            number,
            gil,
            replicas: replicas.into(),
        }
    }

    /// Which build of its group this is, from 1.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The kind in effect (never `auto`).
    #[must_use]
    pub fn gil(&self) -> Gil {
        self.gil
    }

    /// Its replicas; never empty.
    #[must_use]
    pub fn replicas(&self) -> &[&'static Replica] {
        &self.replicas
    }

    /// The replica for a request on the thread of that number.
    #[inline]
    #[must_use]
    pub fn pick(&self, thread: usize) -> &'static Replica {
        let full = self.replicas[0].gate().map(Gate::limit);
        self.replicas[pick(thread, self.replicas.len(), full, |i| self.replicas[i].active())]
    }
}
