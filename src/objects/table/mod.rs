//! `mp_table`: httpd's tables as mappings, and tables of Python's own.
//!
//! Owns the type and where its rows lie. A table of a request or connection is looked up anew at each access, because
//! httpd may swap it, and refuses when its owner is gone. Runs attached, on any thread; the rows are read and changed
//! within one [`Guarded::with`], in which no application code runs.

mod compare;
mod entries;
mod iter;
mod methods;
mod source;

use std::borrow::Cow;
use std::ffi::CStr;

use pyo3_ffi::{Py_tp_hash, PyMethodDef, PyType_Slot, PyTypeObject};

use self::entries::{Change, Entries, Rows};
pub(super) use self::iter::TableIter;
pub(super) use self::source::{Source, Use};
use super::row::{c_text, header_text};
use crate::py::heap_type::{Kind, slot};
use crate::py::slots::not_hashable;
use crate::py::{Attached, Borrowed, Native, Owned, PyResult};
use crate::slot;

/// The value of an `mp_table`.
#[derive(Debug)]
pub(super) struct TableObject {
    source: Source,
}

impl Native for TableObject {
    const NAME: &'static CStr = c"builtins.mp_table";
    const DOC: &'static CStr = c"A table of httpd: keys without regard to case, each any number of times.";
    const KIND: Kind = Kind::Public;
    const METHODS: &'static [PyMethodDef] = methods::METHODS;

    fn slots() -> Vec<PyType_Slot> {
        vec![
            slot!(construct, TableObject, construct),
            slot!(length, TableObject, methods::length),
            slot!(subscript, TableObject, methods::subscript),
            slot!(assign, TableObject, methods::assign),
            slot!(contains, TableObject, methods::contains),
            slot!(iter, TableObject, methods::iterkeys),
            slot!(repr, TableObject, compare::repr),
            slot!(compare, TableObject, compare::compare),
            slot(Py_tp_hash, not_hashable as *mut std::ffi::c_void),
        ]
    }
}

impl TableObject {
    /// A table over rows of httpd's.
    pub(super) fn over(source: Source) -> Self {
        TableObject { source }
    }

    /// Read the rows.
    fn read<R>(&self, py: Attached<'_>, f: impl FnOnce(&dyn Rows) -> PyResult<R>) -> PyResult<R> {
        self.source.read(py, f)
    }

    /// Change the rows.
    fn apply(&self, py: Attached<'_>, change: Change<'_>) -> PyResult<()> {
        self.source.apply(py, change)
    }

    /// A key or value that may be stored here.
    fn text<'a, 'py>(&self, py: Attached<'py>, value: Borrowed<'a, 'py>) -> PyResult<Cow<'a, CStr>> {
        if self.source.is_header() {
            header_text(py, value)
        } else {
            c_text(py, value)
        }
    }

    /// Replace every row of `key` by one.
    fn set<'py>(&self, py: Attached<'py>, key: Borrowed<'_, 'py>, value: Borrowed<'_, 'py>) -> PyResult<()> {
        let (key, value) = (self.text(py, key)?, self.text(py, value)?);
        self.apply(py, Change::Set(&key, &value))
    }
}

/// `table([items])`: a mapping, or pairs.
fn construct<'a, 'py>(
    py: Attached<'py>,
    _class: *mut PyTypeObject,
    args: Borrowed<'a, 'py>,
    kwargs: Option<Borrowed<'a, 'py>>,
) -> PyResult<TableObject> {
    let table = TableObject {
        source: Source::own(Entries::default()),
    };
    if let Some(items) = only_argument(py, args, kwargs)? {
        methods::fill(py, &table, items.borrow())?;
    }
    Ok(table)
}

/// The argument of `table(items)` or `table(items=…)`.
fn only_argument<'py>(
    py: Attached<'py>,
    args: Borrowed<'_, 'py>,
    kwargs: Option<Borrowed<'_, 'py>>,
) -> PyResult<Option<Owned<'py>>> {
    let mut given = args.items(py)?;
    let mut names = kwargs.map_or(Ok(Vec::new()), |kwargs| kwargs.items(py))?;
    match (given.len(), names.len(), kwargs) {
        (0, 0, _) => Ok(None),
        (1, 0, _) => Ok(given.pop()),
        (0, 1, Some(kwargs)) => match names.pop() {
            Some(name) if py.text(name.borrow())? == "items" => py.dict_get(kwargs, name.borrow()),
            _ => Err(py.raise_type_error("table() takes no keyword argument but 'items'")),
        },
        _ => Err(py.raise_type_error("table() takes at most 1 argument")),
    }
}
