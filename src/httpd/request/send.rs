//! Sending the reply.
//!
//! Owns the one way data reaches the output filters: one brigade per call, on the stack. Runs on the request's thread
//! and blocks while the client is slow. A small reply's last brigade is data, end and flush in one go: it leaves
//! before the handler returns, and its worker meets the client's next request awake.

use std::ffi::CStr;
use std::ptr;

use apache2_sys as sys;

use super::Request;
use crate::apr::{Brigade, BucketAlloc, File, Status};

/// What follows the data of one [`Request::send`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// More will come; httpd may keep this back to send it in larger pieces.
    Open,
    /// More will come, but this goes out now.
    Flush,
    /// The reply is whole and goes out now.
    Eos,
}

impl Request {
    /// Give `parts` to the output filters; nothing is copied unless a filter keeps it.
    ///
    /// # Errors
    /// [`Status::ABORTED`] when the client is gone, or a filter's own status.
    pub fn send(&self, parts: &[&[u8]], finish: Finish) -> Result<(), Status> {
        self.send_brigade(finish, |brigade| {
            parts
                .iter()
                .filter(|part| !part.is_empty())
                .for_each(|part| brigade.push_transient(part));
        })
    }

    /// Give `length` bytes of `file` from `offset` to the output filters.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn send_file(&self, file: File<'_>, offset: i64, length: i64, finish: Finish) -> Result<(), Status> {
        self.send_brigade(finish, |brigade| brigade.push_file(file, offset, length))
    }

    /// End the reply so that the client sees it is not whole, and close the connection.
    ///
    /// # Errors
    /// As [`Self::send`]; nobody needs to know.
    pub fn break_off(&self) -> Result<(), Status> {
        self.connection().close_after_reply();
        self.send_brigade(Finish::Eos, Brigade::push_broken)
    }

    /// A duplicate of an open file, to be sent as one of [`Self::open_file`].
    ///
    /// # Errors
    /// The operating system's reason.
    pub fn duplicate_file(&self, descriptor: i32) -> Result<File<'_>, Status> {
        File::duplicate(self.pool(), descriptor, self.sendfile_enabled())
    }

    /// Open a file to be sent, for the kernel's `sendfile` where `EnableSendfile` allows it.
    ///
    /// # Errors
    /// The operating system's reason.
    pub fn open_file(&self, path: &CStr) -> Result<File<'_>, Status> {
        if self.sendfile_enabled() {
            File::open_for_sendfile(self.pool(), path)
        } else {
            File::open(self.pool(), path)
        }
    }

    /// Once the end is sent, by this request or by one that it was redirected to, nothing can follow: what came behind
    /// it would be taken for the next reply on the connection.
    fn send_brigade<'d>(&self, finish: Finish, fill: impl FnOnce(&Brigade<'d>)) -> Result<(), Status> {
        if self.eos_sent() {
            return Ok(());
        }
        Brigade::with(self.pool(), self.bucket_alloc(), |brigade| {
            fill(brigade);
            match finish {
                Finish::Open => self.pass(brigade),
                Finish::Flush => {
                    brigade.push_flush();
                    self.pass(brigade)
                }
                Finish::Eos => self.pass_last(brigade),
            }
        })
    }

    /// Pass data, end and flush: at once where only httpd's own filters follow, else the flush behind the end.
    fn pass_last(&self, brigade: &Brigade<'_>) -> Result<(), Status> {
        brigade.push_eos();
        if self.may_flush_behind_eos() {
            self.mark_eos_sent();
        } else {
            self.pass(brigade)?;
            brigade.clear();
        }
        brigade.push_flush();
        self.pass(brigade)
    }

    /// Whether nobody on the way looks for the end in the brigade's last place.
    ///
    /// Content filters, the byte range filter and the header filter of a reply without body do, and so do the
    /// filters of HTTP/2 and of a subrequest.
    fn may_flush_behind_eos(&self) -> bool {
        let r = self.raw();
        let bodiless =
            r.header_only != 0 || matches!(r.status, sys::HTTP_NO_CONTENT | sys::HTTP_NOT_MODIFIED);
        !self.has_content_filters()
            && !bodiless
            && r.main.is_null()
            && self.connection().is_master()
            && self.headers_in().get(c"Range").is_none()
    }

    /// Whether a filter stands between the content and httpd's own ones.
    #[must_use]
    pub fn has_content_filters(&self) -> bool {
        !ptr::eq(self.raw().output_filters, self.raw().proto_output_filters)
    }

    /// What `ap_pass_brigade` does when the end comes last.
    fn mark_eos_sent(&self) {
        for r in std::iter::successors(Some(self), |r| r.prev()) {
            // SAFETY: the requests of the chain live and belong to this thread.
            unsafe { (*r.as_ptr()).eos_sent = 1 }
        }
    }

    fn pass(&self, brigade: &Brigade<'_>) -> Result<(), Status> {
        let filters = self.raw().output_filters;
        // SAFETY: httpd sets the filters with the request; the brigade is whole, and emptied after the call.
        Status::check(unsafe { sys::ap_pass_brigade(filters, brigade.as_ptr()) })
    }

    pub(in crate::httpd) fn bucket_alloc(&self) -> BucketAlloc<'_> {
        // SAFETY: the connection's allocator outlives the request, on its thread.
        unsafe { BucketAlloc::from_ptr(self.connection().raw().bucket_alloc) }
    }

    /// `EnableSendfile On`.
    fn sendfile_enabled(&self) -> bool {
        // SAFETY: httpd's core puts its own configuration into every merged vector.
        let core = unsafe {
            let config = sys::ap_get_core_module_config(self.raw().per_dir_config);
            config.cast::<sys::core_dir_config>().as_ref()
        };
        core.is_some_and(|core| core.enable_sendfile() == sys::ENABLE_SENDFILE_ON as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::httpd::fake::Fake;

    #[test]
    fn a_plain_reply_leaves_in_one_go() {
        assert!(Fake::new().request().may_flush_behind_eos());
    }

    #[test]
    fn the_end_comes_last_where_somebody_looks_for_it() {
        let changes: [fn(&Request); 5] = [
            |r| r.set_status(sys::HTTP_NO_CONTENT),
            |r| r.headers_in().set(c"Range", c"bytes=0-1"),
            // SAFETY: the record is the fake's own; nothing looks behind these pointers.
            |r| unsafe { (*r.as_ptr()).header_only = 1 },
            // SAFETY: as above.
            |r| unsafe { (*r.as_ptr()).output_filters = ptr::dangling_mut() },
            // SAFETY: as above.
            |r| unsafe { (*r.connection().as_ptr()).master = ptr::dangling_mut() },
        ];
        for change in changes {
            let fake = Fake::new();
            change(fake.request());
            assert!(!fake.request().may_flush_behind_eos());
        }
    }

    #[test]
    fn the_end_is_noted_for_the_requests_before_too() {
        let (fake, before) = (Fake::new(), Fake::new());
        // SAFETY: both records live to the end of the test.
        unsafe { (*fake.request().as_ptr()).prev = before.request().as_ptr() };
        fake.request().mark_eos_sent();
        assert!(fake.request().eos_sent() && before.request().eos_sent());
    }
}
