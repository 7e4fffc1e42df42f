//! The arguments of a method called by vectorcall: positional, then keywords, parsed by small typed getters.
//!
//! Shape: `METH_FASTCALL | METH_KEYWORDS`. A method declares its parameter names once, in order; a getter names
//! the index. Runs attached only.

use std::ffi::CStr;

use pyo3_ffi::{Py_ssize_t, PyObject, PyTuple_GET_ITEM, PyTuple_GET_SIZE};

use super::exception::PyResult;
use super::owned::Borrowed;
use super::token::Attached;

/// Most parameters that one of our methods has.
const MOST: usize = 8;

/// Bound arguments: one slot per declared parameter.
#[derive(Debug)]
pub struct Args<'a, 'py> {
    py: Attached<'py>,
    name: &'static CStr,
    params: &'static [&'static str],
    slots: [Option<Borrowed<'a, 'py>>; MOST],
}

/// What a method is called and takes: `required` leading parameters, the rest optional.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// The method's name, for messages.
    pub name: &'static CStr,
    /// Parameter names in order.
    pub params: &'static [&'static str],
    /// How many of them must be given.
    pub required: usize,
}

impl<'a, 'py> Args<'a, 'py> {
    /// Bind a vectorcall's arguments to a signature.
    ///
    /// # Errors
    /// TypeError in CPython's words: too many, missing, unknown or repeated arguments.
    ///
    /// # Safety
    /// `args` holds `count` positional objects followed by one per name in `kwnames` (a tuple or null), all
    /// alive for `'a`: what CPython guarantees to a `METH_FASTCALL | METH_KEYWORDS` function.
    pub unsafe fn bind(
        py: Attached<'py>,
        signature: &Signature,
        args: *const *mut PyObject,
        count: Py_ssize_t,
        kwnames: *mut PyObject,
    ) -> PyResult<Self> {
        let mut bound = Args {
            py,
            name: signature.name,
            params: signature.params,
            slots: [None; MOST],
        };
        let count = usize::try_from(count).unwrap_or(0);
        if count > signature.params.len() {
            return Err(bound.too_many(count));
        }
        for i in 0..count {
            // SAFETY: i < count, the caller's contract.
            bound.slots[i] = unsafe { Borrowed::from_borrowed_opt(py, *args.add(i)) };
        }
        if !kwnames.is_null() {
            // SAFETY: the caller's contract: values follow the positional ones, one per name.
            unsafe { bound.bind_keywords(args.add(count), kwnames)? };
        }
        bound.require(signature.required)?;
        Ok(bound)
    }

    /// # Safety
    /// As for [`Args::bind`]: `values` holds one object per name of the tuple.
    unsafe fn bind_keywords(&mut self, values: *const *mut PyObject, kwnames: *mut PyObject) -> PyResult<()> {
        // SAFETY: kwnames is a live tuple of str.
        let count = unsafe { PyTuple_GET_SIZE(kwnames) };
        for i in 0..count {
            // SAFETY: i lies below the tuple's size; the values run parallel to it.
            let (key, value) = unsafe {
                let key = Borrowed::from_borrowed(self.py, PyTuple_GET_ITEM(kwnames, i))?;
                (
                    self.py.text(key)?,
                    Borrowed::from_borrowed_opt(self.py, *values.add(i.unsigned_abs())),
                )
            };
            let Some(at) = self.params.iter().position(|p| *p == key) else {
                return Err(self.type_error(&format!("got an unexpected keyword argument '{key}'")));
            };
            if self.slots[at].is_some() {
                return Err(self.type_error(&format!("got multiple values for argument '{key}'")));
            }
            self.slots[at] = value;
        }
        Ok(())
    }

    fn require(&self, required: usize) -> PyResult<()> {
        match self.slots[..required].iter().position(Option::is_none) {
            None => Ok(()),
            Some(at) => Err(self.type_error(&format!("missing required argument '{}'", self.params[at]))),
        }
    }

    fn too_many(&self, count: usize) -> super::Raised {
        self.type_error(&format!(
            "takes at most {} arguments ({count} given)",
            self.params.len()
        ))
    }

    fn type_error(&self, text: &str) -> super::Raised {
        self.py
            .raise_type_error(&format!("{}() {text}", self.name.to_string_lossy()))
    }

    /// The argument at `index`, if it was given.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Borrowed<'a, 'py>> {
        self.slots.get(index).copied().flatten()
    }

    /// The argument at `index`, which the signature requires.
    ///
    /// # Errors
    /// TypeError when it is missing all the same (a signature that promises too little).
    #[inline]
    pub fn required(&self, index: usize) -> PyResult<Borrowed<'a, 'py>> {
        self.get(index)
            .ok_or_else(|| self.type_error("missing a required argument"))
    }

    /// An `int` argument, or `default`.
    ///
    /// # Errors
    /// TypeError, OverflowError.
    pub fn integer(&self, index: usize, default: i64) -> PyResult<i64> {
        self.get(index)
            .map_or(Ok(default), |value| self.py.integer(value))
    }

    /// A truth argument, or `default`.
    ///
    /// # Errors
    /// Whatever `__bool__` raises.
    pub fn truth(&self, index: usize, default: bool) -> PyResult<bool> {
        self.get(index).map_or(Ok(default), |value| self.py.truth(value))
    }
}
