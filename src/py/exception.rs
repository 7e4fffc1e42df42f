//! Exceptions: `Raised` (one is set on the thread state) and `Exception` (taken off it).
//!
//! Floors 2 to 4 pass `Raised` up untouched; floor 5 takes the exception and reports it. Never prints
//! (`PyErr_Print` would obey SystemExit and end the child).

use std::ffi::CStr;

use pyo3_ffi::{
    PyErr_Clear, PyErr_GetRaisedException, PyErr_GivenExceptionMatches, PyErr_Occurred, PyErr_SetNone,
    PyErr_SetObject, PyErr_SetRaisedException, PyExc_AttributeError, PyExc_IndexError, PyExc_KeyError,
    PyExc_OSError, PyExc_RuntimeError, PyExc_StopIteration, PyExc_SyntaxError, PyExc_SystemError,
    PyExc_TypeError, PyExc_ValueError, PyObject_Str,
};

use super::owned::{Borrowed, Owned};
use super::token::Attached;

/// "An exception is set on the thread state."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised;

/// The result of anything that may leave an exception set.
pub type PyResult<T> = Result<T, Raised>;

/// An exception taken off the thread state.
#[derive(Debug)]
pub struct Exception<'py>(Owned<'py>);

impl<'py> Exception<'py> {
    /// Take the exception that [`Raised`] announced.
    #[must_use]
    pub fn take(py: Attached<'py>, _raised: Raised) -> Self {
        // SAFETY: attached; the call gives a new reference or null.
        let set = unsafe { Owned::from_new_opt(py, PyErr_GetRaisedException()) };
        set.map_or_else(|| Self::missing(py), Exception)
    }

    /// A function broke its word: it said `Raised` and had raised nothing.
    fn missing(py: Attached<'py>) -> Self {
        py.raise_system_error("a call failed without setting an exception");
        // SAFETY: attached; raise_system_error has just set an exception (at worst a MemoryError).
        let set = unsafe { Owned::from_new_opt(py, PyErr_GetRaisedException()) };
        match set {
            Some(value) => Exception(value),
            // SAFETY: static exception types live for the process, and null is excluded by CPython's start-up.
            None => Exception(
                unsafe { Borrowed::from_borrowed(py, PyExc_SystemError) }
                    .map_or_else(|Raised| py.none(), Borrowed::to_owned),
            ),
        }
    }

    /// An exception that was made and not raised.
    #[must_use]
    pub fn from_value(value: Owned<'py>) -> Self {
        Exception(value)
    }

    /// The exception object.
    #[must_use]
    pub fn value(&self) -> Borrowed<'_, 'py> {
        self.0.borrow()
    }

    /// Set it again and hand the error upwards.
    pub fn restore(self, _py: Attached<'py>) -> Raised {
        // SAFETY: attached; the call steals the reference we give up.
        unsafe { PyErr_SetRaisedException(self.0.into_ptr()) };
        Raised
    }

    /// Whether it is an instance of `class` (as `except` would match).
    #[must_use]
    pub fn is(&self, class: Borrowed<'_, 'py>) -> bool {
        // SAFETY: both objects are alive by their own contracts; attached.
        unsafe { PyErr_GivenExceptionMatches(self.0.as_ptr(), class.as_ptr()) != 0 }
    }

    /// `Type: text` in one line, for log lines; never fails.
    #[must_use]
    pub fn summary(&self, py: Attached<'py>) -> String {
        let class = self.0.borrow().type_name();
        // SAFETY: attached; gives a new reference or null with an exception set, which is cleared below.
        let text = unsafe { Owned::from_new(py, PyObject_Str(self.0.as_ptr())) };
        match text.and_then(|t| py.text(t.borrow())) {
            Ok(text) if text.is_empty() => class,
            Ok(text) => format!("{class}: {text}"),
            Err(Raised) => {
                py.clear_exception();
                class
            }
        }
    }
}

macro_rules! raisers {
    ($($(#[$doc:meta])* $name:ident => $class:ident;)*) => {
        impl<'py> Attached<'py> { $(
            $(#[$doc])*
            #[cold]
            pub fn $name(self, text: &str) -> Raised {
                // SAFETY: static exception types live as long as the process and are never null.
                match unsafe { Borrowed::from_borrowed(self, $class) } {
                    Ok(class) => self.raise(class, text),
                    Err(raised) => raised,
                }
            }
        )* }
    };
}

raisers! {
    /// Raise `AttributeError(text)`.
    raise_attribute_error => PyExc_AttributeError;
    /// Raise `IndexError(text)`.
    raise_index_error => PyExc_IndexError;
    /// Raise `KeyError(text)`.
    raise_key_error => PyExc_KeyError;
    /// Raise `OSError(text)`.
    raise_os_error => PyExc_OSError;
    /// Raise `RuntimeError(text)`.
    raise_runtime_error => PyExc_RuntimeError;
    /// Raise `SystemError(text)`: an invariant of ours is broken.
    raise_system_error => PyExc_SystemError;
    /// Raise `TypeError(text)`.
    raise_type_error => PyExc_TypeError;
    /// Raise `ValueError(text)`.
    raise_value_error => PyExc_ValueError;
}

impl<'py> Attached<'py> {
    /// Raise `class(text)`.
    pub fn raise(self, class: Borrowed<'_, 'py>, text: &str) -> Raised {
        self.str(text)
            .map_or(Raised, |text| self.raise_object(class, Some(text.borrow())))
    }

    /// Raise `class(value)`.
    pub fn raise_object(self, class: Borrowed<'_, 'py>, value: Option<Borrowed<'_, 'py>>) -> Raised {
        match value {
            // SAFETY: attached; both objects are alive, the call takes references of its own.
            Some(value) => unsafe { PyErr_SetObject(class.as_ptr(), value.as_ptr()) },
            // SAFETY: as above.
            None => unsafe { PyErr_SetNone(class.as_ptr()) },
        }
        Raised
    }

    /// Raise `OSError(errno, text)`, which chooses the subclass by the number.
    #[cold]
    pub fn raise_os_errno(self, errno: std::ffi::c_int, text: &str) -> Raised {
        let pair = || self.tuple([self.int(errno)?, self.str(text)?]);
        if let Ok(pair) = pair() {
            // SAFETY: attached; static exception types live as long as the process, the pair for the call.
            unsafe { PyErr_SetObject(PyExc_OSError, pair.as_ptr()) };
        }
        Raised
    }

    /// Raise `SyntaxError(text, (file, line, None, None))`.
    #[cold]
    pub fn raise_syntax_error(self, text: &str, file: &[u8], line: u32) -> Raised {
        let args = || {
            let place = [self.text_from(file)?, self.int(line)?, self.none(), self.none()];
            self.tuple([self.str(text)?, self.tuple(place)?])
        };
        if let Ok(args) = args() {
            // SAFETY: attached; static exception types live as long as the process, the arguments for the call.
            unsafe { PyErr_SetObject(PyExc_SyntaxError, args.as_ptr()) };
        }
        Raised
    }

    /// Raise `OSError(errno, text, file)`, which chooses the subclass by the number.
    #[cold]
    pub fn raise_os_error_of(self, errno: std::ffi::c_int, text: &str, file: &[u8]) -> Raised {
        let args = || self.tuple([self.int(errno)?, self.str(text)?, self.text_from(file)?]);
        if let Ok(args) = args() {
            // SAFETY: as above.
            unsafe { PyErr_SetObject(PyExc_OSError, args.as_ptr()) };
        }
        Raised
    }

    /// Drop a set exception, where failing is one of the expected answers.
    pub fn clear_exception(self) {
        // SAFETY: attached.
        unsafe { PyErr_Clear() }
    }

    /// Whether the exception that is set is an AttributeError.
    #[must_use]
    pub fn is_attribute_error(self) -> bool {
        // SAFETY: attached, with an exception set; static exception types live as long as the process.
        unsafe { pyo3_ffi::PyErr_ExceptionMatches(PyExc_AttributeError) != 0 }
    }

    /// `Err(Raised)` if a C call that has no failure value left an exception.
    ///
    /// # Errors
    /// [`Raised`] when an exception is set.
    pub fn check(self) -> PyResult<()> {
        // SAFETY: attached.
        if unsafe { PyErr_Occurred() }.is_null() {
            Ok(())
        } else {
            Err(Raised)
        }
    }

    /// Raise `StopIteration()`.
    #[cold]
    pub fn raise_stop_iteration(self) -> Raised {
        // SAFETY: attached; static exception types live as long as the process.
        unsafe { PyErr_SetNone(PyExc_StopIteration) };
        Raised
    }

    /// Turn a C status (`-1` = exception set) into a result.
    ///
    /// # Errors
    /// [`Raised`] for a negative status.
    #[inline]
    pub fn status(self, status: std::ffi::c_int) -> PyResult<()> {
        if status < 0 { Err(Raised) } else { Ok(()) }
    }

    /// A new exception class in `module.name` form, derived from `base` (`Exception` if none).
    ///
    /// # Errors
    /// [`Raised`] when the class cannot be made.
    pub fn new_exception(
        self,
        name: &CStr,
        doc: &CStr,
        base: Option<Borrowed<'_, 'py>>,
    ) -> PyResult<Owned<'py>> {
        let base = base.map_or(std::ptr::null_mut(), Borrowed::as_ptr);
        // SAFETY: attached; name and doc are NUL-terminated and copied; gives a new reference or null.
        unsafe {
            let class =
                pyo3_ffi::PyErr_NewExceptionWithDoc(name.as_ptr(), doc.as_ptr(), base, std::ptr::null_mut());
            Owned::from_new(self, class)
        }
    }
}
