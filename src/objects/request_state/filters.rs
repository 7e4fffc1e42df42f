//! The filters that a request has named for itself (`req.register_output_filter`).

use std::cell::RefCell;

use super::{Handler, RequestState};
use crate::config::note_filter;
use crate::httpd::Direction;

/// Filters by name, the last one of a name first.
#[derive(Default)]
pub(super) struct Filters(RefCell<Vec<(Direction, String, Handler)>>);

impl RequestState {
    /// Name a filter for this request.
    pub(in crate::objects) fn register_filter(&self, direction: Direction, name: String, handler: Handler) {
        note_filter();
        self.filters.0.borrow_mut().push((direction, name, handler));
    }

    /// The filter that this request has named so.
    pub(in crate::objects) fn own_filter(&self, direction: Direction, name: &str) -> Option<Handler> {
        let filters = self.filters.0.borrow();
        let known = filters
            .iter()
            .rev()
            .find(|row| row.0 == direction && row.1 == name)?;
        Some(known.2.clone())
    }
}
