//! The methods and the mapping protocol of `mp_table`.
//!
//! Each is a row of [`METHODS`] or a slot, and one small function. Application code (`str()` of an item, a mapping's
//! `keys()`) runs between accesses to the rows, never within one.

use pyo3_ffi::{PyMethodDef, PyObject_Str};

use super::entries::{Change, Entries};
use super::iter::{Part, TableIter};
use super::{Source, TableObject};
use crate::objects::module::state;
use crate::objects::row::{ToPython, c_text};
use crate::py::heap_type::METHOD_END;
use crate::py::{Args, Attached, Borrowed, Owned, PyResult, Raised, This};
use crate::{method, noargs};

type Table<'a, 'py> = This<'a, 'py, TableObject>;

#[rustfmt::skip]
pub(super) const METHODS: &[PyMethodDef] = &[
    method!(TableObject, c"add", ["key", "value"; 2], add, c"Append a row; values that the key has already stay."),
    noargs!(TableObject, c"clear", clear, c"Remove every row."),
    noargs!(TableObject, c"copy", copy, c"An independent table with the same rows."),
    method!(TableObject, c"get", ["key", "default"; 1], get, c"The first value of a key, or a default."),
    method!(TableObject, c"has_key", ["key"; 1], has_key, c"1 if the key is there, else 0."),
    noargs!(TableObject, c"items", items, c"All pairs, as a list."),
    noargs!(TableObject, c"iteritems", iteritems, c"Iterate over the pairs."),
    noargs!(TableObject, c"iterkeys", iterkeys, c"Iterate over the keys."),
    noargs!(TableObject, c"itervalues", itervalues, c"Iterate over the values."),
    noargs!(TableObject, c"keys", keys, c"All keys, repeated ones too, as a list."),
    noargs!(TableObject, c"popitem", popitem, c"Remove the first row and return it as a pair."),
    method!(TableObject, c"setdefault", ["key", "default"; 1], setdefault, c"The first value of a key, after setting it if it is missing."),
    method!(TableObject, c"update", ["other"; 1], update, c"Set each key of a mapping."),
    noargs!(TableObject, c"values", values, c"All values, as a list."),
    METHOD_END,
];

pub(super) fn length<'py>(py: Attached<'py>, this: Table<'_, 'py>) -> PyResult<usize> {
    this.read(py, |rows| Ok(rows.len()))
}

pub(super) fn subscript<'py>(
    py: Attached<'py>,
    this: Table<'_, 'py>,
    key: Borrowed<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let mut found = all_values(py, this, key)?;
    match (found.len(), found.pop()) {
        (1, Some(only)) => Ok(only),
        (_, Some(last)) => {
            found.push(last);
            py.list_of(found)
        }
        (_, None) => Err(py.raise_key_error(&py.text(key).unwrap_or_default())),
    }
}

fn all_values<'py>(
    py: Attached<'py>,
    this: Table<'_, 'py>,
    key: Borrowed<'_, 'py>,
) -> PyResult<Vec<Owned<'py>>> {
    let key = c_text(py, key)?;
    this.read(py, |rows| {
        rows.values_of(key.to_bytes())
            .map(|value| value.to_python(py))
            .collect()
    })
}

fn first_value<'py>(
    py: Attached<'py>,
    this: Table<'_, 'py>,
    key: Borrowed<'_, 'py>,
) -> PyResult<Option<Owned<'py>>> {
    let key = c_text(py, key)?;
    this.read(py, |rows| {
        rows.values_of(key.to_bytes())
            .next()
            .flatten()
            .map(|value| value.to_python(py))
            .transpose()
    })
}

pub(super) fn assign<'py>(
    py: Attached<'py>,
    this: Table<'_, 'py>,
    key: Borrowed<'_, 'py>,
    value: Option<Borrowed<'_, 'py>>,
) -> PyResult<()> {
    match value {
        Some(value) => this.set(py, key, value),
        None => this.apply(py, Change::Unset(&c_text(py, key)?)),
    }
}

pub(super) fn contains<'py>(
    py: Attached<'py>,
    this: Table<'_, 'py>,
    key: Borrowed<'_, 'py>,
) -> PyResult<bool> {
    if !key.is_str() && !key.is_bytes() {
        return Ok(false);
    }
    let key = py.data(key)?;
    this.read(py, |rows| Ok(rows.values_of(&key).next().is_some()))
}

fn add<'py>(py: Attached<'py>, this: Table<'_, 'py>, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let (key, value) = (
        this.text(py, args.required(0)?)?,
        this.text(py, args.required(1)?)?,
    );
    this.apply(py, Change::Add(&key, &value))?;
    Ok(py.none())
}

fn clear<'py>(py: Attached<'py>, this: Table<'_, 'py>) -> PyResult<Owned<'py>> {
    this.apply(py, Change::Clear)?;
    Ok(py.none())
}

fn copy<'py>(py: Attached<'py>, this: Table<'_, 'py>) -> PyResult<Owned<'py>> {
    let entries = this.read(py, |rows| Ok(Entries::copy_of(rows)))?;
    state(py, this)?.make(py, TableObject::over(Source::own(entries)))
}

fn get<'py>(py: Attached<'py>, this: Table<'_, 'py>, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let found = first_value(py, this, args.required(0)?)?;
    Ok(found.unwrap_or_else(|| args.get(1).map_or_else(|| py.none(), Borrowed::to_owned)))
}

fn has_key<'py>(py: Attached<'py>, this: Table<'_, 'py>, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    contains(py, this, args.required(0)?)?.to_python(py)
}

fn setdefault<'py>(py: Attached<'py>, this: Table<'_, 'py>, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let key = args.required(0)?;
    if contains(py, this, key)? {
        return first_value(py, this, key).map(|found| found.unwrap_or_else(|| py.none()));
    }
    let default = args
        .get(1)
        .map_or_else(|| py.str(""), |default| Ok(default.to_owned()))?;
    this.set(py, key, default.borrow())?;
    Ok(default)
}

fn popitem<'py>(py: Attached<'py>, this: Table<'_, 'py>) -> PyResult<Owned<'py>> {
    let first = this.read(py, |rows| Part::Item.list(py, rows, 1))?.pop();
    let first = first.ok_or_else(|| py.raise_key_error("popitem(): table is empty"))?;
    this.apply(py, Change::Shift)?;
    Ok(first)
}

fn update<'py>(py: Attached<'py>, this: Table<'_, 'py>, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    set_from_mapping(py, &this, args.required(0)?)?;
    Ok(py.none())
}

/// What `table(items)` does with its argument.
pub(super) fn fill<'py>(py: Attached<'py>, table: &TableObject, items: Borrowed<'_, 'py>) -> PyResult<()> {
    if has_keys(py, items)? {
        return set_from_mapping(py, table, items);
    }
    for pair in items.items(py)? {
        let pair = pair.borrow().items(py)?;
        let [key, value] = pair.as_slice() else {
            return Err(py.raise_value_error(&format!(
                "a table's item has length {}; 2 is required",
                pair.len()
            )));
        };
        set_as_text(py, table, key.borrow(), value.borrow())?;
    }
    Ok(())
}

/// Whether this is a mapping, in the sense of `dict()`.
pub(super) fn has_keys<'py>(py: Attached<'py>, object: Borrowed<'_, 'py>) -> PyResult<bool> {
    match object.attr(py, c"keys") {
        Ok(_) => Ok(true),
        Err(Raised) => {
            py.clear_exception();
            Ok(false)
        }
    }
}

fn set_from_mapping<'py>(py: Attached<'py>, table: &TableObject, mapping: Borrowed<'_, 'py>) -> PyResult<()> {
    for key in mapping.call_method(py, c"keys", &[])?.borrow().items(py)? {
        let value = mapping.call_method(py, c"__getitem__", &[key.borrow()])?;
        set_as_text(py, table, key.borrow(), value.borrow())?;
    }
    Ok(())
}

/// `table[str(key)] = str(value)`.
fn set_as_text<'py>(
    py: Attached<'py>,
    table: &TableObject,
    key: Borrowed<'_, 'py>,
    value: Borrowed<'_, 'py>,
) -> PyResult<()> {
    // SAFETY: attached; both objects are alive; each call gives a new reference or null.
    let (key, value) = unsafe {
        (
            Owned::from_new(py, PyObject_Str(key.as_ptr()))?,
            Owned::from_new(py, PyObject_Str(value.as_ptr()))?,
        )
    };
    table.set(py, key.borrow(), value.borrow())
}

fn list<'py>(py: Attached<'py>, this: Table<'_, 'py>, part: Part) -> PyResult<Owned<'py>> {
    let parts = this.read(py, |rows| part.list(py, rows, usize::MAX))?;
    py.list_of(parts)
}

fn keys<'py>(py: Attached<'py>, this: Table<'_, 'py>) -> PyResult<Owned<'py>> {
    list(py, this, Part::Key)
}

fn values<'py>(py: Attached<'py>, this: Table<'_, 'py>) -> PyResult<Owned<'py>> {
    list(py, this, Part::Value)
}

fn items<'py>(py: Attached<'py>, this: Table<'_, 'py>) -> PyResult<Owned<'py>> {
    list(py, this, Part::Item)
}

fn iterate<'py>(py: Attached<'py>, this: Table<'_, 'py>, part: Part) -> PyResult<Owned<'py>> {
    let length = length(py, this)?;
    state(py, this)?.make(py, TableIter::over(this.object().to_owned(), part, length))
}

pub(super) fn iterkeys<'py>(py: Attached<'py>, this: Table<'_, 'py>) -> PyResult<Owned<'py>> {
    iterate(py, this, Part::Key)
}

fn itervalues<'py>(py: Attached<'py>, this: Table<'_, 'py>) -> PyResult<Owned<'py>> {
    iterate(py, this, Part::Value)
}

fn iteritems<'py>(py: Attached<'py>, this: Table<'_, 'py>) -> PyResult<Owned<'py>> {
    iterate(py, this, Part::Item)
}
