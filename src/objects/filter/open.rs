//! A call's data, open to Python for the length of the call.

use std::sync::Arc;

use super::{FilterObject, Own};
use crate::config::HandlerEntry;
use crate::httpd::filter::{Context, Flow};
use crate::httpd::{Direction, Filter};
use crate::objects::guarded::Guarded;
use crate::objects::kept::Kept;
use crate::objects::liveness::Liveness;
use crate::objects::module::State;
use crate::objects::request_state::Handler;
use crate::py::{Attached, Owned, PyResult};

/// Which filter is called.
#[derive(Debug, Clone)]
pub struct Call {
    /// The name it is known by.
    pub name: String,
    /// What is called; `None` for a tag in a page.
    pub handler: Option<Handler>,
}

impl Call {
    /// The filter of this context: one of the request's own, or what `find` knows by httpd's name for it.
    pub fn of(
        filter: &Filter,
        context: &Context,
        find: impl FnOnce(&str) -> Option<HandlerEntry>,
    ) -> Option<Self> {
        let own = context.target(|| {
            let name = filter.name().to_string_lossy().into_owned();
            let handler = Handler::from(find(&name)?);
            Some(Own { name, handler })
        })?;
        Some(Call {
            name: own.name.clone(),
            handler: Some(own.handler.clone()),
        })
    }

    /// A tag in a page, inside the filter that reads the page.
    #[must_use]
    pub fn of_tag(filter: &Filter) -> Self {
        Call {
            name: filter.name().to_string_lossy().into_owned(),
            handler: None,
        }
    }

    /// The handler word, if there is one.
    #[must_use]
    pub fn entry(&self) -> Option<HandlerEntry> {
        self.handler.as_ref().map(Handler::entry)
    }
}

/// Makes the data reachable for Python, until it goes.
pub struct OpenFlow<'c> {
    flow: &'c Flow<'c>,
    liveness: Arc<Liveness>,
}

impl<'c> OpenFlow<'c> {
    /// Open the data of a call. Detached.
    #[must_use]
    pub fn new(flow: &'c Flow<'c>) -> Self {
        OpenFlow {
            flow,
            liveness: Arc::default(),
        }
    }

    /// Lend the data to Python while `f` runs. Detached; whatever attaches does so within `f`.
    pub fn lend<R>(&self, f: impl FnOnce() -> R) -> R {
        self.liveness.lend(f)
    }

    /// Which way the data go.
    #[must_use]
    pub fn direction(&self) -> Direction {
        if self.flow.is_input() {
            Direction::Input
        } else {
            Direction::Output
        }
    }

    /// The object for one call.
    ///
    /// # Errors
    /// [`crate::py::Raised`] (MemoryError).
    pub fn object<'py>(
        &self,
        py: Attached<'py>,
        module: &State,
        call: &Call,
        request: Owned<'py>,
    ) -> PyResult<Owned<'py>> {
        let flow: *const Flow<'static> = std::ptr::from_ref(self.flow).cast();
        // SAFETY: the data live at least as long as this borrow of them, whose end finishes the liveness.
        let flow = unsafe { Guarded::new(&self.liveness, &*flow) };
        let object = FilterObject {
            flow,
            request: Kept::new(request),
            is_input: self.flow.is_input(),
            name: call.name.clone(),
            handler: call.handler.as_ref().map(Handler::shown),
            softspace: std::cell::Cell::new(0),
        };
        module.make(py, object)
    }
}

impl Drop for OpenFlow<'_> {
    /// Waits for a thread that is still inside.
    fn drop(&mut self) {
        self.liveness.finish();
    }
}
