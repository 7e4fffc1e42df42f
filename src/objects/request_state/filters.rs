//! The filters that a request has named for itself (`req.register_output_filter`).

use std::cell::RefCell;
use std::sync::Arc;

use super::RequestState;
use crate::config::{HandlerEntry, note_filter};
use crate::httpd::Direction;
use crate::interp::Held;

/// What a filter calls.
#[derive(Debug, Clone)]
pub enum FilterTarget {
    /// A handler word, resolved in the interpreter that serves the request.
    Entry(HandlerEntry),
    /// An object of the interpreter that registered it.
    Callable(Arc<Held>),
}

/// Filters by name, the last one of a name first.
#[derive(Default)]
pub(super) struct Filters(RefCell<Vec<(Direction, String, FilterTarget)>>);

impl RequestState {
    /// Name a filter for this request.
    pub(in crate::objects) fn register_filter(
        &self,
        direction: Direction,
        name: String,
        target: FilterTarget,
    ) {
        note_filter();
        self.filters.0.borrow_mut().push((direction, name, target));
    }

    /// The filter that this request has named so.
    pub(in crate::objects) fn own_filter(&self, direction: Direction, name: &str) -> Option<FilterTarget> {
        let filters = self.filters.0.borrow();
        let known = filters
            .iter()
            .rev()
            .find(|row| row.0 == direction && row.1 == name)?;
        Some(known.2.clone())
    }
}
