//! The table of `PythonOption`: case-insensitive keys in the order they were given.
//!
//! Owns: the table as plain data; [`super::live::Live`] makes it writable by several interpreters at once. Runs on any
//! thread, in any phase. Must never give a meaning to a key: applications and the Python library do that.

use std::sync::Arc;

use super::live::Layer;

/// An ordered table with case-insensitive keys, as httpd's own tables are; `add` may repeat a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    rows: Vec<(Arc<str>, Arc<str>)>,
}

impl Options {
    /// An empty table.
    pub const EMPTY: Self = Self { rows: Vec::new() };

    /// The first value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.rows
            .iter()
            .find(|(k, _)| k.eq_ignore_ascii_case(key))
            .map(|(_, value)| &**value)
    }

    /// Replace every row of `key` by one.
    pub fn set(&mut self, key: &str, value: &str) {
        let at = self.rows.iter().position(|(k, _)| k.eq_ignore_ascii_case(key));
        self.remove(key);
        let at = at.unwrap_or(self.rows.len());
        self.rows.insert(at, (key.into(), value.into()));
    }

    /// Add a row, also when the key is there already.
    pub fn add(&mut self, key: &str, value: &str) {
        self.rows.push((key.into(), value.into()));
    }

    /// Remove every row of `key`; says whether there was one.
    pub fn remove(&mut self, key: &str) -> bool {
        let before = self.rows.len();
        self.rows.retain(|(k, _)| !k.eq_ignore_ascii_case(key));
        self.rows.len() < before
    }

    /// Remove every row.
    pub fn clear(&mut self) {
        self.rows.clear();
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rows.iter().map(|(key, value)| (&**key, &**value))
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether a row waits to be taken out by [`Options::strip`].
    #[must_use]
    pub fn has_unset(&self) -> bool {
        self.rows.iter().any(|(_, value)| value.is_empty())
    }

    /// Take out the rows with an empty value: `PythonOption key` without a value takes `key` away from here inwards.
    pub fn strip(&mut self) {
        self.rows.retain(|(_, value)| !value.is_empty());
    }
}

impl Layer for Options {
    const NOTHING: &'static Self = &Self::EMPTY;

    fn merge(base: &Self, add: &Self) -> Self {
        let mut merged = base.clone();
        for (key, value) in add.iter() {
            merged.set(key, value);
        }
        merged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, &str)]) -> Options {
        let mut table = Options::default();
        rows.iter().for_each(|(key, value)| table.set(key, value));
        table
    }

    #[test]
    fn keys_are_case_insensitive_and_keep_their_place() {
        let mut options = table(&[("One", "1"), ("Two", "2")]);
        options.set("ONE", "uno");
        assert_eq!(options.get("one"), Some("uno"));
        assert_eq!(options.iter().collect::<Vec<_>>(), [("ONE", "uno"), ("Two", "2")]);
    }

    #[test]
    fn add_repeats_a_key_and_remove_takes_all_of_them() {
        let mut options = table(&[("a", "1")]);
        options.add("A", "2");
        assert_eq!((options.len(), options.get("a")), (2, Some("1")));
        assert!(options.remove("a"));
        assert!(options.is_empty());
        assert!(!options.remove("a"));
    }

    #[test]
    fn an_inner_value_replaces_the_outer_one() {
        let merged = Options::merge(
            &table(&[("a", "1"), ("b", "2")]),
            &table(&[("B", "3"), ("c", "4")]),
        );
        assert_eq!(
            merged.iter().collect::<Vec<_>>(),
            [("a", "1"), ("B", "3"), ("c", "4")]
        );
    }

    #[test]
    fn an_empty_value_takes_the_key_away() {
        let mut merged = Options::merge(&table(&[("a", "1"), ("b", "2")]), &table(&[("a", "")]));
        assert!(merged.has_unset());
        merged.strip();
        assert_eq!(merged.iter().collect::<Vec<_>>(), [("b", "2")]);
    }
}
