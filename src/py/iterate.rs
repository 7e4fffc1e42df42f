//! Walking over Python's containers: lists and tuples in place, anything else by its iterator.
//!
//! Runs attached only. A list may change between two looks at it: whoever keeps an item takes a reference.

use pyo3_ffi::{
    PyGen_CheckExact, PyIter_Next, PyList_CheckExact, PyList_GET_ITEM, PyList_GET_SIZE, PyObject_GetIter,
    PyTuple_Check, PyTuple_CheckExact, PyTuple_GET_ITEM, PyTuple_GET_SIZE,
};

use super::exception::PyResult;
use super::owned::{Borrowed, Owned};
use super::token::Attached;

impl<'py> Borrowed<'_, 'py> {
    /// Whether this is a `list`, and of no subclass.
    #[inline]
    #[must_use]
    pub fn is_list(self) -> bool {
        // SAFETY: alive by this value's contract.
        unsafe { PyList_CheckExact(self.as_ptr()) != 0 }
    }

    /// Whether this is a generator made by a generator function.
    #[inline]
    #[must_use]
    pub fn is_generator(self) -> bool {
        // SAFETY: alive by this value's contract.
        unsafe { PyGen_CheckExact(self.as_ptr()) != 0 }
    }

    /// The length of a `list` or `tuple`; `None` for anything else, subclasses included.
    #[inline]
    #[must_use]
    pub fn ready_items(self) -> Option<usize> {
        // SAFETY: alive by this value's contract; each size is asked of its own type.
        let size = unsafe {
            if PyList_CheckExact(self.as_ptr()) != 0 {
                PyList_GET_SIZE(self.as_ptr())
            } else if PyTuple_CheckExact(self.as_ptr()) != 0 {
                PyTuple_GET_SIZE(self.as_ptr())
            } else {
                return None;
            }
        };
        usize::try_from(size).ok()
    }

    /// The item of a `list` or `tuple` at `index`; `None` beyond its end, and for anything else.
    #[inline]
    #[must_use]
    pub fn ready_item(self, py: Attached<'py>, index: usize) -> Option<Owned<'py>> {
        if self.ready_items()? <= index {
            return None;
        }
        let index = isize::try_from(index).ok()?;
        // SAFETY: attached, so nobody changes the list meanwhile; the index lies below the length just read, and the
        // borrowed item is made strong before anything else runs.
        let item = unsafe {
            let item = if self.is_list() {
                PyList_GET_ITEM(self.as_ptr(), index)
            } else {
                PyTuple_GET_ITEM(self.as_ptr(), index)
            };
            Borrowed::from_borrowed_opt(py, item)
        };
        item.map(Borrowed::to_owned)
    }

    /// The two items of a `tuple` of two.
    #[inline]
    #[must_use]
    pub fn pair(&self, py: Attached<'py>) -> Option<(Borrowed<'_, 'py>, Borrowed<'_, 'py>)> {
        // SAFETY: attached; a tuple of that size, which never changes and lives for the borrow.
        unsafe {
            let tuple = self.as_ptr();
            if PyTuple_Check(tuple) == 0 || PyTuple_GET_SIZE(tuple) != 2 {
                return None;
            }
            let first = Borrowed::from_borrowed_opt(py, PyTuple_GET_ITEM(tuple, 0))?;
            Some((
                first,
                Borrowed::from_borrowed_opt(py, PyTuple_GET_ITEM(tuple, 1))?,
            ))
        }
    }

    /// `iter(x)`.
    ///
    /// # Errors
    /// [`super::Raised`] (TypeError, or whatever `__iter__` raises).
    #[inline]
    pub fn iter(self, py: Attached<'py>) -> PyResult<Owned<'py>> {
        // SAFETY: attached; the object is alive; gives a new reference or null.
        unsafe { Owned::from_new(py, PyObject_GetIter(self.as_ptr())) }
    }

    /// `next(x)` of an iterator; `None` at its end.
    ///
    /// # Errors
    /// [`super::Raised`] by `__next__`.
    #[inline]
    pub fn next(self, py: Attached<'py>) -> PyResult<Option<Owned<'py>>> {
        // SAFETY: attached; [`Borrowed::iter`] made it; null with an exception is an error, without one the end.
        match unsafe { Owned::from_new_opt(py, PyIter_Next(self.as_ptr())) } {
            Some(item) => Ok(Some(item)),
            None => py.check().map(|()| None),
        }
    }
}
