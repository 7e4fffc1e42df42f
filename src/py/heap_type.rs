//! Heap types made of a Rust value: a trait with the type's tables, one layout, one way to make and to free.
//!
//! Types are made per interpreter, in a module's exec slot; no `static` ever holds an object. Their names carry
//! no module (`<class 'mp_request'>`), as applications of mod_python know them. Runs attached only.

use std::ffi::{CStr, c_int, c_uint, c_void};
use std::mem::offset_of;
use std::ops::Deref;
use std::ptr;

use pyo3_ffi::{
    Py_CLEAR, Py_DECREF, Py_READONLY, Py_T_PYSSIZET, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_DEFAULT,
    Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE, Py_TYPE, Py_ssize_t,
    Py_tp_clear, Py_tp_dealloc, Py_tp_doc, Py_tp_getset, Py_tp_members, Py_tp_methods, Py_tp_traverse,
    PyGetSetDef, PyMemberDef, PyMethodDef, PyObject, PyObject_GC_UnTrack, PyType_FromModuleAndSpec,
    PyType_GenericAlloc, PyType_Slot, PyType_Spec, PyTypeObject, visitproc,
};

use super::exception::PyResult;
use super::owned::{Borrowed, Owned};
use super::token::Attached;
use crate::boundary;

/// Ends a table of methods.
pub const METHOD_END: PyMethodDef = PyMethodDef::zeroed();
/// Ends a table of attributes.
pub const GETSET_END: PyGetSetDef = PyGetSetDef {
    name: ptr::null(),
    get: None,
    set: None,
    doc: ptr::null(),
    closure: ptr::null_mut(),
};

/// What the instances of a type may do beyond being made by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Made by the module only; no attributes of the application's own.
    Sealed,
    /// Made by the module only; the application may set attributes (kept in a hidden dict).
    Open,
    /// The application may make and subclass it.
    Public,
}

/// A Rust value that Python sees as an object.
pub trait Native: Sized + 'static {
    /// Full name, `builtins.mp_…`, so that `repr(type)` shows no module.
    const NAME: &'static CStr;
    /// The docstring.
    const DOC: &'static CStr;
    /// Who makes instances and what these may carry.
    const KIND: Kind = Kind::Sealed;
    /// Methods, ended by [`METHOD_END`].
    const METHODS: &'static [PyMethodDef] = &[METHOD_END];
    /// Attributes, ended by [`GETSET_END`].
    const GETSET: &'static [PyGetSetDef] = &[GETSET_END];

    /// Slots beyond those that this file supplies (mapping, iteration, comparison …).
    #[must_use]
    fn slots() -> Vec<PyType_Slot> {
        Vec::new()
    }

    /// Show the garbage collector the references held in the value (return the first non-zero answer).
    fn visit(&self, _visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        0
    }

    /// Drop the references held in the value, to break a cycle.
    fn clear(&self, _py: Attached<'_>) {}
}

/// How an instance lies in memory.
#[repr(C)]
#[derive(Debug)]
pub struct Layout<T> {
    base: PyObject,
    dict: *mut PyObject,
    value: T,
}

/// An instance during a call: its value, and the object around it.
#[derive(Debug)]
pub struct This<'a, 'py, T> {
    object: Borrowed<'a, 'py>,
    value: &'a T,
}

impl<T> Clone for This<'_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for This<'_, '_, T> {}

impl<T> Deref for This<'_, '_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        self.value
    }
}

impl<'a, 'py, T: Native> This<'a, 'py, T> {
    /// See an object as an instance.
    ///
    /// # Safety
    /// `object` is an instance of the type made from `T`, alive for `'a`: CPython checks that before it calls a
    /// method, getter or slot of the type.
    #[inline]
    pub unsafe fn from_ptr(py: Attached<'py>, object: *mut PyObject) -> PyResult<Self> {
        // SAFETY: the caller's contract.
        unsafe {
            let value = &(*object.cast::<Layout<T>>()).value;
            Ok(This {
                object: Borrowed::from_borrowed(py, object)?,
                value,
            })
        }
    }

    /// The object itself.
    #[inline]
    #[must_use]
    pub fn object(self) -> Borrowed<'a, 'py> {
        self.object
    }

    /// The value, for as long as the object is lent.
    #[inline]
    #[must_use]
    pub fn value(self) -> &'a T {
        self.value
    }
}

/// Make the type in this interpreter, belonging to `module`.
///
/// # Errors
/// [`super::Raised`] when CPython refuses the spec.
pub fn make_type<'py, T: Native>(py: Attached<'py>, module: Borrowed<'_, 'py>) -> PyResult<Owned<'py>> {
    let members = members::<T>();
    let mut slots = vec![
        slot(Py_tp_dealloc, dealloc::<T> as *mut c_void),
        slot(Py_tp_traverse, traverse::<T> as *mut c_void),
        slot(Py_tp_clear, clear::<T> as *mut c_void),
        slot(Py_tp_doc, T::DOC.as_ptr().cast_mut().cast()),
        slot(Py_tp_methods, T::METHODS.as_ptr().cast_mut().cast()),
        slot(Py_tp_getset, T::GETSET.as_ptr().cast_mut().cast()),
        slot(Py_tp_members, members.as_ptr().cast_mut().cast()),
    ];
    slots.extend(T::slots());
    slots.push(slot(0, ptr::null_mut()));
    let mut spec = PyType_Spec {
        name: T::NAME.as_ptr(),
        basicsize: size_of::<Layout<T>>() as c_int,
        itemsize: 0,
        flags: flags(T::KIND),
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: attached; the spec and its slots live for the call, the tables behind them for ever.
    let class = unsafe {
        Owned::from_new(
            py,
            PyType_FromModuleAndSpec(module.as_ptr(), &raw mut spec, ptr::null_mut()),
        )?
    };
    // SAFETY: the type is new and ours; CPython frees a copy of its own, and this name is static.
    unsafe { (*class.as_ptr().cast::<PyTypeObject>()).tp_name = short_name::<T>().as_ptr() };
    Ok(class)
}

/// The name without its module: what `repr(type)` shows of a builtin.
#[must_use]
pub fn short_name<T: Native>() -> &'static CStr {
    let bytes = T::NAME.to_bytes_with_nul();
    let start = bytes
        .iter()
        .rposition(|byte| *byte == b'.')
        .map_or(0, |dot| dot + 1);
    CStr::from_bytes_with_nul(&bytes[start..]).unwrap_or(T::NAME)
}

/// Make an instance around a value.
///
/// # Errors
/// [`super::Raised`] (MemoryError); the value is dropped then.
///
/// # Safety
/// `class` is the type that [`make_type::<T>`] made in this interpreter, or a subclass of it.
#[inline]
pub unsafe fn instantiate<'py, T: Native>(
    py: Attached<'py>,
    class: *mut PyTypeObject,
    value: T,
) -> PyResult<Owned<'py>> {
    // SAFETY: the caller's contract; GenericAlloc gives a zeroed block of at least the layout's size.
    unsafe {
        let object = Owned::from_new(py, PyType_GenericAlloc(class, 0))?;
        (&raw mut (*object.as_ptr().cast::<Layout<T>>()).value).write(value);
        Ok(object)
    }
}

/// A slot row.
#[must_use]
pub fn slot(id: c_int, function: *mut c_void) -> PyType_Slot {
    PyType_Slot {
        slot: id,
        pfunc: function,
    }
}

const MEMBER_END: PyMemberDef = PyMemberDef {
    name: ptr::null(),
    type_code: 0,
    offset: 0,
    flags: 0,
    doc: ptr::null(),
};

/// The member that tells CPython where the hidden instance dict lies.
const fn dict_offset<T: Native>() -> PyMemberDef {
    PyMemberDef {
        name: c"__dictoffset__".as_ptr(),
        type_code: Py_T_PYSSIZET,
        offset: offset_of!(Layout<T>, dict) as Py_ssize_t,
        flags: Py_READONLY,
        doc: ptr::null(),
    }
}

fn members<T: Native>() -> &'static [PyMemberDef] {
    match T::KIND {
        Kind::Sealed => &[MEMBER_END],
        Kind::Open | Kind::Public => const { &[dict_offset::<T>(), MEMBER_END] },
    }
}

fn flags(kind: Kind) -> c_uint {
    let common = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE;
    (match kind {
        Kind::Sealed | Kind::Open => common | Py_TPFLAGS_DISALLOW_INSTANTIATION,
        Kind::Public => Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    }) as c_uint
}

unsafe extern "C" fn dealloc<T: Native>(object: *mut PyObject) {
    // SAFETY: CPython calls this once, attached, when the last reference to an instance of T's type is gone.
    unsafe {
        let class = Py_TYPE(object);
        PyObject_GC_UnTrack(object.cast());
        let layout = object.cast::<Layout<T>>();
        Py_CLEAR(&raw mut (*layout).dict);
        // A panic in a value's drop leaks what was left of it; the object itself is freed all the same.
        let _ = boundary::catch(|| ptr::drop_in_place(&raw mut (*layout).value));
        if let Some(free) = (*class).tp_free {
            free(object.cast());
        }
        Py_DECREF(class.cast());
    }
}

unsafe extern "C" fn traverse<T: Native>(object: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    // SAFETY: the collector calls this attached with a live instance; it only reads.
    unsafe {
        let layout = object.cast::<Layout<T>>();
        let mut see = |other: *mut PyObject| if other.is_null() { 0 } else { visit(other, arg) };
        match see(Py_TYPE(object).cast()) {
            0 => {}
            stop => return stop,
        }
        match see((*layout).dict) {
            0 => (*layout).value.visit(&mut see),
            stop => stop,
        }
    }
}

unsafe extern "C" fn clear<T: Native>(object: *mut PyObject) -> c_int {
    // SAFETY: the collector calls this attached with a live instance.
    unsafe {
        let layout = object.cast::<Layout<T>>();
        Py_CLEAR(&raw mut (*layout).dict);
        let _ = boundary::catch(|| (*layout).value.clear(Attached::assume()));
    }
    0
}
