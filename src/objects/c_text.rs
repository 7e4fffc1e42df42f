//! Text on its way from Python to httpd: a C string that needs no allocation while it is short.
//!
//! Made attached, used for the length of one call of httpd's, which copies what it keeps.

use std::ffi::CStr;
use std::ops::Deref;

use smallvec::SmallVec;

/// Content types, header names and most header values are shorter.
const INLINE: usize = 96;

/// Bytes without a NUL, and the NUL that ends them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CText(SmallVec<[u8; INLINE]>);

impl CText {
    /// The text as C has it; `None` if it contains a NUL.
    #[must_use]
    pub(super) fn new(text: &[u8]) -> Option<Self> {
        let mut bytes = SmallVec::with_capacity(text.len() + 1);
        bytes.extend_from_slice(text);
        bytes.push(0);
        CStr::from_bytes_with_nul(&bytes).is_ok().then_some(CText(bytes))
    }
}

impl Deref for CText {
    type Target = CStr;

    #[inline]
    fn deref(&self) -> &CStr {
        // Checked when it was made.
        CStr::from_bytes_with_nul(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_whole_and_a_nul_is_refused() {
        for text in ["", "text/plain", "ä".repeat(INLINE).as_str()] {
            assert_eq!(CText::new(text.as_bytes()).unwrap().to_bytes(), text.as_bytes());
        }
        assert!(CText::new(b"a\0b").is_none());
    }
}
