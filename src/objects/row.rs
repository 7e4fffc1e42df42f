//! What a row of an attribute table is made of: one macro to read, one to change, and how values cross.
//!
//! `read!(Type, c"name", accessor, c"doc")` names an accessor of `httpd`; the accessor's type says what Python sees:
//! C text is `str` (UTF-8 with surrogateescape), a missing value `None`, a flag 0 or 1. Runs attached. Text on its way
//! to httpd is checked here and nowhere else: no NUL, and no line end where it becomes a header.

use std::borrow::Cow;
use std::ffi::{CStr, c_void};
use std::ptr;

use pyo3_ffi::{PyCapsule_New, PyList_AsTuple, PyObject_Repr};

use crate::apr::text::is_header_safe;
use crate::py::{Attached, Borrowed, Owned, PyResult, Raised};

/// A value of httpd's as Python sees it.
pub(super) trait ToPython {
    /// Make the object.
    fn to_python(self, py: Attached<'_>) -> PyResult<Owned<'_>>;
}

impl ToPython for &CStr {
    fn to_python(self, py: Attached<'_>) -> PyResult<Owned<'_>> {
        py.text_from(self.to_bytes())
    }
}

impl ToPython for &[u8] {
    fn to_python(self, py: Attached<'_>) -> PyResult<Owned<'_>> {
        py.text_from(self)
    }
}

impl ToPython for &str {
    fn to_python(self, py: Attached<'_>) -> PyResult<Owned<'_>> {
        py.str(self)
    }
}

impl<T: ToPython> ToPython for Option<T> {
    fn to_python(self, py: Attached<'_>) -> PyResult<Owned<'_>> {
        self.map_or_else(|| Ok(py.none()), |value| value.to_python(py))
    }
}

impl ToPython for bool {
    fn to_python(self, py: Attached<'_>) -> PyResult<Owned<'_>> {
        py.int(i64::from(self))
    }
}

impl ToPython for f64 {
    fn to_python(self, py: Attached<'_>) -> PyResult<Owned<'_>> {
        py.float(self)
    }
}

/// What answers nothing.
impl ToPython for () {
    fn to_python(self, py: Attached<'_>) -> PyResult<Owned<'_>> {
        Ok(py.none())
    }
}

/// A tuple.
impl<T: ToPython> ToPython for Vec<T> {
    fn to_python(self, py: Attached<'_>) -> PyResult<Owned<'_>> {
        let list = py.list(self.into_iter().map(|item| item.to_python(py)))?;
        // SAFETY: attached; the list is alive; gives a new reference or null.
        unsafe { Owned::from_new(py, PyList_AsTuple(list.as_ptr())) }
    }
}

/// An address: the pair of its text and its port.
impl ToPython for (&CStr, u16) {
    fn to_python(self, py: Attached<'_>) -> PyResult<Owned<'_>> {
        py.tuple([self.0.to_python(py)?, self.1.to_python(py)?])
    }
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl ToPython for $int {
            fn to_python(self, py: Attached<'_>) -> PyResult<Owned<'_>> {
                py.int(self)
            }
        }
    )*};
}

integers!(i64, i32, u32, u16);

/// `str` or `bytes` for httpd.
pub(super) fn c_text<'a, 'py>(py: Attached<'py>, value: Borrowed<'a, 'py>) -> PyResult<Cow<'a, CStr>> {
    if !value.is_str() && !value.is_bytes() {
        return Err(not_text(py, value));
    }
    py.c_text(value)
}

/// As [`c_text`], for a header: it is one line.
pub(super) fn header_text<'a, 'py>(py: Attached<'py>, value: Borrowed<'a, 'py>) -> PyResult<Cow<'a, CStr>> {
    let text = c_text(py, value)?;
    if is_header_safe(text.to_bytes()) {
        return Ok(text);
    }
    Err(py.raise_value_error("a header cannot contain a line end (CR or LF)"))
}

/// A kind of text, or nothing for `None`.
pub(super) fn optional<'a, 'py>(
    py: Attached<'py>,
    value: Borrowed<'a, 'py>,
    text: fn(Attached<'py>, Borrowed<'a, 'py>) -> PyResult<Cow<'a, CStr>>,
) -> PyResult<Option<Cow<'a, CStr>>> {
    if value.is_none() {
        Ok(None)
    } else {
        text(py, value).map(Some)
    }
}

/// An `int` that fits a number of httpd's.
pub(super) fn c_integer<'py, N: TryFrom<i64>>(py: Attached<'py>, value: Borrowed<'_, 'py>) -> PyResult<N> {
    if !value.is_int() {
        return Err(py.raise_type_error(&format!("expected int, got {}", value.type_name())));
    }
    N::try_from(py.integer(value)?).map_err(|_| py.raise_value_error("the number is out of range"))
}

#[cold]
fn not_text(py: Attached<'_>, value: Borrowed<'_, '_>) -> Raised {
    py.raise_type_error(&format!("expected str or bytes, got {}", value.type_name()))
}

/// Microseconds since 1970 (or of a time span) as Python's seconds.
#[allow(
    clippy::cast_precision_loss,
    reason = "times of this era are exact to the microsecond"
)]
pub(super) fn seconds(microseconds: i64) -> f64 {
    microseconds as f64 / 1e6
}

/// The reverse of [`seconds`].
#[allow(
    clippy::cast_possible_truncation,
    reason = "a time beyond 64 bits becomes the last one"
)]
pub(super) fn microseconds(seconds: f64) -> i64 {
    (seconds * 1e6) as i64
}

/// `repr(object)`.
pub(super) fn repr_of<'py>(py: Attached<'py>, object: Borrowed<'_, 'py>) -> PyResult<String> {
    // SAFETY: attached; the object is alive; gives a new reference or null.
    let text = unsafe { Owned::from_new(py, PyObject_Repr(object.as_ptr()))? };
    py.text(text.borrow())
}

/// An address of httpd's, for extension modules in C: a capsule without a name.
pub(super) fn capsule<'py>(py: Attached<'py>, address: *mut c_void) -> PyResult<Owned<'py>> {
    // SAFETY: attached; no name and no destructor; gives a new reference or null.
    unsafe { Owned::from_new(py, PyCapsule_New(address, ptr::null(), None)) }
}

/// Answer to `del` of an attribute of httpd's.
#[cold]
pub(super) fn cannot_delete(py: Attached<'_>) -> Raised {
    py.raise_attribute_error("the attribute cannot be deleted")
}

/// A read-only attribute over an accessor: `read!(Type, c"name", accessor, c"doc")`; `Type` has `with(py, f)`.
macro_rules! read {
    ($ty:ty, $name:literal, $get:path, $doc:literal) => {{
        fn shown<'py>(py: Attached<'py>, this: This<'_, 'py, $ty>) -> PyResult<Owned<'py>> {
            this.with(py, |record| {
                $crate::objects::row::ToPython::to_python($get(record), py)
            })
        }
        $crate::getter!($ty, $name, shown, $doc)
    }};
}

/// A method without arguments over a function of httpd's, called detached: `call!(Type, c"name", function, c"doc")`.
macro_rules! call {
    ($ty:ty, $name:literal, $function:path, $doc:literal) => {{
        fn called<'py>(py: Attached<'py>, this: This<'_, 'py, $ty>) -> PyResult<Owned<'py>> {
            this.with(py, |record| {
                let answer = $crate::interp::detach(py, || $function(record));
                $crate::objects::row::ToPython::to_python(answer, py)
            })
        }
        $crate::noargs!($ty, $name, called, $doc)
    }};
}

/// A writable attribute: `change!(Type, c"name", accessor, kind setter, c"doc")`, where the kind is `text`, `optional`
/// (text or `None`), `header` (the same in one line), `integer` or `flag`.
macro_rules! change {
    ($ty:ty, $name:literal, $get:path, $kind:ident $set:path, $doc:literal) => {{
        fn shown<'py>(py: Attached<'py>, this: This<'_, 'py, $ty>) -> PyResult<Owned<'py>> {
            this.with(py, |record| {
                $crate::objects::row::ToPython::to_python($get(record), py)
            })
        }
        fn given<'a, 'py>(
            py: Attached<'py>,
            this: This<'a, 'py, $ty>,
            value: Option<Borrowed<'a, 'py>>,
        ) -> PyResult<()> {
            let value = value.ok_or_else(|| $crate::objects::row::cannot_delete(py))?;
            let value = $crate::objects::row::take!($kind, py, value);
            this.with(py, |record| {
                $set(record, $crate::objects::row::give!($kind, value));
                Ok(())
            })
        }
        $crate::property!($ty, $name, shown, given, $doc)
    }};
}

/// What a kind makes of a Python value.
macro_rules! take {
    (text, $py:expr, $value:expr) => {
        $crate::objects::row::c_text($py, $value)?
    };
    (optional, $py:expr, $value:expr) => {
        $crate::objects::row::optional($py, $value, $crate::objects::row::c_text)?
    };
    (header, $py:expr, $value:expr) => {
        $crate::objects::row::optional($py, $value, $crate::objects::row::header_text)?
    };
    (integer, $py:expr, $value:expr) => {
        $crate::objects::row::c_integer($py, $value)?
    };
    (flag, $py:expr, $value:expr) => {
        $py.truth($value)?
    };
}

/// How a kind's value is given to its setter.
macro_rules! give {
    (text, $value:expr) => {
        Some(&*$value)
    };
    (integer, $value:expr) => {
        $value
    };
    (flag, $value:expr) => {
        $value
    };
    ($optional:ident, $value:expr) => {
        $value.as_deref()
    };
}

pub(super) use {call, change, give, read, take};
