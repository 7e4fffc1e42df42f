//! `apr_status_t` that is not `APR_SUCCESS`.
//!
//! Owns the one way in which APR's failures become Rust errors. Any thread, any phase; never logs.

use std::ffi::{c_char, c_int};
use std::fmt;
use std::num::NonZero;

use apache2_sys as sys;

use super::text;

/// Why an APR or httpd call failed; its text comes from `apr_strerror`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(NonZero<c_int>);

impl Status {
    /// `APR_EGENERAL`: failed, and APR does not say why.
    pub const GENERAL: Self = Self::constant(sys::APR_EGENERAL);
    /// `APR_EOF`: nothing more to read.
    pub const EOF: Self = Self::constant(sys::APR_EOF);
    /// `APR_EAGAIN`: nothing there yet.
    pub const AGAIN: Self = Self::constant(sys::APR_EAGAIN);
    /// `APR_ECONNABORTED`: the client is gone.
    pub const ABORTED: Self = Self::constant(sys::APR_ECONNABORTED);

    /// What a call returned, as a `Result`.
    ///
    /// # Errors
    /// Every code but `APR_SUCCESS`.
    pub fn check(code: c_int) -> Result<(), Self> {
        NonZero::new(code).map_or(Ok(()), |code| Err(Self(code)))
    }

    /// The code as APR writes it.
    #[must_use]
    pub fn code(self) -> c_int {
        self.0.get()
    }

    /// The `errno` behind the status, when it comes from the operating system.
    #[must_use]
    pub fn errno(self) -> Option<c_int> {
        (self.code() < sys::APR_OS_START_ERROR).then(|| self.code())
    }

    /// `APR_STATUS_IS_EOF`.
    #[must_use]
    pub fn is_eof(self) -> bool {
        self == Self::EOF
    }

    /// `APR_STATUS_IS_EAGAIN`: nothing there yet, in a call that does not block.
    #[must_use]
    pub fn is_again(self) -> bool {
        self.code() == sys::APR_EAGAIN
    }

    /// `APR_STATUS_IS_TIMEUP`: the peer was silent for too long.
    #[must_use]
    pub fn is_timeout(self) -> bool {
        self.code() == sys::APR_TIMEUP
    }

    /// `APR_STATUS_IS_ENOENT` or `APR_STATUS_IS_ENOTDIR`: a path leads nowhere.
    #[must_use]
    pub fn is_missing(self) -> bool {
        matches!(self.errno(), Some(libc::ENOENT | libc::ENOTDIR))
    }

    const fn constant(code: c_int) -> Self {
        match NonZero::new(code) {
            Some(code) => Self(code),
            None => Self(NonZero::<c_int>::MIN),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer: [c_char; 200] = [0; 200];
        // SAFETY: apr_strerror writes at most the given length, terminated, into our own buffer.
        let said = unsafe { text::borrow(sys::apr_strerror(self.code(), buffer.as_mut_ptr(), buffer.len())) };
        f.write_str(&said.map(std::ffi::CStr::to_string_lossy).unwrap_or_default())
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Status({}: {self})", self.code())
    }
}

impl std::error::Error for Status {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_is_no_status() {
        assert_eq!(Status::check(sys::APR_SUCCESS), Ok(()));
    }

    #[test]
    fn an_errno_speaks_like_the_system() {
        let status = Status::check(libc::ENOENT).unwrap_err();
        assert_eq!(
            (status.to_string().as_str(), status.errno()),
            ("No such file or directory", Some(2))
        );
    }

    #[test]
    fn an_apr_code_has_no_errno() {
        assert_eq!(
            (Status::EOF.to_string().as_str(), Status::EOF.errno()),
            ("End of file found", None)
        );
        assert!(Status::EOF.is_eof() && !Status::EOF.is_again());
    }
}
