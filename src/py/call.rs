//! Calls, attributes, imports.
//!
//! Runs attached only. Imports belong to the slow path: nothing here may be called per request with `import`.

use std::ffi::CStr;
use std::ptr;

use pyo3_ffi::{
    PyCallable_Check, PyDict_GetItemWithError, PyDict_New, PyDict_SetDefault, PyDict_SetItem,
    PyImport_ImportModule, PyObject, PyObject_CallNoArgs, PyObject_GetAttr, PyObject_GetAttrString,
    PyObject_Vectorcall,
};

use super::exception::{Exception, PyResult};
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

    /// An attribute by an interned name.
    ///
    /// # Errors
    /// As for [`Borrowed::attr`].
    pub fn attr_named(self, py: Attached<'py>, name: Borrowed<'_, 'py>) -> PyResult<Owned<'py>> {
        // SAFETY: attached; both objects are alive.
        unsafe { Owned::from_new(py, PyObject_GetAttr(self.as_ptr(), name.as_ptr())) }
    }

    /// An attribute by an interned name, if there is one.
    ///
    /// # Errors
    /// [`Raised`] by a property, but for AttributeError.
    pub fn attr_if_any(self, py: Attached<'py>, name: Borrowed<'_, 'py>) -> PyResult<Option<Owned<'py>>> {
        match self.attr_named(py, name) {
            Ok(value) => Ok(Some(value)),
            Err(raised) if py.is_attribute_error() => {
                drop(Exception::take(py, raised));
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
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
        let iterator = self.iter(py)?;
        let mut items = Vec::new();
        while let Some(item) = iterator.borrow().next(py)? {
            items.push(item);
        }
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

    /// `dict.copy()`.
    ///
    /// # Errors
    /// [`Raised`] (MemoryError).
    #[inline]
    pub fn dict_copy(self, dict: Borrowed<'_, 'py>) -> PyResult<Owned<'py>> {
        // SAFETY: attached; the dict is alive; gives a new reference or null.
        unsafe { Owned::from_new(self, pyo3_ffi::PyDict_Copy(dict.as_ptr())) }
    }

    /// `dict.setdefault(key, value)`, for the dict only.
    ///
    /// # Errors
    /// As for [`Attached::dict_set`].
    pub fn dict_set_default(
        self,
        dict: Borrowed<'_, 'py>,
        key: Borrowed<'_, 'py>,
        value: Borrowed<'_, 'py>,
    ) -> PyResult<()> {
        // SAFETY: attached; all three are alive; the answer is borrowed and not kept.
        let kept = unsafe { PyDict_SetDefault(dict.as_ptr(), key.as_ptr(), value.as_ptr()) };
        if kept.is_null() {
            Err(super::Raised)
        } else {
            Ok(())
        }
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
