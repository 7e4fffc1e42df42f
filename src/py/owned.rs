//! Owned and borrowed references; the suffix of each constructor says what null means.
//!
//! Runs attached only. Must never be stored beyond the session it was made in: the lifetime sees to that
//! (longer keeping is `interp::Held`).

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use pyo3_ffi::{Py_DECREF, Py_INCREF, Py_IsNone, Py_TYPE, PyObject, PyTypeObject};

use super::exception::{PyResult, Raised};
use super::token::Attached;

/// A strong reference, dropped while still attached.
#[derive(Debug)]
pub struct Owned<'py> {
    ptr: NonNull<PyObject>,
    py: PhantomData<Attached<'py>>,
}

/// A reference that somebody else keeps alive for `'a`.
#[derive(Clone, Copy, Debug)]
pub struct Borrowed<'a, 'py> {
    ptr: NonNull<PyObject>,
    py: PhantomData<(&'a (), Attached<'py>)>,
}

impl<'py> Owned<'py> {
    /// Take a new reference from a C call whose null means "an exception is set".
    ///
    /// # Errors
    /// [`Raised`] for null.
    ///
    /// # Safety
    /// `ptr` is null or a new reference that the caller gives up.
    #[inline]
    pub unsafe fn from_new(_py: Attached<'py>, ptr: *mut PyObject) -> PyResult<Self> {
        NonNull::new(ptr)
            .map(|ptr| Owned { ptr, py: PhantomData })
            .ok_or(Raised)
    }

    /// Take a new reference; null means "nothing", not an exception.
    ///
    /// # Safety
    /// As for [`Owned::from_new`].
    #[inline]
    pub unsafe fn from_new_opt(_py: Attached<'py>, ptr: *mut PyObject) -> Option<Self> {
        NonNull::new(ptr).map(|ptr| Owned { ptr, py: PhantomData })
    }

    /// Lend the pointer.
    #[inline]
    #[must_use]
    pub fn as_ptr(&self) -> *mut PyObject {
        self.ptr.as_ptr()
    }

    /// Give the reference away to a C call that steals it.
    #[inline]
    #[must_use]
    pub fn into_ptr(self) -> *mut PyObject {
        ManuallyDrop::new(self).ptr.as_ptr()
    }

    /// Keep the reference inside a module's state or a heap object.
    #[inline]
    #[must_use]
    pub fn store(self) -> Stored {
        Stored(ManuallyDrop::new(self).ptr)
    }

    /// See this reference as a borrowed one.
    #[inline]
    #[must_use]
    pub fn borrow(&self) -> Borrowed<'_, 'py> {
        Borrowed {
            ptr: self.ptr,
            py: PhantomData,
        }
    }
}

/// A strong reference kept inside a module's state or a heap object.
///
/// Must live nowhere else: CPython frees those attached, and that is what dropping needs.
#[derive(Debug)]
pub struct Stored(NonNull<PyObject>);

impl Stored {
    /// Lend the object.
    #[inline]
    #[must_use]
    pub fn get<'a, 'py>(&'a self, _py: Attached<'py>) -> Borrowed<'a, 'py> {
        Borrowed {
            ptr: self.0,
            py: PhantomData,
        }
    }

    /// Lend the pointer, for traversal.
    #[inline]
    #[must_use]
    pub fn as_ptr(&self) -> *mut PyObject {
        self.0.as_ptr()
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        // SAFETY: the owner is a module state or heap object (this type's contract), freed attached by CPython.
        unsafe { Py_DECREF(self.0.as_ptr()) }
    }
}

impl Drop for Owned<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: made attached and not Send, so its thread is attached still; the reference is ours.
        unsafe { Py_DECREF(self.ptr.as_ptr()) }
    }
}

impl<'a, 'py> Borrowed<'a, 'py> {
    /// Borrow from a C call whose null means "an exception is set".
    ///
    /// # Errors
    /// [`Raised`] for null.
    ///
    /// # Safety
    /// `ptr` is null or stays alive for `'a`, by whoever lends it.
    #[inline]
    pub unsafe fn from_borrowed(_py: Attached<'py>, ptr: *mut PyObject) -> PyResult<Self> {
        NonNull::new(ptr)
            .map(|ptr| Borrowed { ptr, py: PhantomData })
            .ok_or(Raised)
    }

    /// Borrow; null means "nothing".
    ///
    /// # Safety
    /// As for [`Borrowed::from_borrowed`].
    #[inline]
    pub unsafe fn from_borrowed_opt(_py: Attached<'py>, ptr: *mut PyObject) -> Option<Self> {
        NonNull::new(ptr).map(|ptr| Borrowed { ptr, py: PhantomData })
    }

    /// Lend the pointer.
    #[inline]
    #[must_use]
    pub fn as_ptr(self) -> *mut PyObject {
        self.ptr.as_ptr()
    }

    /// A strong reference of our own.
    #[inline]
    #[must_use]
    pub fn to_owned(self) -> Owned<'py> {
        // SAFETY: the object is alive and the thread attached, by this value's own contract.
        unsafe { Py_INCREF(self.ptr.as_ptr()) };
        Owned {
            ptr: self.ptr,
            py: PhantomData,
        }
    }

    /// Whether this is `None`.
    #[inline]
    #[must_use]
    pub fn is_none(self) -> bool {
        // SAFETY: compares pointers.
        unsafe { Py_IsNone(self.ptr.as_ptr()) != 0 }
    }

    /// The object's type, as CPython shows it.
    #[inline]
    #[must_use]
    pub fn type_ptr(self) -> *mut PyTypeObject {
        // SAFETY: the object is alive by this value's contract.
        unsafe { Py_TYPE(self.ptr.as_ptr()) }
    }

    /// The type's `tp_name`, for messages.
    #[must_use]
    pub fn type_name(self) -> String {
        // SAFETY: tp_name of a live type is a NUL-terminated string that CPython owns.
        unsafe { std::ffi::CStr::from_ptr((*self.type_ptr()).tp_name) }
            .to_string_lossy()
            .into_owned()
    }
}
