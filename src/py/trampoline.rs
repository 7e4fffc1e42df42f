//! The C shapes through which CPython calls us: one entry function per shape, one row macro per kind of row.
//!
//! A macro makes only the thin symbol; the entry catches panics, turns `Raised` into the shape's failure value
//! and is compiled once per signature. CPython calls all of these attached.

use std::ffi::c_int;
use std::ptr;

use pyo3_ffi::{Py_ssize_t, PyObject};

use super::args::{Args, Signature};
use super::exception::{PyResult, Raised};
use super::heap_type::{Native, This};
use super::module::StateRef;
use super::owned::{Borrowed, Owned};
use super::token::Attached;
use crate::boundary;

/// A getter or a method without arguments.
pub type Getter<T> = for<'a, 'py> fn(Attached<'py>, This<'a, 'py, T>) -> PyResult<Owned<'py>>;
/// A setter; `None` is `del`.
pub type Setter<T> =
    for<'a, 'py> fn(Attached<'py>, This<'a, 'py, T>, Option<Borrowed<'a, 'py>>) -> PyResult<()>;
/// A method with arguments.
pub type Method<T> = for<'a, 'py> fn(Attached<'py>, This<'a, 'py, T>, &Args<'a, 'py>) -> PyResult<Owned<'py>>;
/// A function of a module whose state is `S`.
pub type Function<S> = for<'a, 'py> fn(Attached<'py>, &'py S, &Args<'a, 'py>) -> PyResult<Owned<'py>>;

/// Run `f` as the body of a C slot: a panic becomes SystemError, an error the shape's failure value.
///
/// # Safety
/// Called by CPython, attached.
#[inline]
pub unsafe fn py_entry<'py, R>(failure: R, f: impl FnOnce(Attached<'py>) -> PyResult<R>) -> R {
    // SAFETY: the caller's contract.
    let py = unsafe { Attached::assume() };
    match boundary::catch(|| f(py)) {
        Ok(Ok(value)) => value,
        Ok(Err(Raised)) => failure,
        Err(panic) => {
            py.raise_system_error(&format!("mod_python: internal error: {panic}"));
            failure
        }
    }
}

/// Entry of getters and of methods without arguments.
///
/// # Safety
/// Called by CPython, attached, with an instance of `T`'s type.
#[inline]
pub unsafe fn getter_entry<T: Native>(object: *mut PyObject, f: Getter<T>) -> *mut PyObject {
    // SAFETY: the caller's contract, for both calls.
    unsafe {
        py_entry(ptr::null_mut(), |py| {
            f(py, This::from_ptr(py, object)?).map(Owned::into_ptr)
        })
    }
}

/// Entry of setters.
///
/// # Safety
/// Called by CPython, attached, with an instance of `T`'s type; `value` is alive or null (deletion).
#[inline]
pub unsafe fn setter_entry<T: Native>(object: *mut PyObject, value: *mut PyObject, f: Setter<T>) -> c_int {
    // SAFETY: the caller's contract, for all calls.
    unsafe {
        py_entry(-1, |py| {
            f(
                py,
                This::from_ptr(py, object)?,
                Borrowed::from_borrowed_opt(py, value),
            )
            .map(|()| 0)
        })
    }
}

/// Entry of methods with arguments.
///
/// # Safety
/// Called by CPython as `METH_FASTCALL | METH_KEYWORDS`, attached, with an instance of `T`'s type.
#[inline]
pub unsafe fn method_entry<T: Native>(
    object: *mut PyObject,
    args: *const *mut PyObject,
    count: Py_ssize_t,
    kwnames: *mut PyObject,
    signature: &Signature,
    f: Method<T>,
) -> *mut PyObject {
    // SAFETY: the caller's contract, for all calls.
    unsafe {
        py_entry(ptr::null_mut(), |py| {
            let args = Args::bind(py, signature, args, count, kwnames)?;
            f(py, This::from_ptr(py, object)?, &args).map(Owned::into_ptr)
        })
    }
}

/// Entry of module functions.
///
/// # Safety
/// Called by CPython as `METH_FASTCALL | METH_KEYWORDS`, attached, with a module whose state is an `S`.
pub unsafe fn function_entry<S>(
    module: *mut PyObject,
    args: *const *mut PyObject,
    count: Py_ssize_t,
    kwnames: *mut PyObject,
    signature: &Signature,
    f: Function<S>,
) -> *mut PyObject {
    // SAFETY: the caller's contract, for all calls.
    unsafe {
        py_entry(ptr::null_mut(), |py| {
            let args = Args::bind(py, signature, args, count, kwnames)?;
            let state = StateRef::<S>::of(Borrowed::from_borrowed(py, module)?)
                .and_then(|state| state.get(py))
                .ok_or_else(|| py.raise_system_error("the module has no state yet"))?;
            f(py, state, &args).map(Owned::into_ptr)
        })
    }
}

/// A read-only attribute: `getter!(Type, c"name", path, c"doc")`.
#[macro_export]
macro_rules! getter {
    ($ty:ty, $name:literal, $get:path, $doc:literal) => {{
        unsafe extern "C" fn get(
            object: *mut ::pyo3_ffi::PyObject,
            _: *mut ::std::ffi::c_void,
        ) -> *mut ::pyo3_ffi::PyObject {
            // SAFETY: CPython calls a getter attached, with an instance of the descriptor's type.
            unsafe { $crate::py::trampoline::getter_entry::<$ty>(object, $get) }
        }
        ::pyo3_ffi::PyGetSetDef {
            name: $name.as_ptr(),
            get: Some(get),
            set: None,
            doc: $doc.as_ptr(),
            closure: ::std::ptr::null_mut(),
        }
    }};
}

/// A writable attribute: `property!(Type, c"name", get_path, set_path, c"doc")`.
#[macro_export]
macro_rules! property {
    ($ty:ty, $name:literal, $get:path, $set:path, $doc:literal) => {{
        unsafe extern "C" fn set(
            object: *mut ::pyo3_ffi::PyObject,
            value: *mut ::pyo3_ffi::PyObject,
            _: *mut ::std::ffi::c_void,
        ) -> ::std::ffi::c_int {
            // SAFETY: CPython calls a setter attached, with an instance of the descriptor's type.
            unsafe { $crate::py::trampoline::setter_entry::<$ty>(object, value, $set) }
        }
        let mut row = $crate::getter!($ty, $name, $get, $doc);
        row.set = Some(set);
        row
    }};
}

/// A method without arguments: `noargs!(Type, c"name", path, c"doc")`.
#[macro_export]
macro_rules! noargs {
    ($ty:ty, $name:literal, $f:path, $doc:literal) => {{
        unsafe extern "C" fn call(
            object: *mut ::pyo3_ffi::PyObject,
            _: *mut ::pyo3_ffi::PyObject,
        ) -> *mut ::pyo3_ffi::PyObject {
            // SAFETY: CPython calls a method attached, with an instance of the descriptor's type.
            unsafe { $crate::py::trampoline::getter_entry::<$ty>(object, $f) }
        }
        ::pyo3_ffi::PyMethodDef {
            ml_name: $name.as_ptr(),
            ml_meth: ::pyo3_ffi::PyMethodDefPointer { PyCFunction: call },
            ml_flags: ::pyo3_ffi::METH_NOARGS,
            ml_doc: $doc.as_ptr(),
        }
    }};
}

/// A method: `method!(Type, c"name", ["a", "b"; required], function, c"doc")`.
#[macro_export]
macro_rules! method {
    ($ty:ty, $name:literal, [$($param:literal),*; $required:literal], $f:expr, $doc:literal) => {{
        const SIGNATURE: $crate::py::args::Signature =
            $crate::py::args::Signature { name: $name, params: &[$($param),*], required: $required };
        const FUNCTION: $crate::py::trampoline::Method<$ty> = $f;
        unsafe extern "C" fn call(
            object: *mut ::pyo3_ffi::PyObject,
            args: *const *mut ::pyo3_ffi::PyObject,
            count: ::pyo3_ffi::Py_ssize_t,
            kwnames: *mut ::pyo3_ffi::PyObject,
        ) -> *mut ::pyo3_ffi::PyObject {
            // SAFETY: CPython calls a method attached, with an instance of the descriptor's type and its arguments.
            unsafe {
                $crate::py::trampoline::method_entry::<$ty>(object, args, count, kwnames, &SIGNATURE, FUNCTION)
            }
        }
        $crate::fastcall_row!($name, call, $doc)
    }};
}

/// A module function: `function!(State, c"name", ["a", "b"; required], path, c"doc")`.
#[macro_export]
macro_rules! function {
    ($state:ty, $name:literal, [$($param:literal),*; $required:literal], $f:path, $doc:literal) => {{
        const SIGNATURE: $crate::py::args::Signature =
            $crate::py::args::Signature { name: $name, params: &[$($param),*], required: $required };
        unsafe extern "C" fn call(
            module: *mut ::pyo3_ffi::PyObject,
            args: *const *mut ::pyo3_ffi::PyObject,
            count: ::pyo3_ffi::Py_ssize_t,
            kwnames: *mut ::pyo3_ffi::PyObject,
        ) -> *mut ::pyo3_ffi::PyObject {
            // SAFETY: CPython calls a module's function attached, with that module and its arguments.
            unsafe {
                $crate::py::trampoline::function_entry::<$state>(module, args, count, kwnames, &SIGNATURE, $f)
            }
        }
        $crate::fastcall_row!($name, call, $doc)
    }};
}

/// The row that `method!` and `function!` share.
#[doc(hidden)]
#[macro_export]
macro_rules! fastcall_row {
    ($name:literal, $call:path, $doc:literal) => {
        ::pyo3_ffi::PyMethodDef {
            ml_name: $name.as_ptr(),
            ml_meth: ::pyo3_ffi::PyMethodDefPointer {
                PyCFunctionFastWithKeywords: $call,
            },
            ml_flags: ::pyo3_ffi::METH_FASTCALL | ::pyo3_ffi::METH_KEYWORDS,
            ml_doc: $doc.as_ptr(),
        }
    };
}
