//! Reading the request's body.
//!
//! Owns the one way it is read: brigades from the input filters, which also take chunks apart. Runs on the request's
//! thread and blocks while the client is slow. `remaining` and `read_length` are kept as httpd's own reader does.

use std::ffi::c_int;

use apache2_sys as sys;

use super::Request;
use crate::apr::{Brigade, Status, Wait};
use crate::httpd::HttpStatus;

/// What a handler makes of a request that has a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum BodyPolicy {
    /// `REQUEST_NO_BODY`: 413 when there is one.
    None = sys::REQUEST_NO_BODY,
    /// `REQUEST_CHUNKED_ERROR`: 411 when its length is not known.
    Length = sys::REQUEST_CHUNKED_ERROR,
    /// `REQUEST_CHUNKED_DECHUNK`: any body, without its chunk lines.
    Any = sys::REQUEST_CHUNKED_DECHUNK,
}

impl Request {
    /// Prepare for reading (`ap_setup_client_block`); whether there is anything to read.
    ///
    /// # Errors
    /// The status for a body the policy or httpd's limits do not allow.
    pub fn setup_body(&self, policy: BodyPolicy) -> Result<bool, HttpStatus> {
        // SAFETY: the request lives.
        match unsafe { sys::ap_setup_client_block(self.as_ptr(), policy as c_int) } {
            // SAFETY: as above.
            sys::OK => Ok(unsafe { sys::ap_should_client_block(self.as_ptr()) } != 0),
            code => Err(HttpStatus::new(code)),
        }
    }

    /// Read what comes next into `buffer`: at least one byte, or 0 at the end.
    ///
    /// # Errors
    /// Why there is no more; [`Status::is_again`] when `wait` says not to wait. See [`Self::body_error`].
    pub fn read_body(&self, buffer: &mut [u8], wait: Wait) -> Result<usize, Status> {
        if buffer.is_empty() || self.body_is_read() {
            return Ok(0);
        }
        Brigade::with(self.pool(), self.bucket_alloc(), |brigade| {
            while brigade.is_empty() {
                self.get_brigade(brigade, wait, buffer.len())?;
            }
            let ended = brigade.ends_stream();
            let len = brigade.read(buffer)?;
            self.count_read(len, ended);
            Ok(len)
        })
    }

    /// Read the rest of the body and forget it (`ap_discard_request_body`).
    ///
    /// # Errors
    /// The status for a body that cannot be read.
    pub fn discard_body(&self) -> Result<(), HttpStatus> {
        // SAFETY: the request lives.
        match unsafe { sys::ap_discard_request_body(self.as_ptr()) } {
            sys::OK => Ok(()),
            code => Err(HttpStatus::new(code)),
        }
    }

    /// The status for a body that could not be read; `None` when a filter has answered already.
    #[must_use]
    pub fn body_error(status: Status) -> Option<HttpStatus> {
        // SAFETY: a pure function of httpd.
        let code = unsafe { sys::ap_map_http_request_error(status.code(), sys::HTTP_BAD_REQUEST) };
        (code != sys::AP_FILTER_ERROR).then(|| HttpStatus::new(code))
    }

    fn get_brigade(&self, brigade: &Brigade<'_>, wait: Wait, most: usize) -> Result<(), Status> {
        let (filters, most) = (self.raw().input_filters, i64::try_from(most).unwrap_or(i64::MAX));
        // SAFETY: httpd sets the filters with the request; the brigade is whole, and emptied after its use.
        let code = unsafe {
            sys::ap_get_brigade(
                filters,
                brigade.as_ptr(),
                sys::AP_MODE_READBYTES,
                wait as u32,
                most,
            )
        };
        Status::check(code).inspect_err(|status| {
            if !status.is_again() {
                self.connection().close_after_reply();
            }
        })
    }

    /// `ap_get_client_block` says so in the same words.
    fn body_is_read(&self) -> bool {
        let r = self.raw();
        r.remaining < 0 || (r.read_chunked == 0 && r.remaining == 0)
    }

    fn count_read(&self, len: usize, ended: bool) {
        let r = self.as_ptr();
        // SAFETY: the record lives and belongs to this thread.
        unsafe {
            (*r).read_length += i64::try_from(len).unwrap_or(i64::MAX);
            if ended {
                (*r).remaining = if (*r).read_chunked != 0 { -1 } else { 0 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::httpd::fake::Fake;

    #[test]
    fn no_body_reads_as_its_end() {
        let fake = Fake::new();
        assert_eq!(fake.request().read_body(&mut [0; 8], Wait::Block), Ok(0));
    }

    #[test]
    fn the_end_is_kept_as_httpd_keeps_it() {
        for (chunked, remaining) in [(0, 0), (1, -1)] {
            let fake = Fake::new();
            let r = fake.request();
            // SAFETY: the record is the fake's own.
            unsafe { (*r.as_ptr()).read_chunked = chunked };
            r.count_read(5, true);
            assert_eq!(
                (r.read_length(), r.remaining(), r.body_is_read()),
                (5, remaining, true)
            );
        }
    }
}
