//! httpd's two kinds of pattern: wildcards as in `<Directory /srv/*>`, regular expressions as in `<DirectoryMatch re>`.
//!
//! Owns compiled patterns outside of any pool, so they may live as long as the process. Compiled while configuration
//! is read, matched on any thread. Must never match by rules of its own: what httpd matches, we match.

use std::ffi::CString;
use std::mem::MaybeUninit;
use std::ptr;

use apache2_sys as sys;

/// A path with wildcards; `*` and `?` stop at a slash.
#[derive(Debug)]
pub struct Fnmatch(CString);

impl Fnmatch {
    /// The pattern for `text`; `None` when it holds a NUL.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        CString::new(text).ok().map(Self)
    }

    /// Whether the whole of `path` matches.
    #[must_use]
    pub fn matches(&self, path: &[u8]) -> bool {
        let Ok(path) = CString::new(path) else {
            return false;
        };
        // SAFETY: two C strings that live for the call.
        unsafe { sys::apr_fnmatch(self.0.as_ptr(), path.as_ptr(), sys::APR_FNM_PATHNAME) == 0 }
    }
}

/// A regular expression in httpd's dialect.
pub struct Regex(Box<sys::ap_regex_t>);

// SAFETY: PCRE's compiled code is constant, and ap_regexec_len keeps what it needs for one match to itself.
unsafe impl Send for Regex {}
// SAFETY: as above.
unsafe impl Sync for Regex {}

impl Regex {
    /// Compile `text`; `None` when httpd does not understand it.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = CString::new(text).ok()?;
        let mut code = Box::new(MaybeUninit::<sys::ap_regex_t>::zeroed());
        // SAFETY: both live for the call; ap_regcomp fills the record when it answers 0.
        let answer = unsafe { sys::ap_regcomp(code.as_mut_ptr(), text.as_ptr(), sys::AP_REG_EXTENDED) };
        // SAFETY: filled, as answer 0 says; it is plain data of C.
        (answer == 0).then(|| Self(unsafe { code.assume_init() }))
    }

    /// Whether a part of `text` matches.
    #[must_use]
    pub fn matches(&self, text: &[u8]) -> bool {
        // SAFETY: the code was compiled by new(), the text lives for the call, and no groups are asked for.
        unsafe {
            sys::ap_regexec_len(
                &raw const *self.0,
                text.as_ptr().cast(),
                text.len(),
                0,
                ptr::null_mut(),
                0,
            ) == 0
        }
    }
}

impl Drop for Regex {
    fn drop(&mut self) {
        // SAFETY: compiled by new(), freed once.
        unsafe { sys::ap_regfree(&raw mut *self.0) };
    }
}

impl std::fmt::Debug for Regex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Regex")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stops_at_a_slash() {
        let homes = Fnmatch::new("/home/*/www").unwrap();
        assert!(homes.matches(b"/home/ann/www"));
        assert!(!homes.matches(b"/home/ann/x/www") && !homes.matches(b"/home/ann/www/"));
    }
}
