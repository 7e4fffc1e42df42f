//! A reference that an object keeps and the collector may take from it.

use std::cell::Cell;
use std::ffi::c_int;
use std::fmt;

use pyo3_ffi::PyObject;

use crate::py::{Attached, Owned, PyResult, Stored};

/// A place for one reference inside a heap object.
#[derive(Default)]
pub(super) struct Kept(Cell<Option<Stored>>);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

impl Kept {
    /// Keep an object.
    pub(super) fn new(object: Owned<'_>) -> Self {
        Kept(Cell::new(Some(object.store())))
    }

    /// The object, if there is one.
    pub(super) fn get<'py>(&self, py: Attached<'py>) -> Option<Owned<'py>> {
        let kept = self.0.take()?;
        let lent = kept.get(py).to_owned();
        self.0.set(Some(kept));
        Some(lent)
    }

    /// The object; made by `make` at its first use.
    pub(super) fn get_or_make<'py>(
        &self,
        py: Attached<'py>,
        make: impl FnOnce() -> PyResult<Owned<'py>>,
    ) -> PyResult<Owned<'py>> {
        if let Some(kept) = self.get(py) {
            return Ok(kept);
        }
        let made = make()?;
        self.set(Some(made.borrow().to_owned()));
        Ok(made)
    }

    /// Keep another object, or none.
    pub(super) fn set(&self, object: Option<Owned<'_>>) {
        // The former one is dropped after it has left its place: its finalizer may look here.
        drop(self.0.replace(object.map(Owned::store)));
    }

    /// Show it to the collector.
    pub(super) fn visit(&self, visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        let Some(kept) = self.0.take() else { return 0 };
        let stop = visit(kept.as_ptr());
        self.0.set(Some(kept));
        stop
    }
}
