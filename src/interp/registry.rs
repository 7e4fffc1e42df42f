//! All groups of this child by name, and the way to the manager.
//!
//! Made once per child (`start`); looked up without a lock by request threads. A configured name keeps the group it
//! was resolved to, so the map is asked once per name, not once per request.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dashmap::DashMap;

use super::group::Group;
use super::host::{Host, Start};
use super::manager::{self, Manager};
use super::spec::GroupSpec;
use crate::py::init::InitError;

/// Everything this child knows of interpreters.
#[derive(Debug)]
pub struct Registry {
    groups: DashMap<Box<str>, &'static Group>,
    spec_of: fn(&str) -> GroupSpec,
    host: Host,
    manager: Manager,
    stopping: AtomicBool,
}

static REGISTRY: OnceLock<Registry> = OnceLock::new();

/// The registry, once [`Registry::start`] has run in this child.
#[inline]
#[must_use]
pub fn registry() -> Option<&'static Registry> {
    REGISTRY.get()
}

impl Registry {
    /// Start Python and the manager in this child. `spec_of` tells what a name asks for.
    ///
    /// # Errors
    /// [`InitError`]: Python does not start, or it was started before.
    pub fn start(start: Start, spec_of: fn(&str) -> GroupSpec) -> Result<&'static Registry, InitError> {
        if REGISTRY.get().is_some() {
            return Err(InitError("Python was started before in this process".to_owned()));
        }
        let host = start.host;
        let manager = manager::start(start)?;
        let fresh = Registry {
            groups: DashMap::new(),
            spec_of,
            host,
            manager,
            stopping: AtomicBool::new(false),
        };
        Ok(REGISTRY.get_or_init(|| fresh))
    }

    /// The group of a name, noted at the first question (built at its first request, or by [`Group::build`]).
    #[must_use]
    pub fn group(&self, name: &str) -> &'static Group {
        if let Some(group) = self.groups.get(name) {
            return *group;
        }
        let entry = self.groups.entry(name.into());
        *entry.or_insert_with(|| Box::leak(Box::new(Group::new(name, (self.spec_of)(name)))))
    }

    /// All groups noted so far.
    #[must_use]
    pub fn groups(&self) -> Vec<&'static Group> {
        self.groups.iter().map(|entry| *entry.value()).collect()
    }

    /// Ask for a group without waiting for it (child start).
    pub fn prepare(&self, name: &str) {
        self.manager.send(manager::Job::Build(self.group(name)));
    }

    /// The functions of higher floors.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The child ends: take nothing new, end or abandon every interpreter within `limit`. Waits for that, and for no
    /// GIL: the calling thread, which serves requests under prefork, leaves its states to the manager.
    pub fn stop(&self, limit: Duration) {
        if !self.stopping.swap(true, Ordering::SeqCst) {
            super::thread::give_up();
            self.manager.stop(self.groups(), limit);
        }
    }

    /// The manager, unless the child is going down.
    pub(super) fn manager() -> Option<&'static Manager> {
        registry()
            .filter(|registry| !registry.stopping.load(Ordering::SeqCst))
            .map(|registry| &registry.manager)
    }
}
