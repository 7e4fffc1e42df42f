//! Text lent by C: bytes that live in a pool, in httpd's records or in its configuration.
//!
//! Owns the only places that build slices from raw parts, with null and length 0 allowed. Any thread, any phase.
//! Must never copy, and never guess a lifetime: the caller names the owner of the memory.

use std::ffi::{CStr, c_char};

use apache2_sys as sys;

/// A C string, or `None` for null.
///
/// # Safety
/// `text` is null, or NUL-terminated and neither freed nor changed for `'a`.
#[must_use]
pub(crate) unsafe fn borrow<'a>(text: *const c_char) -> Option<&'a CStr> {
    // SAFETY: the caller's contract, and not null.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) })
}

/// A C string as UTF-8; `None` for null and for anything that is not UTF-8.
///
/// # Safety
/// As [`borrow`].
#[must_use]
pub(crate) unsafe fn borrow_str<'a>(text: *const c_char) -> Option<&'a str> {
    // SAFETY: the caller's contract is borrow's.
    unsafe { borrow(text) }.and_then(|text| text.to_str().ok())
}

/// `len` values from `first`; empty when `first` is null or `len` is not positive.
///
/// # Safety
/// `first` is null, or points to `len` initialised values that are neither freed nor changed for `'a`.
#[must_use]
pub(crate) unsafe fn slice<'a, T>(first: *const T, len: usize) -> &'a [T] {
    if first.is_null() || len == 0 {
        return &[];
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the function the lint points to"
    )]
    // SAFETY: the caller's contract, and not null.
    unsafe {
        std::slice::from_raw_parts(first, len)
    }
}

/// The C strings in an APR array of them; none for null.
///
/// # Safety
/// `array` is null, or holds pointers to C strings, and neither it nor they change for `'a`.
pub(crate) unsafe fn array<'a>(array: *const sys::apr_array_header_t) -> impl Iterator<Item = &'a CStr> {
    // SAFETY: the caller's contract; an array holds `nelts` values.
    let texts: &[*const c_char] = unsafe {
        array.as_ref().map_or(&[], |array| {
            slice(array.elts.cast(), usize::try_from(array.nelts).unwrap_or(0))
        })
    };
    // SAFETY: the caller's contract.
    texts.iter().filter_map(|&text| unsafe { borrow(text) })
}

/// Whether `text` can be a header's name or value as far as its bytes go: no CR, no LF, no NUL.
///
/// Callers check it before they hand a client's or an application's text to a header table.
#[must_use]
pub fn is_header_safe(text: &[u8]) -> bool {
    !text.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_nothing() {
        // SAFETY: null is allowed by each of them.
        unsafe {
            assert_eq!(borrow(std::ptr::null()), None);
            assert_eq!(borrow_str(std::ptr::null()), None);
            assert_eq!(slice::<u8>(std::ptr::null(), 9), b"");
        }
    }

    #[test]
    fn a_header_is_one_line() {
        assert!(is_header_safe(b"text/html; charset=utf-8"));
        assert!(![&b"a\r\nb"[..], b"a\n", b"a\0"].into_iter().any(is_header_safe));
    }
}
