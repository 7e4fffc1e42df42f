//! The phase a request is in, the handlers that run in it, and those that were added for later phases.

use std::cell::{Cell, RefCell};
use std::ffi::CStr;

use smallvec::SmallVec;

use super::{Handler, RequestState};
use crate::config::{Found, HandlerEntry, Phase};
use crate::httpd::Request;

/// A phase while its handlers run.
#[derive(Debug)]
pub(super) struct Running {
    phase: Phase,
    /// A copy: handlers may be put behind it while it runs.
    list: SmallVec<[Handler; 2]>,
    extension: Option<Box<str>>,
    /// How many handlers have been given out.
    given: usize,
}

impl Running {
    /// The handler at a position, for this request.
    fn get(&self, index: usize, r: &Request) -> Option<Handler> {
        let handler = self.list.get(index)?.clone();
        Some(handler.for_file(r.filename().map(CStr::to_bytes)))
    }
}

/// Handlers that `req.add_handler` has put behind those of the configuration.
#[derive(Default)]
pub(super) struct Added {
    /// A bit for each phase that has some.
    phases: Cell<u16>,
    handlers: RefCell<Vec<(Phase, Handler)>>,
}

impl RequestState {
    /// A phase begins; an inner one (a filter, a cleanup) takes the place of the outer until it ends.
    pub fn run_phase<R>(&self, phase: Phase, configured: Option<Found<'_>>, f: impl FnOnce() -> R) -> R {
        let running = Running {
            phase,
            list: self.list(phase, configured),
            extension: configured.and_then(|found| found.extension).map(Into::into),
            given: 0,
        };
        let outer = self.running.replace(Some(running));
        let result = f();
        self.running.replace(outer);
        result
    }

    /// What is configured, then what was added.
    fn list(&self, phase: Phase, configured: Option<Found<'_>>) -> SmallVec<[Handler; 2]> {
        let configured = configured.iter().flat_map(|found| found.list.iter());
        let mut list: SmallVec<[Handler; 2]> = configured.copied().map(Handler::from).collect();
        if self.has_added(phase) {
            let added = self.added.handlers.borrow();
            let of_phase = added.iter().filter(|(at, _)| *at == phase);
            list.extend(of_phase.map(|(_, handler)| handler.clone()));
        }
        list
    }

    /// The next handler of the running phase; handlers added meanwhile come last.
    #[must_use]
    pub fn next_handler(&self, r: &Request) -> Option<Handler> {
        let mut running = self.running.borrow_mut();
        let running = running.as_mut()?;
        let handler = running.get(running.given, r)?;
        running.given += 1;
        Some(handler)
    }

    /// The handler that runs now, its directory that of this request.
    pub(in crate::objects) fn current_handler(&self, r: &Request) -> Option<Handler> {
        let running = self.running.borrow();
        let running = running.as_ref()?;
        running.get(running.given.checked_sub(1)?, r)
    }

    /// Put a handler behind those of a phase: at once if it is the running one, else when httpd comes to it.
    pub(in crate::objects) fn add_handler(&self, phase: Phase, handler: Handler) {
        phase.note_use();
        let mut running = self.running.borrow_mut();
        match running.as_mut().filter(|running| running.phase == phase) {
            Some(running) => running.list.push(handler),
            None => {
                self.added.phases.set(self.added.phases.get() | phase.bit());
                self.added.handlers.borrow_mut().push((phase, handler));
            }
        }
    }

    /// Whether handlers were added to a phase.
    #[inline]
    #[must_use]
    pub fn has_added(&self, phase: Phase) -> bool {
        self.added.phases.get() & phase.bit() != 0
    }

    /// The first handler that was added to a phase: it says where a phase runs for which nothing is configured.
    #[must_use]
    pub fn first_added(&self, phase: Phase) -> Option<HandlerEntry> {
        let handlers = self.added.handlers.borrow();
        handlers
            .iter()
            .find(|(at, _)| *at == phase)
            .map(|(_, handler)| handler.entry())
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
    pub(in crate::objects) fn handlers(&self, r: &Request) -> Option<Vec<Handler>> {
        let running = self.running.borrow();
        let running = running.as_ref()?;
        let from = running.given.saturating_sub(1);
        Some((from..).map_while(|index| running.get(index, r)).collect())
    }
}
