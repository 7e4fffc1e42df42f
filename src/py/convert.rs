//! Values between Rust and Python, both ways, on the `Attached` token.
//!
//! httpd's bytes and Python's `str` meet by UTF-8 with `surrogateescape` in both directions: every byte string
//! has a text and comes back unchanged (PEP 383). Runs attached only.

use std::borrow::Cow;
use std::ffi::{CStr, CString, c_char, c_longlong};
use std::ptr;

use pyo3_ffi::{
    Py_False, Py_None, Py_True, Py_ssize_t, PyBool_Check, PyBytes_AsStringAndSize, PyBytes_Check,
    PyBytes_FromStringAndSize, PyFloat_FromDouble, PyList_New, PyList_SetItem, PyLong_AsLongLong,
    PyLong_Check, PyLong_FromLongLong, PyTuple_New, PyTuple_SetItem, PyUnicode_AsEncodedString,
    PyUnicode_AsLatin1String, PyUnicode_AsUTF8AndSize, PyUnicode_Check, PyUnicode_DecodeLatin1,
    PyUnicode_DecodeUTF8, PyUnicode_FromStringAndSize, PyUnicode_InternFromString,
};

use super::exception::{PyResult, Raised};
use super::owned::{Borrowed, Owned};
use super::token::Attached;

impl<'py> Attached<'py> {
    /// `None`.
    #[inline]
    #[must_use]
    pub fn none(self) -> Owned<'py> {
        // SAFETY: None is immortal and never null.
        unsafe {
            Borrowed::from_borrowed(self, Py_None())
                .map(Borrowed::to_owned)
                .unwrap_unchecked()
        }
    }

    /// `True` or `False`.
    #[inline]
    #[must_use]
    pub fn bool(self, value: bool) -> Owned<'py> {
        // SAFETY: both are immortal and never null.
        unsafe {
            let ptr = if value { Py_True() } else { Py_False() };
            Borrowed::from_borrowed(self, ptr)
                .map(Borrowed::to_owned)
                .unwrap_unchecked()
        }
    }

    /// An `int`.
    ///
    /// # Errors
    /// [`Raised`] (MemoryError).
    #[inline]
    pub fn int(self, value: impl Into<i64>) -> PyResult<Owned<'py>> {
        // SAFETY: attached; a new reference or null.
        unsafe { Owned::from_new(self, PyLong_FromLongLong(value.into() as c_longlong)) }
    }

    /// A `float`.
    ///
    /// # Errors
    /// [`Raised`] (MemoryError).
    pub fn float(self, value: f64) -> PyResult<Owned<'py>> {
        // SAFETY: attached; a new reference or null.
        unsafe { Owned::from_new(self, PyFloat_FromDouble(value)) }
    }

    /// A `str` from Rust text.
    ///
    /// # Errors
    /// [`Raised`] (MemoryError).
    #[inline]
    pub fn str(self, text: &str) -> PyResult<Owned<'py>> {
        // SAFETY: attached; pointer and length come from one live `str`.
        unsafe {
            Owned::from_new(
                self,
                PyUnicode_FromStringAndSize(text.as_ptr().cast(), text.len() as Py_ssize_t),
            )
        }
    }

    /// A `str` from httpd's bytes: UTF-8 with surrogateescape.
    ///
    /// # Errors
    /// [`Raised`] (MemoryError).
    #[inline]
    pub fn text_from(self, bytes: &[u8]) -> PyResult<Owned<'py>> {
        // SAFETY: attached; pointer and length come from one live slice; the error name is NUL-terminated.
        unsafe {
            let size = bytes.len() as Py_ssize_t;
            let ptr = PyUnicode_DecodeUTF8(bytes.as_ptr().cast(), size, c"surrogateescape".as_ptr());
            Owned::from_new(self, ptr)
        }
    }

    /// A `str` from bytes read as Latin-1 (user names and Basic passwords).
    ///
    /// # Errors
    /// [`Raised`] (MemoryError).
    pub fn latin1_from(self, bytes: &[u8]) -> PyResult<Owned<'py>> {
        // SAFETY: attached; pointer and length come from one live slice.
        unsafe {
            let ptr = PyUnicode_DecodeLatin1(bytes.as_ptr().cast(), bytes.len() as Py_ssize_t, ptr::null());
            Owned::from_new(self, ptr)
        }
    }

    /// An interned `str` of this interpreter.
    ///
    /// # Errors
    /// [`Raised`] (MemoryError).
    pub fn intern(self, text: &CStr) -> PyResult<Owned<'py>> {
        // SAFETY: attached; NUL-terminated.
        unsafe { Owned::from_new(self, PyUnicode_InternFromString(text.as_ptr())) }
    }

    /// A `bytes` object.
    ///
    /// # Errors
    /// [`Raised`] (MemoryError).
    #[inline]
    pub fn bytes(self, bytes: &[u8]) -> PyResult<Owned<'py>> {
        // SAFETY: attached; pointer and length come from one live slice.
        unsafe {
            Owned::from_new(
                self,
                PyBytes_FromStringAndSize(bytes.as_ptr().cast(), bytes.len() as Py_ssize_t),
            )
        }
    }

    /// A `tuple` that takes over the items.
    ///
    /// # Errors
    /// [`Raised`] (MemoryError).
    pub fn tuple<const N: usize>(self, items: [Owned<'py>; N]) -> PyResult<Owned<'py>> {
        // SAFETY: attached; SetItem steals each item and every index lies below N.
        unsafe {
            let tuple = Owned::from_new(self, PyTuple_New(N as Py_ssize_t))?;
            for (i, item) in items.into_iter().enumerate() {
                self.status(PyTuple_SetItem(tuple.as_ptr(), i as Py_ssize_t, item.into_ptr()))?;
            }
            Ok(tuple)
        }
    }

    /// A `list` that takes over the items.
    ///
    /// # Errors
    /// [`Raised`] when the list or an item cannot be made.
    pub fn list(self, items: impl IntoIterator<Item = PyResult<Owned<'py>>>) -> PyResult<Owned<'py>> {
        // SAFETY: attached; Append takes a reference of its own, ours is dropped after the call.
        unsafe {
            let list = Owned::from_new(self, PyList_New(0))?;
            for item in items {
                let item = item?;
                self.status(pyo3_ffi::PyList_Append(list.as_ptr(), item.as_ptr()))?;
            }
            Ok(list)
        }
    }

    /// A `list` from ready items.
    ///
    /// # Errors
    /// [`Raised`] (MemoryError).
    pub fn list_of(self, items: Vec<Owned<'py>>) -> PyResult<Owned<'py>> {
        // SAFETY: attached; SetItem steals each item and every index lies below the length.
        unsafe {
            let list = Owned::from_new(self, PyList_New(items.len() as Py_ssize_t))?;
            for (i, item) in items.into_iter().enumerate() {
                self.status(PyList_SetItem(list.as_ptr(), i as Py_ssize_t, item.into_ptr()))?;
            }
            Ok(list)
        }
    }

    /// A `str`'s text; lone surrogates become U+FFFD.
    ///
    /// # Errors
    /// [`Raised`] (TypeError) for anything but `str`.
    pub fn text(self, value: Borrowed<'_, 'py>) -> PyResult<String> {
        Ok(String::from_utf8_lossy(&self.bytes_of_text(value)?).into_owned())
    }

    /// A `str`'s UTF-8 bytes, surrogates turned back into the bytes they stood for.
    ///
    /// # Errors
    /// [`Raised`]: TypeError for anything but `str`, UnicodeEncodeError for a surrogate that stands for no byte.
    pub fn bytes_of_text<'a>(self, value: Borrowed<'a, 'py>) -> PyResult<Cow<'a, [u8]>> {
        // SAFETY: attached; the check precedes; the UTF-8 form is cached in the object, which lives for 'a.
        unsafe {
            if PyUnicode_Check(value.as_ptr()) == 0 {
                return Err(self.raise_type_error(&format!("expected str, got {}", value.type_name())));
            }
            let mut size: Py_ssize_t = 0;
            let data = PyUnicode_AsUTF8AndSize(value.as_ptr(), &raw mut size);
            if !data.is_null() {
                return Ok(Cow::Borrowed(slice(data, size)));
            }
            self.clear_exception();
            let ptr =
                PyUnicode_AsEncodedString(value.as_ptr(), c"utf-8".as_ptr(), c"surrogateescape".as_ptr());
            let encoded = Owned::from_new(self, ptr)?;
            Ok(Cow::Owned(self.bytes_in(encoded.borrow())?.to_vec()))
        }
    }

    /// A native string of WSGI (PEP 3333): a `str` whose characters stand for bytes; in place where it is ASCII.
    ///
    /// # Errors
    /// As for [`Attached::latin1_of`].
    #[inline]
    pub fn native_text<'a>(self, value: Borrowed<'a, 'py>) -> PyResult<Cow<'a, [u8]>> {
        match self.bytes_of_text(value)? {
            Cow::Borrowed(ascii) if ascii.is_ascii() => Ok(Cow::Borrowed(ascii)),
            _ => self.latin1_of(value).map(Cow::Owned),
        }
    }

    /// A `str` as Latin-1 bytes.
    ///
    /// # Errors
    /// [`Raised`]: TypeError for anything but `str`, UnicodeEncodeError beyond Latin-1.
    pub fn latin1_of(self, value: Borrowed<'_, 'py>) -> PyResult<Vec<u8>> {
        // SAFETY: attached; the object is alive; gives a new reference or null.
        let encoded = unsafe { Owned::from_new(self, PyUnicode_AsLatin1String(value.as_ptr()))? };
        Ok(self.bytes_in(encoded.borrow())?.to_vec())
    }

    /// The contents of a `bytes` object, in place.
    ///
    /// # Errors
    /// [`Raised`] (TypeError) for anything but `bytes`.
    #[inline]
    pub fn bytes_in<'a>(self, value: Borrowed<'a, 'py>) -> PyResult<&'a [u8]> {
        let mut data: *mut c_char = ptr::null_mut();
        let mut size: Py_ssize_t = 0;
        // SAFETY: attached; `bytes` are immutable and the object lives for 'a.
        unsafe {
            self.status(PyBytes_AsStringAndSize(
                value.as_ptr(),
                &raw mut data,
                &raw mut size,
            ))?;
            Ok(slice(data, size))
        }
    }

    /// Text or bytes as bytes: what header values, table entries and written data are made of.
    ///
    /// # Errors
    /// [`Raised`] (TypeError) for anything but `str` and `bytes`.
    #[inline]
    pub fn data<'a>(self, value: Borrowed<'a, 'py>) -> PyResult<Cow<'a, [u8]>> {
        if value.is_bytes() {
            self.bytes_in(value).map(Cow::Borrowed)
        } else {
            self.bytes_of_text(value)
        }
    }

    /// Text or bytes as C text, in place: CPython keeps a NUL behind both.
    ///
    /// # Errors
    /// [`Raised`]: as for [`Attached::data`], and ValueError for a NUL inside, where C would stop reading.
    #[inline]
    pub fn c_text<'a>(self, value: Borrowed<'a, 'py>) -> PyResult<Cow<'a, CStr>> {
        let text = match self.data(value)? {
            Cow::Borrowed([]) => return Ok(Cow::Borrowed(c"")),
            Cow::Borrowed(bytes) => {
                // SAFETY: a view of a whole `bytes` object or of a `str`'s UTF-8 form: both end with a NUL.
                let text = unsafe { CStr::from_ptr(bytes.as_ptr().cast()) };
                (text.count_bytes() == bytes.len()).then_some(Cow::Borrowed(text))
            }
            Cow::Owned(bytes) => CString::new(bytes).ok().map(Cow::Owned),
        };
        text.ok_or_else(|| self.raise_value_error("the text contains a NUL byte"))
    }

    /// An `int` as `i64`.
    ///
    /// # Errors
    /// [`Raised`]: TypeError for what has no `__index__`, OverflowError beyond 64 bits.
    #[inline]
    pub fn integer(self, value: Borrowed<'_, 'py>) -> PyResult<i64> {
        // SAFETY: attached; the object is alive.
        let number = unsafe { PyLong_AsLongLong(value.as_ptr()) };
        if number == -1 {
            self.check()?;
        }
        Ok(number)
    }

    /// A `float` or `int` as `f64`.
    ///
    /// # Errors
    /// [`Raised`] (TypeError).
    pub fn real(self, value: Borrowed<'_, 'py>) -> PyResult<f64> {
        // SAFETY: attached; the object is alive.
        let number = unsafe { pyo3_ffi::PyFloat_AsDouble(value.as_ptr()) };
        if number.to_bits() == (-1.0_f64).to_bits() {
            self.check()?;
        }
        Ok(number)
    }

    /// Python's truth of a value.
    ///
    /// # Errors
    /// [`Raised`] from `__bool__`.
    pub fn truth(self, value: Borrowed<'_, 'py>) -> PyResult<bool> {
        // SAFETY: attached; the object is alive.
        match unsafe { pyo3_ffi::PyObject_IsTrue(value.as_ptr()) } {
            -1 => Err(Raised),
            truth => Ok(truth != 0),
        }
    }
}

impl Borrowed<'_, '_> {
    /// Whether this is a `bytes` (or subclass) object.
    #[inline]
    #[must_use]
    pub fn is_bytes(self) -> bool {
        // SAFETY: alive by this value's contract.
        unsafe { PyBytes_Check(self.as_ptr()) != 0 }
    }

    /// Whether this is a `str` (or subclass) object.
    #[inline]
    #[must_use]
    pub fn is_str(self) -> bool {
        // SAFETY: alive by this value's contract.
        unsafe { PyUnicode_Check(self.as_ptr()) != 0 }
    }

    /// Whether this is an `int` and not a `bool`.
    #[inline]
    #[must_use]
    pub fn is_int(self) -> bool {
        // SAFETY: alive by this value's contract.
        unsafe { PyLong_Check(self.as_ptr()) != 0 && PyBool_Check(self.as_ptr()) == 0 }
    }
}

/// The one place of this floor where C's pointer and length become a slice.
///
/// # Safety
/// `data` points to `size` readable bytes that stay unchanged for `'a`, or is null.
#[allow(clippy::disallowed_methods, reason = "null is checked here")]
pub(super) unsafe fn slice<'a>(data: *const c_char, size: Py_ssize_t) -> &'a [u8] {
    if data.is_null() || size <= 0 {
        return &[];
    }
    // SAFETY: the caller's contract, null and empty excluded above.
    unsafe { std::slice::from_raw_parts(data.cast(), size as usize) }
}
