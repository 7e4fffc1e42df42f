//! Iteration over a table's keys, values or pairs.
//!
//! An iterator holds its table and a position; it refuses when the number of rows has changed meanwhile.

use std::cell::Cell;
use std::ffi::{CStr, c_int};

use pyo3_ffi::{Py_tp_iter, PyMethodDef, PyObject, PyObject_SelfIter, PyType_Slot};

use super::TableObject;
use super::entries::{Row, Rows};
use crate::objects::kept::Kept;
use crate::objects::row::ToPython;
use crate::py::heap_type::{METHOD_END, slot};
use crate::py::{Attached, Native, Owned, PyResult, This};
use crate::{noargs, slot};

/// What of each row is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Key,
    Value,
    Item,
}

impl Part {
    fn of<'py>(self, py: Attached<'py>, (key, value): Row<'_>) -> PyResult<Owned<'py>> {
        match self {
            Self::Key => key.to_python(py),
            Self::Value => value.to_python(py),
            Self::Item => py.tuple([key.to_python(py)?, value.to_python(py)?]),
        }
    }

    /// This part of the first `most` rows.
    pub(super) fn list<'py>(
        self,
        py: Attached<'py>,
        rows: &dyn Rows,
        most: usize,
    ) -> PyResult<Vec<Owned<'py>>> {
        rows.rows().take(most).map(|row| self.of(py, row)).collect()
    }
}

/// The value of an iterator.
#[derive(Debug)]
pub(in crate::objects) struct TableIter {
    table: Kept,
    part: Part,
    position: Cell<usize>,
    length: usize,
}

impl TableIter {
    pub(super) fn over(table: Owned<'_>, part: Part, length: usize) -> Self {
        TableIter {
            table: Kept::new(table),
            part,
            position: Cell::new(0),
            length,
        }
    }
}

impl Native for TableIter {
    const NAME: &'static CStr = c"builtins.dictionary-iterator";
    const DOC: &'static CStr = c"An iterator over a table.";
    const METHODS: &'static [PyMethodDef] = &[
        noargs!(
            TableIter,
            c"next",
            next_item,
            c"The next item; StopIteration at the end."
        ),
        METHOD_END,
    ];

    fn slots() -> Vec<PyType_Slot> {
        vec![
            slot(Py_tp_iter, PyObject_SelfIter as *mut std::ffi::c_void),
            slot!(next, TableIter, next),
        ]
    }

    fn visit(&self, visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        self.table.visit(visit)
    }

    fn clear(&self, _py: Attached<'_>) {
        self.table.set(None);
    }
}

fn next<'py>(py: Attached<'py>, this: This<'_, 'py, TableIter>) -> PyResult<Option<Owned<'py>>> {
    let Some(object) = this.table.get(py) else {
        return Ok(None);
    };
    // SAFETY: `over` is given the object of a table, which `object` keeps alive.
    let table = unsafe { This::<TableObject>::from_ptr(py, object.as_ptr())? };
    let position = this.position.replace(this.position.get() + 1);
    table.read(py, |rows| {
        if rows.len() != this.length {
            return Err(py.raise_runtime_error("table changed size during iteration"));
        }
        rows.row(position).map(|row| this.part.of(py, row)).transpose()
    })
}

fn next_item<'py>(py: Attached<'py>, this: This<'_, 'py, TableIter>) -> PyResult<Owned<'py>> {
    next(py, this)?.ok_or_else(|| py.raise_stop_iteration())
}
