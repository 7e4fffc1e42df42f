//! Reading and writing a connection itself, below any request: for those who speak a protocol of their own.
//!
//! Owns the one way bytes of a connection reach its filters. Runs on the connection's thread inside
//! `process_connection` and blocks while the client is slow. Must never be used while a request reads its body.

use apache2_sys as sys;

use super::Connection;
use crate::apr::{Brigade, BucketAlloc, Status};

/// As much as httpd itself reads at once (`HUGE_STRING_LEN`).
const PIECE: usize = 8192;

impl Connection {
    /// Read what is there, at least one byte and at most `most`, waiting for it; `None` at the end.
    ///
    /// # Errors
    /// The filters' status: a time-out, or the client is gone.
    pub fn read(&self, most: usize) -> Result<Option<Vec<u8>>, Status> {
        self.get(sys::AP_MODE_READBYTES, most.min(PIECE))
    }

    /// Read a line with its end; `None` at the end of the stream.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub fn read_line(&self) -> Result<Option<Vec<u8>>, Status> {
        self.get(sys::AP_MODE_GETLINE, 0)
    }

    /// Send these bytes now.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub fn write(&self, data: &[u8]) -> Result<(), Status> {
        Brigade::with(self.pool(), self.bucket_alloc(), |brigade| {
            brigade.push_transient(data);
            brigade.push_flush();
            // SAFETY: httpd sets the filters with the connection; the brigade is whole, and emptied after its use.
            Status::check(unsafe { sys::ap_pass_brigade(self.raw().output_filters, brigade.as_ptr()) })
        })
    }

    fn get(&self, mode: sys::ap_input_mode_t, most: usize) -> Result<Option<Vec<u8>>, Status> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        Brigade::with(self.pool(), self.bucket_alloc(), |brigade| {
            // SAFETY: as for `write`.
            let code = unsafe {
                let filters = self.raw().input_filters;
                sys::ap_get_brigade(filters, brigade.as_ptr(), mode, sys::APR_BLOCK_READ, most)
            };
            match Status::check(code) {
                Err(status) if status.is_eof() => Ok(None),
                Err(status) => Err(status),
                Ok(()) => brigade
                    .to_vec()
                    .map(|data| Some(data).filter(|data| !data.is_empty())),
            }
        })
    }

    fn bucket_alloc(&self) -> BucketAlloc<'_> {
        // SAFETY: httpd makes the allocator with the connection, for its thread.
        unsafe { BucketAlloc::from_ptr(self.raw().bucket_alloc) }
    }
}
