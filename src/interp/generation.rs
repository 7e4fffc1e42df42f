//! One build of a group: its replicas, and the choice among them.
//!
//! Read by request threads without a lock; made and retired by the manager.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crossbeam::utils::CachePadded;

use super::gate::Gate;
use super::interpreter::{Holder, Interp};
use super::pick::pick;
use super::spec::{Gil, GroupSpec};

/// An interpreter serving one group.
#[derive(Debug)]
pub struct Replica {
    index: u32,
    interp: Arc<Interp>,
    gate: Option<Gate>,
    load: CachePadded<Load>,
}

/// What changes with every session: together, as both change.
#[derive(Debug, Default)]
struct Load {
    active: AtomicU32,
    served: AtomicU64,
}

impl Replica {
    pub(super) fn new(index: u32, interp: Arc<Interp>, spec: &GroupSpec) -> Self {
        let gate = spec.max_threads.map(|(limit, timeout)| Gate::new(limit, timeout));
        Replica {
            index,
            interp,
            gate,
            load: CachePadded::default(),
        }
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
    pub fn interp(&self) -> &Arc<Interp> {
        &self.interp
    }

    /// Its admission, if `max-threads` is set.
    #[inline]
    #[must_use]
    pub fn gate(&self) -> Option<&Gate> {
        self.gate.as_ref()
    }

    /// Sessions it serves now, those that wait for its GIL included.
    #[inline]
    #[must_use]
    pub fn active(&self) -> u32 {
        self.load.active.load(Ordering::Relaxed)
    }

    /// Sessions it has served.
    #[must_use]
    pub fn served(&self) -> u64 {
        self.load.served.load(Ordering::Relaxed)
    }

    /// Count a session from here to the drop of the answer.
    #[inline]
    pub(super) fn busy(&self) -> Busy<'_> {
        self.load.active.fetch_add(1, Ordering::Relaxed);
        Busy(self)
    }
}

impl Holder for Arc<Replica> {
    #[inline]
    fn interp(&self) -> &Arc<Interp> {
        &self.interp
    }
}

/// A session that counts.
#[derive(Debug)]
pub(super) struct Busy<'r>(&'r Replica);

impl Drop for Busy<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.load.active.fetch_sub(1, Ordering::Relaxed);
        self.0.load.served.fetch_add(1, Ordering::Relaxed);
    }
}

/// One build of a group.
#[derive(Debug)]
pub struct Generation {
    number: u64,
    gil: Gil,
    replicas: Box<[Arc<Replica>]>,
}

impl Generation {
    pub(super) fn new(number: u64, gil: Gil, replicas: Vec<Arc<Replica>>) -> Self {
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
    pub fn replicas(&self) -> &[Arc<Replica>] {
        &self.replicas
    }

    /// The replica for a request on the thread of that number.
    #[inline]
    #[must_use]
    pub fn pick(&self, thread: usize) -> &Arc<Replica> {
        let full = self.replicas[0].gate().map(Gate::limit);
        &self.replicas[pick(thread, self.replicas.len(), full, |i| self.replicas[i].active())]
    }
}
