//! How a table compares and how it looks: as the dict of its keys, repeated keys as lists.

use std::ffi::c_int;

use pyo3_ffi::{Py_NotImplemented, PyObject_RichCompare};

use super::TableObject;
use super::iter::Part;
use super::methods::has_keys;
use crate::objects::row::repr_of;
use crate::py::{Attached, Borrowed, Owned, PyResult, This};

/// Both sides become dicts, which are compared; a side that is no mapping is for others to compare.
pub(super) fn compare<'py>(
    py: Attached<'py>,
    this: This<'_, 'py, TableObject>,
    other: Borrowed<'_, 'py>,
    op: c_int,
) -> PyResult<Owned<'py>> {
    if !has_keys(py, other)? {
        // SAFETY: attached; NotImplemented is immortal.
        return unsafe { Borrowed::from_borrowed(py, Py_NotImplemented()) }.map(Borrowed::to_owned);
    }
    let (ours, theirs) = (as_dict(py, this.object())?, as_dict(py, other)?);
    // SAFETY: attached; both dicts are alive; gives a new reference or null.
    unsafe { Owned::from_new(py, PyObject_RichCompare(ours.as_ptr(), theirs.as_ptr(), op)) }
}

fn as_dict<'py>(py: Attached<'py>, mapping: Borrowed<'_, 'py>) -> PyResult<Owned<'py>> {
    let dict = py.dict()?;
    for key in mapping.call_method(py, c"keys", &[])?.borrow().items(py)? {
        let value = mapping.call_method(py, c"__getitem__", &[key.borrow()])?;
        py.dict_set(dict.borrow(), key.borrow(), value.borrow())?;
    }
    Ok(dict)
}

/// Like a dict's, the last row first.
pub(super) fn repr<'py>(py: Attached<'py>, this: This<'_, 'py, TableObject>) -> PyResult<Owned<'py>> {
    let (keys, values) = this.read(py, |rows| {
        Ok((
            Part::Key.list(py, rows, usize::MAX)?,
            Part::Value.list(py, rows, usize::MAX)?,
        ))
    })?;
    let pairs: Vec<String> = keys
        .iter()
        .zip(&values)
        .rev()
        .map(|(key, value)| {
            Ok(format!(
                "{}: {}",
                repr_of(py, key.borrow())?,
                repr_of(py, value.borrow())?
            ))
        })
        .collect::<PyResult<_>>()?;
    py.str(&format!("{{{}}}", pairs.join(", ")))
}
