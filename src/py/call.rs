//! Calls, attributes, imports.
//!
//! Runs attached only. Imports belong to the slow path: nothing here may be called per request with `import`.

use std::ffi::CStr;
use std::ptr;

use pyo3_ffi::{
    PyCallable_Check, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem, PyImport_ImportModule, PyObject,
    PyObject_CallNoArgs, PyObject_GetAttrString, PyObject_Vectorcall,
};

use super::exception::PyResult;
use super::owned::{Borrowed, Owned};
use super::token::Attached;

/// The largest number of positional arguments that [`Borrowed::call`] takes.
const MOST_ARGS: usize = 10;

impl<'py> Borrowed<'_, 'py> {
    /// Call with no argument.
    ///
    /// # Errors
    /// [`Raised`] by the callee.
    #[inline]
    pub fn call0(self, py: Attached<'py>) -> PyResult<Owned<'py>> {
        // SAFETY: attached; the callee is alive.
        unsafe { Owned::from_new(py, PyObject_CallNoArgs(self.as_ptr())) }
    }

    /// Call with one argument: the shape of every handler.
    ///
    /// # Errors
    /// [`Raised`] by the callee.
    #[inline]
    pub fn call1(self, py: Attached<'py>, arg: Borrowed<'_, 'py>) -> PyResult<Owned<'py>> {
        self.call(py, &[arg])
    }

    /// Call with positional arguments (at most ten).
    ///
    /// # Errors
    /// [`Raised`] by the callee, or SystemError for too many arguments.
    #[inline]
    pub fn call(self, py: Attached<'py>, args: &[Borrowed<'_, 'py>]) -> PyResult<Owned<'py>> {
        if args.len() > MOST_ARGS {
            return Err(py.raise_system_error("too many arguments for one call"));
        }
        // The slot in front of the first argument is the callee's scratch space (PY_VECTORCALL_ARGUMENTS_OFFSET).
        let mut slots: [*mut PyObject; MOST_ARGS + 1] = [ptr::null_mut(); MOST_ARGS + 1];
        for (slot, arg) in slots[1..].iter_mut().zip(args) {
            *slot = arg.as_ptr();
        }
        let count = args.len() | pyo3_ffi::PY_VECTORCALL_ARGUMENTS_OFFSET;
        // SAFETY: attached; the array outlives the call, its objects are alive, and slot 0 is ours to lend.
        unsafe {
            let result = PyObject_Vectorcall(self.as_ptr(), slots.as_ptr().add(1), count, ptr::null_mut());
            Owned::from_new(py, result)
        }
    }

    /// An attribute by name.
    ///
    /// # Errors
    /// [`Raised`] (AttributeError, or whatever a property raises).
    pub fn attr(self, py: Attached<'py>, name: &CStr) -> PyResult<Owned<'py>> {
        // SAFETY: attached; the object is alive, the name NUL-terminated.
        unsafe { Owned::from_new(py, PyObject_GetAttrString(self.as_ptr(), name.as_ptr())) }
    }

    /// Call a method by name.
    ///
    /// # Errors
    /// [`Raised`] by the look-up or the callee.
    pub fn call_method(
        self,
        py: Attached<'py>,
        name: &CStr,
        args: &[Borrowed<'_, 'py>],
    ) -> PyResult<Owned<'py>> {
        let method = self.attr(py, name)?;
        method.borrow().call(py, args)
    }

    /// Whether it can be called.
    #[must_use]
    pub fn is_callable(self) -> bool {
        // SAFETY: alive by this value's contract.
        unsafe { PyCallable_Check(self.as_ptr()) != 0 }
    }

    /// The items of any iterable.
    ///
    /// # Errors
    /// [`Raised`] by the iteration.
    pub fn items(self, py: Attached<'py>) -> PyResult<Vec<Owned<'py>>> {
        // SAFETY: attached; each call gives a new reference or null.
        let iterator = unsafe { Owned::from_new(py, pyo3_ffi::PyObject_GetIter(self.as_ptr()))? };
        let mut items = Vec::new();
        // SAFETY: as above; null without an exception is the end.
        while let Some(item) = unsafe { Owned::from_new_opt(py, pyo3_ffi::PyIter_Next(iterator.as_ptr())) } {
            items.push(item);
        }
        py.check()?;
        Ok(items)
    }
}

impl<'py> Attached<'py> {
    /// Import a module by its dotted name. Slow path only.
    ///
    /// # Errors
    /// [`Raised`] by the import.
    pub fn import(self, name: &CStr) -> PyResult<Owned<'py>> {
        // SAFETY: attached; NUL-terminated.
        unsafe { Owned::from_new(self, PyImport_ImportModule(name.as_ptr())) }
    }

    /// A new, empty `dict`.
    ///
    /// # Errors
    /// [`Raised`] (MemoryError).
    pub fn dict(self) -> PyResult<Owned<'py>> {
        // SAFETY: attached.
        unsafe { Owned::from_new(self, PyDict_New()) }
    }

    /// `dict[key] = value`.
    ///
    /// # Errors
    /// [`Raised`] (an unhashable key, MemoryError).
    pub fn dict_set(
        self,
        dict: Borrowed<'_, 'py>,
        key: Borrowed<'_, 'py>,
        value: Borrowed<'_, 'py>,
    ) -> PyResult<()> {
        // SAFETY: attached; all three are alive; the call takes its own references.
        self.status(unsafe { PyDict_SetItem(dict.as_ptr(), key.as_ptr(), value.as_ptr()) })
    }

    /// `not dict`.
    #[inline]
    #[must_use]
    pub fn dict_is_empty(self, dict: Borrowed<'_, 'py>) -> bool {
        // SAFETY: attached; the object is alive; what is no dict gives -1 and counts as not empty.
        unsafe { pyo3_ffi::PyDict_Size(dict.as_ptr()) == 0 }
    }

    /// `dict.get(key)`.
    ///
    /// # Errors
    /// [`Raised`] by the key's hash or comparison.
    pub fn dict_get(self, dict: Borrowed<'_, 'py>, key: Borrowed<'_, 'py>) -> PyResult<Option<Owned<'py>>> {
        // SAFETY: attached; both are alive; the borrowed answer is made strong before anything else runs.
        let value = unsafe {
            Borrowed::from_borrowed_opt(self, PyDict_GetItemWithError(dict.as_ptr(), key.as_ptr()))
        };
        match value {
            Some(value) => Ok(Some(value.to_owned())),
            None => self.check().map(|()| None),
        }
    }
}
