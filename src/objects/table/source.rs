//! Where the rows of a table lie: in httpd's record, in the configuration, or in the object itself.
//!
//! Owns the one place that tells these kinds apart; everything else of a table works on [`Rows`] and [`Change`].

use std::borrow::Cow;
use std::cell::RefCell;
use std::ffi::CStr;
use std::fmt;

use super::entries::{Change, Entries, Row, Rows};
use crate::apr::Table;
use crate::config::{DirConfig, Options};
use crate::httpd::{Connection, Request};
use crate::objects::Guarded;
use crate::py::{Attached, PyResult};

/// The rows of one table.
pub(in crate::objects) enum Source {
    /// Python's own.
    Own(RefCell<Entries>),
    /// A table of a request: which one, and whether its rows are headers.
    Request(Guarded<Request>, fn(&Request) -> Table<'_>, Use),
    /// A table of a connection.
    Connection(Guarded<Connection>, fn(&Connection) -> Table<'_>),
    /// `PythonOption`, live.
    Options(Guarded<DirConfig>),
    /// The directives with one value each, live.
    Settings(Guarded<DirConfig>),
}

/// What httpd does with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::objects) enum Use {
    /// Its rows are lines of a message.
    Headers,
    /// It stays within the process.
    Notes,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Own(_) => "Own",
            Self::Request(..) => "Request",
            Self::Connection(..) => "Connection",
            Self::Options(_) => "Options",
            Self::Settings(_) => "Settings",
        })
    }
}

impl Source {
    pub(super) fn own(entries: Entries) -> Self {
        Self::Own(RefCell::new(entries))
    }

    pub(super) fn is_header(&self) -> bool {
        matches!(self, Self::Request(.., Use::Headers))
    }

    pub(super) fn read<R>(&self, py: Attached<'_>, f: impl FnOnce(&dyn Rows) -> PyResult<R>) -> PyResult<R> {
        match self {
            Self::Own(entries) => f(&*entries.borrow()),
            Self::Request(request, table, _) => request.with(py, |r| f(&table(r))),
            Self::Connection(connection, table) => connection.with(py, |c| f(&table(c))),
            Self::Options(config) => config.with(py, |config| f(&*config.options().view())),
            Self::Settings(config) => config.with(py, |config| f(&config.settings().entries())),
        }
    }

    pub(super) fn apply(&self, py: Attached<'_>, change: Change<'_>) -> PyResult<()> {
        match self {
            Self::Own(entries) => {
                entries.borrow_mut().apply(change);
                Ok(())
            }
            Self::Request(request, table, _) => request.touch(py, |r| change_table(table(r), change)),
            Self::Connection(connection, table) => connection.touch(py, |c| change_table(table(c), change)),
            Self::Options(config) => config.touch(py, |config| {
                config.options().write(|rows| change_options(rows, change))
            }),
            Self::Settings(config) => config.touch(py, |config| change_settings(config, change)),
        }
    }
}

impl Rows for Table<'_> {
    fn len(&self) -> usize {
        Table::len(*self)
    }

    fn row(&self, index: usize) -> Option<Row<'_>> {
        let (key, value) = self.entry(index)?;
        Some((key.to_bytes(), value.map(CStr::to_bytes)))
    }
}

impl Rows for Options {
    fn len(&self) -> usize {
        Options::len(self)
    }

    fn row(&self, index: usize) -> Option<Row<'_>> {
        let (key, value) = Options::iter(self).nth(index)?;
        Some((key.as_bytes(), Some(value.as_bytes())))
    }
}

fn change_table(table: Table<'_>, change: Change<'_>) {
    match change {
        Change::Set(key, value) => table.set(key, value),
        Change::Add(key, value) => table.add(key, value),
        Change::Unset(key) => table.unset(key),
        Change::Shift => shift_table(table),
        Change::Clear => table.clear(),
    }
}

/// APR removes by key only: what else has the first row's key comes back behind the others.
fn shift_table(table: Table<'_>) {
    let Some((key, _)) = table.entry(0) else { return };
    let others: Vec<&CStr> = table.get_all(key).skip(1).collect();
    table.unset(key);
    others.into_iter().for_each(|value| table.add(key, value));
}

fn change_options(rows: &mut Options, change: Change<'_>) {
    match change {
        Change::Set(key, value) => rows.set(&text(key), &text(value)),
        Change::Add(key, value) => rows.add(&text(key), &text(value)),
        Change::Unset(key) => {
            rows.remove(&text(key));
        }
        Change::Shift => {
            keys(rows).first().map(|key| rows.remove(key));
        }
        Change::Clear => rows.clear(),
    }
}

fn keys(rows: &Options) -> Vec<String> {
    rows.iter().map(|(key, _)| key.to_owned()).collect()
}

fn change_settings(config: &DirConfig, change: Change<'_>) {
    let shown = || keys(&config.settings().entries());
    match change {
        Change::Set(key, value) | Change::Add(key, value) => {
            config.write_setting(&text(key), Some(&text(value)))
        }
        Change::Unset(key) => config.write_setting(&text(key), None),
        Change::Shift => shown()
            .iter()
            .take(1)
            .for_each(|key| config.write_setting(key, None)),
        Change::Clear => shown().iter().for_each(|key| config.write_setting(key, None)),
    }
}

/// The configuration is text in UTF-8.
fn text(bytes: &CStr) -> Cow<'_, str> {
    bytes.to_string_lossy()
}
