//! From a header's name to its variable: `User-Agent` is `HTTP_USER_AGENT`, for ever the same `str`.
//!
//! One table per interpreter, used attached. It holds names as clients write them, but only so many: a client that
//! invents names gets a fresh `str` for each and fills nothing.

use std::cell::RefCell;
use std::ffi::c_int;

use fnv::FnvHashMap;
use pyo3_ffi::PyObject;

use crate::py::{Attached, Owned, PyResult, Stored};

/// So many names are kept.
const MOST: usize = 256;

/// Names of headers and what they became; `None` for those that are dropped.
#[derive(Debug, Default)]
pub(super) struct Variables(RefCell<Known>);

/// Hashed by FNV-1a: short keys, few of them, and a bound on their number.
type Known = FnvHashMap<Box<[u8]>, Option<Stored>>;

impl Variables {
    /// The variable of a header; `None` when it is none.
    #[inline]
    pub(super) fn of<'py>(&self, py: Attached<'py>, name: &[u8]) -> PyResult<Option<Owned<'py>>> {
        if let Some(known) = self.0.borrow().get(name) {
            return Ok(known.as_ref().map(|known| known.get(py).to_owned()));
        }
        self.add(py, name)
    }

    #[cold]
    fn add<'py>(&self, py: Attached<'py>, name: &[u8]) -> PyResult<Option<Owned<'py>>> {
        let made = variable(name).map(|text| py.str(&text)).transpose()?;
        // The string is made before the table is touched: making it may run a finalizer that comes here again.
        let kept = made.as_ref().map(|made| made.borrow().to_owned().store());
        let mut known = self.0.borrow_mut();
        if known.len() < MOST && !known.contains_key(name) {
            known.insert(name.into(), kept);
        }
        Ok(made)
    }

    /// Show the collector every reference held.
    pub(super) fn visit(&self, visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        let known = self.0.try_borrow();
        let strings = known.iter().flat_map(|known| known.values().flatten());
        strings
            .map(|string| visit(string.as_ptr()))
            .find(|stop| *stop != 0)
            .unwrap_or(0)
    }
}

/// The variable of CGI (RFC 3875, 4.1.18) for a header.
///
/// A name with `_` or anything else that is neither letter, digit nor `-` has none: it could pass for another header.
/// Nor has `Proxy`, whose variable programs take for their own configuration.
fn variable(name: &[u8]) -> Option<String> {
    if name.eq_ignore_ascii_case(b"Proxy") {
        return None;
    }
    let upper = name
        .iter()
        .map(|byte| match byte {
            b'-' => Some('_'),
            byte if byte.is_ascii_alphanumeric() => Some(char::from(byte.to_ascii_uppercase())),
            _ => None,
        })
        .collect::<Option<String>>()?;
    Some(match upper.as_str() {
        "CONTENT_TYPE" | "CONTENT_LENGTH" => upper,
        _ => format!("HTTP_{upper}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_becomes_its_variable_or_nothing() {
        for (name, wanted) in [
            ("User-Agent", Some("HTTP_USER_AGENT")),
            ("x-2", Some("HTTP_X_2")),
            ("Content-Type", Some("CONTENT_TYPE")),
            ("content-length", Some("CONTENT_LENGTH")),
            ("Authorization", Some("HTTP_AUTHORIZATION")),
            ("X_Forwarded", None),
            ("X.Y", None),
            ("proxy", None),
        ] {
            assert_eq!(variable(name.as_bytes()).as_deref(), wanted, "{name}");
        }
    }
}
