//! Which function filters: the names of `PythonInputFilter` and `PythonOutputFilter`.
//!
//! Owns: filter names per direction, their merging and their look-up. httpd knows every name in lower case, and so does
//! this table. Filled while the configuration is read, searched once for each filter of a request.

use std::sync::atomic::{AtomicBool, Ordering};

use super::entry::HandlerEntry;
use super::live::Layer;
use crate::httpd::Direction;

/// The object that a filter's handler word without `::object` stands for.
#[must_use]
pub const fn filter_function(direction: Direction) -> &'static str {
    match direction {
        Direction::Input => "inputfilter",
        Direction::Output => "outputfilter",
    }
}

/// The directive that names filters of this direction.
#[must_use]
pub const fn filter_directive(direction: Direction) -> &'static str {
    match direction {
        Direction::Input => "PythonInputFilter",
        Direction::Output => "PythonOutputFilter",
    }
}

static USED: AtomicBool = AtomicBool::new(false);

/// Note that a filter in Python exists somewhere in this process: in the configuration, in an `.htaccess` file, or
/// registered by an application.
pub fn note_filter() {
    USED.store(true, Ordering::Relaxed);
}

/// Whether a filter in Python exists anywhere.
#[inline]
#[must_use]
pub fn has_filters() -> bool {
    USED.load(Ordering::Relaxed)
}

/// The filters of a section, or of several laid over each other.
#[derive(Debug, Clone, Default)]
pub(super) struct FilterMap(Vec<Row>);

#[derive(Debug, Clone)]
struct Row {
    direction: Direction,
    name: Box<str>,
    entry: HandlerEntry,
}

impl FilterMap {
    /// The function of a filter; `name` is in lower case.
    pub(super) fn find(&self, direction: Direction, name: &str) -> Option<HandlerEntry> {
        let row = self
            .0
            .iter()
            .find(|row| row.direction == direction && &*row.name == name)?;
        Some(row.entry)
    }

    /// Name a filter; a later line replaces an earlier one of the same name.
    pub(super) fn put(&mut self, direction: Direction, name: &str, entry: HandlerEntry) {
        note_filter();
        self.replace(Row {
            direction,
            name: name.to_ascii_lowercase().into(),
            entry,
        });
    }

    fn replace(&mut self, row: Row) {
        self.0
            .retain(|old| (old.direction, &old.name) != (row.direction, &row.name));
        self.0.push(row);
    }
}

impl Layer for FilterMap {
    const NOTHING: &'static Self = &Self(Vec::new());

    fn merge(base: &Self, add: &Self) -> Self {
        let mut merged = base.clone();
        add.0.iter().for_each(|row| merged.replace(row.clone()));
        merged
    }
}

#[cfg(test)]
mod tests {
    use super::super::directory::Directory;
    use super::*;

    fn map(rows: &[(Direction, &str, &str)]) -> FilterMap {
        let mut map = FilterMap::default();
        for (direction, name, word) in rows {
            let entry = HandlerEntry::parse(word, filter_function(*direction), &Directory::Server, false);
            map.put(*direction, name, entry.unwrap());
        }
        map
    }

    fn word(map: &FilterMap, direction: Direction, name: &str) -> Option<&'static str> {
        map.find(direction, name).map(HandlerEntry::word)
    }

    #[test]
    fn a_name_belongs_to_one_direction() {
        let map = map(&[
            (Direction::Input, "SAME", "a"),
            (Direction::Output, "Same", "b::c"),
        ]);
        assert_eq!(word(&map, Direction::Input, "same"), Some("a"));
        assert_eq!(word(&map, Direction::Output, "same"), Some("b::c"));
        assert_eq!(
            map.find(Direction::Input, "same").unwrap().object(),
            "inputfilter"
        );
        assert_eq!(word(&map, Direction::Input, "other"), None);
    }

    #[test]
    fn an_inner_line_replaces_the_name_it_repeats() {
        let outer = map(&[(Direction::Output, "one", "a"), (Direction::Output, "two", "b")]);
        let merged = FilterMap::merge(&outer, &map(&[(Direction::Output, "ONE", "inner")]));
        assert_eq!(word(&merged, Direction::Output, "one"), Some("inner"));
        assert_eq!(word(&merged, Direction::Output, "two"), Some("b"));
    }
}
