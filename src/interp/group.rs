//! A name's group: its current generation, and how a request comes to a replica of it.
//!
//! Groups live as long as the child. Reading the current generation takes no lock; a group without one is built by
//! the manager while the request thread waits, detached, with nothing held.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;

use super::building::Building;
use super::gate::{Permit, QueueTimeout};
use super::generation::{Busy, Generation, Replica};
use super::interpreter::Pin;
use super::manager::Job;
use super::registry::Registry;
use super::session::{Closed, Session, unattached};
use super::spec::{Gil, GroupSpec};
use super::thread;

/// A name and what serves it.
#[derive(Debug)]
pub struct Group {
    name: Box<str>,
    spec: GroupSpec,
    current: ArcSwapOption<Generation>,
    building: Mutex<Building>,
    bell: Condvar,
    generations: AtomicU64,
    needs_main: AtomicBool,
}

/// Why a request got no replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BindError {
    /// The group could not be built; the next request tries anew, or after a pause when that has failed repeatedly.
    Build(Arc<str>),
    /// The child is going down.
    Stopping,
}

impl std::fmt::Display for BindError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BindError::Build(reason) => f.write_str(reason),
            BindError::Stopping => f.write_str("the server is stopping"),
        }
    }
}

/// Why a thread bound to a replica could not enter it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnterError {
    /// Waited `queue-timeout` for a place.
    QueueTimeout,
    /// Closed under us, or no memory for a thread state.
    Closed,
}

impl From<QueueTimeout> for EnterError {
    fn from(_: QueueTimeout) -> Self {
        EnterError::QueueTimeout
    }
}

impl From<Closed> for EnterError {
    fn from(_: Closed) -> Self {
        EnterError::Closed
    }
}

impl Group {
    pub(super) fn new(name: &str, spec: GroupSpec) -> Self {
        Group {
            name: name.into(),
            spec,
            current: ArcSwapOption::empty(),
            building: Mutex::default(),
            bell: Condvar::new(),
            generations: AtomicU64::new(0),
            needs_main: AtomicBool::new(false),
        }
    }

    /// The name that the configuration gives.
    #[inline]
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the name asks for.
    #[must_use]
    pub fn spec(&self) -> &GroupSpec {
        &self.spec
    }

    /// The generation that serves, if there is one.
    #[must_use]
    pub fn current(&self) -> Option<Arc<Generation>> {
        self.current.load_full()
    }

    /// The kind to build: what is asked for, with `auto` resolved by what was learnt.
    #[must_use]
    pub fn kind(&self) -> Gil {
        match self.spec.gil {
            Gil::Auto if self.needs_main.load(Ordering::Acquire) => Gil::Main,
            Gil::Auto => Gil::Own,
            kind => kind,
        }
    }

    /// Take the note back: main belongs to somebody else.
    pub(super) fn unnote_needs_main(&self) {
        self.needs_main.store(false, Ordering::Release);
    }

    pub(super) fn next_number(&self) -> u64 {
        self.generations.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Bind a replica for a request on this thread, building the group if it has no generation yet.
    ///
    /// # Errors
    /// [`BindError`].
    #[inline]
    pub fn bind(&'static self) -> Result<Binding, BindError> {
        loop {
            if let Some(binding) = self.bind_current() {
                return Ok(binding);
            }
            self.build()?;
        }
    }

    #[inline]
    fn bind_current(&'static self) -> Option<Binding> {
        let current = self.current.load();
        let replica = current.as_ref()?.pick(thread::number());
        // A generation swapped out between the two lines above may be closing already: then look again.
        let pin = replica.interp().pin()?;
        Some(Binding {
            group: self,
            replica,
            pin,
        })
    }

    /// Ask the manager for a generation (once for all who wait) and wait for its answer.
    ///
    /// # Errors
    /// [`BindError`].
    #[cold]
    pub fn build(&'static self) -> Result<(), BindError> {
        let manager = Registry::manager().ok_or(BindError::Stopping)?;
        let mut building = self.lock();
        if self.current.load().is_some() {
            return Ok(());
        }
        if let Some(refusal) = building.refusal() {
            return Err(refusal);
        }
        if !building.asked {
            building.asked = manager.send(Job::Build(self));
            if !building.asked {
                return Err(BindError::Stopping);
            }
        }
        let before = building.builds;
        drop(building);
        unattached(|| self.wait_for_build(before))
    }

    /// Build a new generation, let it serve, retire the former one. Returns once the new one serves.
    ///
    /// # Errors
    /// [`BindError`]: the former generation serves on then.
    pub fn swap(&'static self) -> Result<(), BindError> {
        if self.kind() == Gil::Main {
            let text = format!(
                "'{}' runs in the main interpreter: it is reloaded with its whole child",
                self.name
            );
            return Err(BindError::Build(text.into()));
        }
        self.rebuild(|| true)
    }

    /// An extension module of this `auto` group refuses a subinterpreter: build it anew in the main one. Tells whether
    /// this call was the one that noticed.
    ///
    /// # Errors
    /// [`BindError`]: the group is not `auto`, or main belongs to another name.
    pub fn fall_back_to_main(&'static self) -> Result<bool, BindError> {
        if self.spec.gil != Gil::Auto {
            return Err(BindError::Build(
                format!("'{}' is configured with gil={}", self.name, self.spec.gil).into(),
            ));
        }
        let first = !self.needs_main.swap(true, Ordering::AcqRel);
        self.rebuild(|| self.current().is_none_or(|current| current.gil() != Gil::Main))?;
        Ok(first)
    }

    /// One more build, unless one that was under way has made it needless.
    fn rebuild(&'static self, needed: impl Fn() -> bool) -> Result<(), BindError> {
        let manager = Registry::manager().ok_or(BindError::Stopping)?;
        unattached(|| {
            let mut building = self.lock();
            while building.asked {
                building = self.bell.wait(building).unwrap_or_else(PoisonError::into_inner);
            }
            if !needed() {
                return Ok(());
            }
            building.asked = manager.send(Job::Swap(self));
            let (asked, before) = (building.asked, building.builds);
            drop(building);
            if asked {
                self.wait_for_build(before)
            } else {
                Err(BindError::Stopping)
            }
        })
    }

    fn wait_for_build(&self, before: u64) -> Result<(), BindError> {
        let mut building = self.lock();
        while building.builds == before {
            building = self.bell.wait(building).unwrap_or_else(PoisonError::into_inner);
        }
        building
            .failure
            .clone()
            .map_or(Ok(()), |reason| Err(BindError::Build(reason)))
    }

    /// The manager's answer: a generation to serve from now on, or why there is none. Gives the former generation.
    pub(super) fn publish(&self, built: Result<Arc<Generation>, Arc<str>>) -> Option<Arc<Generation>> {
        let mut building = self.lock();
        building.note(built.as_ref().err());
        let former = built
            .ok()
            .and_then(|generation| self.current.swap(Some(generation)));
        drop(building);
        self.bell.notify_all();
        former
    }

    /// Take the current generation out, at the end of the child.
    pub(super) fn withdraw(&self) -> Option<Arc<Generation>> {
        self.current.swap(None)
    }

    fn lock(&self) -> MutexGuard<'_, Building> {
        self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request's replica, kept open until the request ends.
#[derive(Debug)]
pub struct Binding {
    group: &'static Group,
    replica: &'static Replica,
    pin: Pin,
}

impl Binding {
    /// The group.
    #[inline]
    #[must_use]
    pub fn group(&self) -> &'static Group {
        self.group
    }

    /// The replica.
    #[inline]
    #[must_use]
    pub fn replica(&self) -> &'static Replica {
        self.replica
    }

    /// The same replica for another request (a subrequest, an internal redirect of the same name).
    #[must_use]
    pub fn share(&self) -> Option<Binding> {
        let pin = self.replica.interp().pin()?;
        Some(Binding { pin, ..*self })
    }

    /// Go in: through the gate if there is one, then attach.
    ///
    /// # Errors
    /// [`EnterError`].
    #[inline]
    pub fn enter(&self) -> Result<Inside<'_>, EnterError> {
        let gate = self.replica.gate();
        let permit = gate.map(|gate| unattached(|| gate.enter())).transpose()?;
        let busy = self.replica.busy();
        let session = Session::enter_pinned(&self.pin)?;
        Ok(Inside {
            session,
            _busy: busy,
            _permit: permit,
        })
    }
}

/// A session at a bound replica, counted and admitted. Fields are dropped in this order: detach first.
#[derive(Debug)]
pub struct Inside<'b> {
    session: Session,
    _busy: Option<Busy<'b>>,
    _permit: Option<Permit<'b>>,
}

impl std::ops::Deref for Inside<'_> {
    type Target = Session;
    #[inline]
    fn deref(&self) -> &Session {
        &self.session
    }
}
