//! The C shapes of type slots (mapping, iteration, comparison, construction): an entry and a row macro for each.
//!
//! A [`Native`] type lists these rows in its `slots()`. Works like `trampoline`: the macro makes the thin symbol, the
//! entry does the rest. CPython calls all of these attached, with an instance of the slot's type.

use std::ffi::c_int;
use std::ptr;

use pyo3_ffi::{Py_hash_t, Py_ssize_t, PyObject, PyTypeObject};

use super::exception::{PyResult, Raised};
use super::heap_type::{Native, This};
use super::owned::{Borrowed, Owned};
use super::token::Attached;
use super::trampoline::py_entry;

/// `len(x)`.
pub type Length<T> = for<'a, 'py> fn(Attached<'py>, This<'a, 'py, T>) -> PyResult<usize>;
/// `next(x)`; `None` ends the iteration.
pub type Next<T> = for<'a, 'py> fn(Attached<'py>, This<'a, 'py, T>) -> PyResult<Option<Owned<'py>>>;
/// `x[key]`.
pub type Subscript<T> =
    for<'a, 'py> fn(Attached<'py>, This<'a, 'py, T>, Borrowed<'a, 'py>) -> PyResult<Owned<'py>>;
/// `x[key] = value`; `None` is `del x[key]`.
pub type Assign<T> = for<'a, 'py> fn(
    Attached<'py>,
    This<'a, 'py, T>,
    Borrowed<'a, 'py>,
    Option<Borrowed<'a, 'py>>,
) -> PyResult<()>;
/// `key in x`.
pub type Contains<T> = for<'a, 'py> fn(Attached<'py>, This<'a, 'py, T>, Borrowed<'a, 'py>) -> PyResult<bool>;
/// `x < other` and its sisters, told apart by `Py_LT` … `Py_GE`.
pub type Compare<T> =
    for<'a, 'py> fn(Attached<'py>, This<'a, 'py, T>, Borrowed<'a, 'py>, c_int) -> PyResult<Owned<'py>>;
/// `x[index]` by position.
pub type Item<T> = for<'a, 'py> fn(Attached<'py>, This<'a, 'py, T>, isize) -> PyResult<Owned<'py>>;
/// `Type(*args, **kwargs)`: gives the value of the new instance.
pub type Construct<T> = for<'a, 'py> fn(
    Attached<'py>,
    *mut PyTypeObject,
    Borrowed<'a, 'py>,
    Option<Borrowed<'a, 'py>>,
) -> PyResult<T>;

/// Entry of `Py_mp_length`.
///
/// # Safety
/// Called by CPython, attached, with an instance of `T`'s type.
pub unsafe fn length_entry<T: Native>(object: *mut PyObject, f: Length<T>) -> Py_ssize_t {
    // SAFETY: the caller's contract, for both calls.
    unsafe {
        py_entry(-1, |py| {
            let length = f(py, This::from_ptr(py, object)?)?;
            Ok(Py_ssize_t::try_from(length).unwrap_or(Py_ssize_t::MAX))
        })
    }
}

/// Entry of `Py_tp_iternext`.
///
/// # Safety
/// As for [`length_entry`].
pub unsafe fn next_entry<T: Native>(object: *mut PyObject, f: Next<T>) -> *mut PyObject {
    // SAFETY: the caller's contract, for both calls.
    unsafe {
        py_entry(ptr::null_mut(), |py| {
            let next = f(py, This::from_ptr(py, object)?)?;
            Ok(next.map_or(ptr::null_mut(), Owned::into_ptr))
        })
    }
}

/// Entry of `Py_mp_subscript`.
///
/// # Safety
/// As for [`length_entry`]; `key` is alive.
pub unsafe fn subscript_entry<T: Native>(
    object: *mut PyObject,
    key: *mut PyObject,
    f: Subscript<T>,
) -> *mut PyObject {
    // SAFETY: the caller's contract, for all calls.
    unsafe {
        py_entry(ptr::null_mut(), |py| {
            f(py, This::from_ptr(py, object)?, Borrowed::from_borrowed(py, key)?).map(Owned::into_ptr)
        })
    }
}

/// Entry of `Py_mp_ass_subscript`.
///
/// # Safety
/// As for [`length_entry`]; `key` is alive, `value` alive or null.
pub unsafe fn assign_entry<T: Native>(
    object: *mut PyObject,
    key: *mut PyObject,
    value: *mut PyObject,
    f: Assign<T>,
) -> c_int {
    // SAFETY: the caller's contract, for all calls.
    unsafe {
        py_entry(-1, |py| {
            let (key, value) = (
                Borrowed::from_borrowed(py, key)?,
                Borrowed::from_borrowed_opt(py, value),
            );
            f(py, This::from_ptr(py, object)?, key, value).map(|()| 0)
        })
    }
}

/// Entry of `Py_sq_contains`.
///
/// # Safety
/// As for [`length_entry`]; `key` is alive.
pub unsafe fn contains_entry<T: Native>(object: *mut PyObject, key: *mut PyObject, f: Contains<T>) -> c_int {
    // SAFETY: the caller's contract, for all calls.
    unsafe {
        py_entry(-1, |py| {
            f(py, This::from_ptr(py, object)?, Borrowed::from_borrowed(py, key)?).map(c_int::from)
        })
    }
}

/// Entry of `Py_tp_richcompare`.
///
/// # Safety
/// As for [`length_entry`]; `other` is alive.
pub unsafe fn compare_entry<T: Native>(
    object: *mut PyObject,
    other: *mut PyObject,
    op: c_int,
    f: Compare<T>,
) -> *mut PyObject {
    // SAFETY: the caller's contract, for all calls.
    unsafe {
        py_entry(ptr::null_mut(), |py| {
            f(
                py,
                This::from_ptr(py, object)?,
                Borrowed::from_borrowed(py, other)?,
                op,
            )
            .map(Owned::into_ptr)
        })
    }
}

/// Entry of `Py_sq_item`.
///
/// # Safety
/// As for [`length_entry`].
pub unsafe fn item_entry<T: Native>(object: *mut PyObject, index: Py_ssize_t, f: Item<T>) -> *mut PyObject {
    // SAFETY: the caller's contract, for both calls.
    unsafe {
        py_entry(ptr::null_mut(), |py| {
            f(py, This::from_ptr(py, object)?, index).map(Owned::into_ptr)
        })
    }
}

/// Entry of `Py_tp_new`.
///
/// # Safety
/// Called by CPython, attached: `class` is `T`'s type or derived from it, `args` a tuple, `kwargs` a dict or null.
pub unsafe fn construct_entry<T: Native>(
    class: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
    f: Construct<T>,
) -> *mut PyObject {
    // SAFETY: the caller's contract, for all calls.
    unsafe {
        py_entry(ptr::null_mut(), |py| {
            let (args, kwargs) = (
                Borrowed::from_borrowed(py, args)?,
                Borrowed::from_borrowed_opt(py, kwargs),
            );
            let value = f(py, class, args, kwargs)?;
            super::heap_type::instantiate(py, class, value).map(Owned::into_ptr)
        })
    }
}

/// The body of `Py_tp_hash` for mutable values.
///
/// # Safety
/// Called by CPython, attached.
pub unsafe extern "C" fn not_hashable(object: *mut PyObject) -> Py_hash_t {
    // SAFETY: the caller's contract for both; the object is alive.
    unsafe {
        py_entry(-1, |py| {
            let name = Borrowed::from_borrowed(py, object)?.type_name();
            Err::<Py_hash_t, Raised>(py.raise_type_error(&format!("{name} objects are unhashable")))
        })
    }
}

/// The thin symbol and the row of one slot; the macros below name the shapes.
#[doc(hidden)]
#[macro_export]
macro_rules! slot_row {
    ($id:ident, $ty:ty, $f:path, $entry:path, ($self:ident: $self_ty:ty $(, $arg:ident: $arg_ty:ty)*) -> $ret:ty) => {{
        unsafe extern "C" fn call($self: $self_ty $(, $arg: $arg_ty)*) -> $ret {
            // SAFETY: CPython calls a slot attached, with an instance (or subtype) of the slot's type.
            unsafe { $entry($self $(, $arg)*, $f) }
        }
        $crate::py::heap_type::slot(::pyo3_ffi::$id, call as *mut ::std::ffi::c_void)
    }};
}

/// `slot!(shape, Type, path)`: a row of `Native::slots()`.
#[macro_export]
macro_rules! slot {
    (length, $ty:ty, $f:path) => {
        $crate::slot_row!(Py_mp_length, $ty, $f, $crate::py::slots::length_entry::<$ty>,
            (object: *mut ::pyo3_ffi::PyObject) -> ::pyo3_ffi::Py_ssize_t)
    };
    (subscript, $ty:ty, $f:path) => {
        $crate::slot_row!(Py_mp_subscript, $ty, $f, $crate::py::slots::subscript_entry::<$ty>,
            (object: *mut ::pyo3_ffi::PyObject, key: *mut ::pyo3_ffi::PyObject) -> *mut ::pyo3_ffi::PyObject)
    };
    (assign, $ty:ty, $f:path) => {
        $crate::slot_row!(Py_mp_ass_subscript, $ty, $f, $crate::py::slots::assign_entry::<$ty>,
            (object: *mut ::pyo3_ffi::PyObject, key: *mut ::pyo3_ffi::PyObject, value: *mut ::pyo3_ffi::PyObject)
            -> ::std::ffi::c_int)
    };
    (contains, $ty:ty, $f:path) => {
        $crate::slot_row!(Py_sq_contains, $ty, $f, $crate::py::slots::contains_entry::<$ty>,
            (object: *mut ::pyo3_ffi::PyObject, key: *mut ::pyo3_ffi::PyObject) -> ::std::ffi::c_int)
    };
    (item, $ty:ty, $f:path) => {
        $crate::slot_row!(Py_sq_item, $ty, $f, $crate::py::slots::item_entry::<$ty>,
            (object: *mut ::pyo3_ffi::PyObject, index: ::pyo3_ffi::Py_ssize_t) -> *mut ::pyo3_ffi::PyObject)
    };
    (compare, $ty:ty, $f:path) => {
        $crate::slot_row!(Py_tp_richcompare, $ty, $f, $crate::py::slots::compare_entry::<$ty>,
            (object: *mut ::pyo3_ffi::PyObject, other: *mut ::pyo3_ffi::PyObject, op: ::std::ffi::c_int)
            -> *mut ::pyo3_ffi::PyObject)
    };
    (construct, $ty:ty, $f:path) => {
        $crate::slot_row!(Py_tp_new, $ty, $f, $crate::py::slots::construct_entry::<$ty>,
            (class: *mut ::pyo3_ffi::PyTypeObject, args: *mut ::pyo3_ffi::PyObject, kwargs: *mut ::pyo3_ffi::PyObject)
            -> *mut ::pyo3_ffi::PyObject)
    };
    (next, $ty:ty, $f:path) => {
        $crate::slot_row!(Py_tp_iternext, $ty, $f, $crate::py::slots::next_entry::<$ty>,
            (object: *mut ::pyo3_ffi::PyObject) -> *mut ::pyo3_ffi::PyObject)
    };
    (iter, $ty:ty, $f:path) => {
        $crate::slot_row!(Py_tp_iter, $ty, $f, $crate::py::trampoline::getter_entry::<$ty>,
            (object: *mut ::pyo3_ffi::PyObject) -> *mut ::pyo3_ffi::PyObject)
    };
    (repr, $ty:ty, $f:path) => {
        $crate::slot_row!(Py_tp_repr, $ty, $f, $crate::py::trampoline::getter_entry::<$ty>,
            (object: *mut ::pyo3_ffi::PyObject) -> *mut ::pyo3_ffi::PyObject)
    };
}
