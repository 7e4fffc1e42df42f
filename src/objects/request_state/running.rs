//! The phase a request is in, the handlers that run in it, and those that were added for later phases.

use std::cell::{Cell, RefCell};

use smallvec::SmallVec;

use super::RequestState;
use crate::config::{Found, HandlerEntry, HandlerList, Phase};
use crate::httpd::Request;

/// A phase while its handlers run.
#[derive(Debug)]
pub(super) struct Running {
    phase: Phase,
    /// A copy: handlers may be put behind it while it runs.
    list: SmallVec<[HandlerEntry; 2]>,
    extension: Option<Box<str>>,
    /// How many handlers have been given out.
    given: usize,
}

/// Handlers that `req.add_handler` has put behind those of the configuration.
#[derive(Default)]
pub(super) struct Added {
    /// A bit for each phase that has some.
    phases: Cell<u16>,
    entries: RefCell<SmallVec<[(Phase, HandlerEntry); 1]>>,
}

impl RequestState {
    /// A phase begins; an inner one (a filter, a cleanup) takes the place of the outer until it ends.
    pub fn run_phase<R>(&self, phase: Phase, found: Found<'_>, f: impl FnOnce() -> R) -> R {
        let running = Running {
            phase,
            list: SmallVec::from_slice(found.list),
            extension: found.extension.map(Into::into),
            given: 0,
        };
        let outer = self.running.replace(Some(running));
        let result = f();
        self.running.replace(outer);
        result
    }

    /// The next handler of the running phase; handlers added meanwhile come last.
    #[must_use]
    pub fn next_handler(&self, r: &Request) -> Option<HandlerEntry> {
        let mut running = self.running.borrow_mut();
        let running = running.as_mut()?;
        let entry = running.list.get(running.given)?.for_file(filename(r));
        running.given += 1;
        Some(entry)
    }

    /// The handler that runs now, its directory that of this request.
    pub(in crate::objects) fn current_handler(&self, r: &Request) -> Option<HandlerEntry> {
        let running = self.running.borrow();
        let running = running.as_ref()?;
        let entry = running.list.get(running.given.checked_sub(1)?)?;
        Some(entry.for_file(filename(r)))
    }

    /// Put a handler behind those of a phase: at once if it is the running one, else when httpd comes to it.
    pub(in crate::objects) fn add_handler(&self, phase: Phase, entry: HandlerEntry) {
        phase.note_use();
        let mut running = self.running.borrow_mut();
        match running.as_mut().filter(|running| running.phase == phase) {
            Some(running) => running.list.push(entry),
            None => {
                self.added.phases.set(self.added.phases.get() | phase.bit());
                self.added.entries.borrow_mut().push((phase, entry));
            }
        }
    }

    /// Whether handlers were added to a phase.
    #[inline]
    #[must_use]
    pub fn has_added(&self, phase: Phase) -> bool {
        self.added.phases.get() & phase.bit() != 0
    }

    /// A phase's list with what was added to it.
    #[must_use]
    pub fn with_added(&self, phase: Phase, configured: Option<Found<'_>>) -> HandlerList {
        let added = self.added.entries.borrow();
        let added = added
            .iter()
            .filter(|(at, _)| *at == phase)
            .map(|(_, entry)| *entry);
        let configured = configured.iter().flat_map(|found| found.list.iter().copied());
        configured.chain(added).collect()
    }

    /// The running phase.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        self.running.borrow().as_ref().map(|running| running.phase)
    }

    /// The extension that chose the list, with its dot.
    pub(in crate::objects) fn extension(&self) -> Option<Box<str>> {
        self.running
            .borrow()
            .as_ref()
            .and_then(|running| running.extension.clone())
    }

    /// The handler that runs, and those after it.
    pub(in crate::objects) fn handlers(&self, r: &Request) -> Option<Vec<HandlerEntry>> {
        let running = self.running.borrow();
        let running = running.as_ref()?;
        let from = running.given.saturating_sub(1);
        Some(
            running
                .list
                .iter()
                .skip(from)
                .map(|entry| entry.for_file(filename(r)))
                .collect(),
        )
    }
}

fn filename(r: &Request) -> Option<&[u8]> {
    r.filename().map(std::ffi::CStr::to_bytes)
}
