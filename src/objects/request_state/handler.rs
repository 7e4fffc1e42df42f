//! A handler of one request, for a phase or a filter: configured, or registered while the request runs.
//!
//! What a handler registers is a word like those of the configuration, or something to call, which runs in the
//! interpreter that registered it. Each knows who registered it (`hlist.parent`). Lives as long as its request.

use std::sync::{Arc, Weak};

use crate::config::HandlerEntry;
use crate::interp::Held;

/// A handler of one request.
#[derive(Debug, Clone)]
pub struct Handler {
    /// The word; of something to call its name. And the directory.
    entry: HandlerEntry,
    registered: Option<Arc<Registered>>,
}

/// What is known of a handler that another one has registered.
#[derive(Debug)]
struct Registered {
    callable: Option<Held>,
    parent: Option<Handler>,
}

impl From<HandlerEntry> for Handler {
    fn from(entry: HandlerEntry) -> Self {
        Self {
            entry,
            registered: None,
        }
    }
}

impl Handler {
    /// A handler that `parent` has registered; nobody has when no phase runs.
    pub(in crate::objects) fn registered(
        entry: HandlerEntry,
        callable: Option<Held>,
        parent: Option<Handler>,
    ) -> Self {
        Self {
            entry,
            registered: Some(Arc::new(Registered { callable, parent })),
        }
    }

    /// Its word and directory.
    #[must_use]
    pub fn entry(&self) -> HandlerEntry {
        self.entry
    }

    /// What to call, if that is not to be found by its word.
    #[must_use]
    pub fn callable(&self) -> Option<&Held> {
        self.registered.as_ref()?.callable.as_ref()
    }

    /// The same for the file of a request.
    #[must_use]
    pub(super) fn for_file(self, filename: Option<&[u8]>) -> Self {
        Self {
            entry: self.entry.for_file(filename),
            ..self
        }
    }

    /// What an object of Python's may keep of it.
    pub(in crate::objects) fn shown(&self) -> Shown {
        Shown {
            entry: self.entry,
            registered: self.registered.as_ref().map(Arc::downgrade),
        }
    }
}

/// A handler as `mp_hlist` and `mp_filter` show it: they keep nothing alive that the collector could not see.
#[derive(Debug, Clone)]
pub(in crate::objects) struct Shown {
    pub(in crate::objects) entry: HandlerEntry,
    registered: Option<Weak<Registered>>,
}

impl Shown {
    /// The handler, as long as its request lives.
    pub(in crate::objects) fn handler(&self) -> Handler {
        Handler {
            entry: self.entry,
            registered: self.registered.as_ref().and_then(Weak::upgrade),
        }
    }

    /// Who registered it.
    pub(in crate::objects) fn parent(&self) -> Option<Shown> {
        let registered = self.registered.as_ref()?.upgrade()?;
        registered.parent.as_ref().map(Handler::shown)
    }
}
