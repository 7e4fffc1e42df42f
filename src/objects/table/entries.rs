//! Tables as plain data: what every kind of table shows, what can be done to it, and the kind that Python owns.
//!
//! Pure; keys compare without regard to case, order is kept, a key may come several times. Any thread.

use std::ffi::{CStr, CString};

/// A row as it is read; the value is `None` where httpd stores null.
pub(super) type Row<'a> = (&'a [u8], Option<&'a [u8]>);

/// A table to read.
pub(super) trait Rows {
    /// How many rows there are, repeated keys counted each.
    fn len(&self) -> usize;

    /// The row at `index`.
    fn row(&self, index: usize) -> Option<Row<'_>>;
}

impl dyn Rows + '_ {
    /// Every row in order.
    pub(super) fn rows(&self) -> Iter<'_> {
        Iter { rows: self, index: 0 }
    }

    /// Every value of `key`, in order.
    pub(super) fn values_of<'a>(&'a self, key: &'a [u8]) -> impl Iterator<Item = Option<&'a [u8]>> {
        self.rows()
            .filter(move |(k, _)| k.eq_ignore_ascii_case(key))
            .map(|(_, value)| value)
    }
}

/// The rows of a table, in order.
pub(super) struct Iter<'a> {
    rows: &'a dyn Rows,
    index: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        self.index += 1;
        self.rows.row(self.index - 1)
    }
}

/// What can be done to a table.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change<'a> {
    /// Replace every row of a key by one.
    Set(&'a CStr, &'a CStr),
    /// Append a row.
    Add(&'a CStr, &'a CStr),
    /// Remove every row of a key.
    Unset(&'a CStr),
    /// Remove the first row.
    Shift,
    /// Remove everything.
    Clear,
}

/// A table that belongs to Python.
#[derive(Debug, Default)]
pub(in crate::objects) struct Entries(Vec<(CString, Option<CString>)>);

impl Entries {
    /// The rows of another table.
    pub(super) fn copy_of(rows: &dyn Rows) -> Self {
        let own = |text: &[u8]| CString::new(text).unwrap_or_default();
        Self(
            rows.rows()
                .map(|(key, value)| (own(key), value.map(own)))
                .collect(),
        )
    }

    pub(super) fn apply(&mut self, change: Change<'_>) {
        match change {
            Change::Set(key, value) => self.set(key, value),
            Change::Add(key, value) => self.0.push((key.into(), Some(value.into()))),
            Change::Unset(key) => self.0.retain(|(k, _)| !same(k, key)),
            Change::Shift => drop(self.0.drain(..self.0.len().min(1))),
            Change::Clear => self.0.clear(),
        }
    }

    fn set(&mut self, key: &CStr, value: &CStr) {
        let row = (key.into(), Some(value.into()));
        let Some(at) = self.0.iter().position(|(k, _)| same(k, key)) else {
            return self.0.push(row);
        };
        self.0[at] = row;
        let mut index = 0;
        self.0.retain(|(k, _)| {
            index += 1;
            index <= at + 1 || !same(k, key)
        });
    }
}

fn same(a: &CStr, b: &CStr) -> bool {
    a.to_bytes().eq_ignore_ascii_case(b.to_bytes())
}

impl Rows for Entries {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn row(&self, index: usize) -> Option<Row<'_>> {
        let (key, value) = self.0.get(index)?;
        Some((key.to_bytes(), value.as_ref().map(|value| value.to_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(pairs: &[(&'static CStr, &'static CStr)]) -> Entries {
        let mut table = Entries::default();
        pairs
            .iter()
            .for_each(|(key, value)| table.apply(Change::Add(key, value)));
        table
    }

    fn shown(table: &Entries) -> Vec<(&str, &str)> {
        let text = |bytes| std::str::from_utf8(bytes).unwrap();
        let rows: &dyn Rows = table;
        rows.rows()
            .map(|(key, value)| (text(key), value.map_or("-", text)))
            .collect()
    }

    #[test]
    fn set_replaces_all_and_keeps_the_first_place() {
        let mut table = table(&[(c"a", c"1"), (c"b", c"2"), (c"A", c"3"), (c"c", c"4")]);
        table.apply(Change::Set(c"A", c"9"));
        assert_eq!(shown(&table), [("A", "9"), ("b", "2"), ("c", "4")]);
        table.apply(Change::Set(c"d", c"5"));
        assert_eq!(shown(&table)[3], ("d", "5"));
    }

    #[test]
    fn values_of_a_key_come_in_order() {
        let table = table(&[(c"a", c"1"), (c"b", c"2"), (c"A", c"3")]);
        let rows: &dyn Rows = &table;
        assert_eq!(rows.values_of(b"a").flatten().collect::<Vec<_>>(), [b"1", b"3"]);
    }

    #[test]
    fn shift_takes_the_first_row_only() {
        let mut table = table(&[(c"a", c"1"), (c"a", c"2")]);
        table.apply(Change::Shift);
        assert_eq!(shown(&table), [("a", "2")]);
        table.apply(Change::Shift);
        table.apply(Change::Shift);
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn a_copy_keeps_a_null_value() {
        let copy = Entries::copy_of(&Entries(vec![(c"a".into(), None)]));
        assert_eq!(shown(&copy), [("a", "-")]);
    }
}
