//! Reading a brigade from its front: what a filter does with what comes to it.
//!
//! Owns the taking of buckets, whole or in part. A bucket may be a file or a pipe, so taking data can block: it runs
//! detached, on the thread of the brigade's pool. Buckets of unknown kinds are passed on whole, never looked into.

use apache2_sys as sys;

use super::{Brigade, Pool, Status, Wait, text};

/// What stands in front of a brigade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Front {
    /// The brigade is empty.
    Nothing,
    /// Data, perhaps none yet.
    Data,
    /// The end of the stream.
    Eos,
    /// The wish that everything before it be sent now.
    Flush,
    /// What only httpd's own filters understand.
    Other,
}

/// How much is wanted of the data in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// So many bytes at most.
    Bytes(usize),
    /// Up to and including a line end, so many bytes at most.
    Line(usize),
}

impl Piece {
    /// How much of `data` belongs to the piece, and whether the piece is whole with it, `had` bytes of it being there.
    fn cut(self, data: &[u8], had: usize) -> (usize, bool) {
        let (Self::Bytes(most) | Self::Line(most)) = self;
        let room = most.saturating_sub(had).min(data.len());
        let line_end = match self {
            Self::Bytes(_) => None,
            Self::Line(_) => data[..room].iter().position(|byte| *byte == b'\n'),
        };
        line_end.map_or((room, had + room >= most), |end| (end + 1, true))
    }
}

impl Brigade<'_> {
    /// What comes next.
    #[must_use]
    pub fn front(&self) -> Front {
        if self.is_empty() {
            return Front::Nothing;
        }
        // SAFETY: a whole brigade, ours for the call, and not empty.
        unsafe {
            match sys::APR_BRIGADE_FIRST(self.as_ptr()) {
                bucket if sys::APR_BUCKET_IS_EOS(bucket) => Front::Eos,
                bucket if sys::APR_BUCKET_IS_FLUSH(bucket) => Front::Flush,
                bucket if sys::APR_BUCKET_IS_METADATA(bucket) => Front::Other,
                _ => Front::Data,
            }
        }
    }

    /// Destroy the bucket in front.
    pub fn drop_front(&self) {
        if !self.is_empty() {
            // SAFETY: a whole brigade, ours for the call, and not empty.
            unsafe { sys::apr_bucket_delete(sys::APR_BRIGADE_FIRST(self.as_ptr())) }
        }
    }

    /// Append data to `out` until the piece is whole (true) or no data is in front (false).
    ///
    /// Waits for the first data of a bucket that has to be asked; once something is there, takes what more there is.
    ///
    /// # Errors
    /// The status of a bucket that could not be read.
    pub fn take(&self, piece: Piece, out: &mut Vec<u8>) -> Result<bool, Status> {
        let mut whole = piece.cut(b"", out.len()).1;
        while !whole && self.front() == Front::Data {
            let wait = if out.is_empty() {
                Wait::Block
            } else {
                Wait::NonBlock
            };
            match self.take_front(piece, wait, out) {
                Err(status) if status.is_again() => return Ok(true),
                taken => whole = taken?,
            }
        }
        Ok(whole)
    }

    /// As [`Self::take`], of the one bucket in front, which holds data.
    fn take_front(&self, piece: Piece, wait: Wait, out: &mut Vec<u8>) -> Result<bool, Status> {
        let (mut data, mut len) = (std::ptr::null(), 0);
        // SAFETY: a whole brigade, ours for the call, whose first bucket is data; the data read stays as long as the
        // bucket, which is deleted after the copy. A bucket that was read can be split at a place within its data.
        unsafe {
            let bucket = sys::APR_BRIGADE_FIRST(self.as_ptr());
            Status::check(sys::apr_bucket_read(
                bucket,
                &raw mut data,
                &raw mut len,
                wait as u32,
            ))?;
            let data: &[u8] = text::slice(data.cast(), len);
            let (taken, whole) = piece.cut(data, out.len());
            out.extend_from_slice(&data[..taken]);
            if taken < len {
                Status::check(sys::apr_bucket_split(bucket, taken))?;
            }
            sys::apr_bucket_delete(bucket);
            Ok(whole)
        }
    }

    /// Append every bucket to `to`.
    pub fn move_all(&self, to: &Brigade<'_>) {
        // SAFETY: both are whole brigades of one allocator, ours for the call; what is lent to a filter is lent for
        // the length of its call, within which `to` is passed on and emptied.
        unsafe { sys::APR_BRIGADE_CONCAT(to.as_ptr(), self.as_ptr()) }
    }

    /// Append the bucket in front to `to`.
    pub fn move_front(&self, to: &Brigade<'_>) {
        if self.is_empty() {
            return;
        }
        // SAFETY: as for `move_all`; the bucket leaves its ring before it enters the other.
        unsafe {
            let bucket = sys::APR_BRIGADE_FIRST(self.as_ptr());
            sys::APR_BUCKET_REMOVE(bucket);
            sys::APR_BRIGADE_INSERT_TAIL(to.as_ptr(), bucket);
        }
    }

    /// Append so many bytes from the front to `to`, and what stands before the next byte.
    ///
    /// # Errors
    /// The status of a bucket that could not be read.
    pub fn move_bytes(&self, to: &Brigade<'_>, most: usize) -> Result<(), Status> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut after = std::ptr::null_mut();
        // SAFETY: a whole brigade, ours for the call.
        let code = unsafe { sys::apr_brigade_partition(self.as_ptr(), most, &raw mut after) };
        if code != sys::APR_INCOMPLETE {
            Status::check(code)?;
        }
        // SAFETY: as above; APR names a bucket of this brigade, or its end.
        while unsafe { sys::APR_BRIGADE_FIRST(self.as_ptr()) } != after && !self.is_empty() {
            self.move_front(to);
        }
        if self.front() == Front::Eos {
            self.move_front(to);
        }
        Ok(())
    }

    /// Append the line in front to `to`, of so many bytes at most.
    ///
    /// # Errors
    /// The status of a bucket that could not be read.
    pub fn move_line(&self, to: &Brigade<'_>, most: usize) -> Result<(), Status> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        // SAFETY: both are whole brigades of one allocator, ours for the call.
        Status::check(unsafe {
            sys::apr_brigade_split_line(to.as_ptr(), self.as_ptr(), Wait::Block as u32, most)
        })
    }

    /// Make every bucket stay as long as `pool`.
    ///
    /// # Errors
    /// The status of a bucket that cannot stay.
    pub fn set_aside(&self, pool: Pool<'_>) -> Result<(), Status> {
        // SAFETY: a whole brigade, ours for the call; setting aside changes a bucket in its place.
        unsafe {
            let mut bucket = sys::APR_BRIGADE_FIRST(self.as_ptr());
            while bucket != sys::APR_BRIGADE_SENTINEL(self.as_ptr()) {
                match sys::apr_bucket_setaside(bucket, pool.as_ptr()) {
                    sys::APR_ENOTIMPL => {}
                    code => Status::check(code)?,
                }
                bucket = sys::APR_BUCKET_NEXT(bucket);
            }
        }
        Ok(())
    }

    /// Append a copy of `data`, gathered with what was written before.
    ///
    /// # Errors
    /// None that APR knows of today.
    pub fn write(&self, data: &[u8]) -> Result<(), Status> {
        // SAFETY: a whole brigade, ours for the call; without a flush function APR copies the data.
        Status::check(unsafe {
            sys::apr_brigade_write(
                self.as_ptr(),
                None,
                std::ptr::null_mut(),
                data.as_ptr().cast(),
                data.len(),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apr::{BucketAlloc, OwnedPool};

    fn filled<R>(f: impl FnOnce(&Brigade<'_>) -> R) -> R {
        let owner = OwnedPool::unmanaged();
        Brigade::with(owner.pool(), BucketAlloc::new(owner.pool()), |brigade| {
            brigade.push_heap(b"one\ntw");
            brigade.push_immortal(b"o\nthree");
            brigade.push_flush();
            brigade.push_heap(b"four");
            brigade.push_eos();
            f(brigade)
        })
    }

    fn taken(brigade: &Brigade<'_>, piece: Piece) -> (String, bool) {
        let mut out = Vec::new();
        let whole = brigade.take(piece, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), whole)
    }

    #[test]
    fn data_ends_where_the_next_sign_stands() {
        filled(|brigade| {
            assert_eq!(
                taken(brigade, Piece::Bytes(usize::MAX)),
                ("one\ntwo\nthree".into(), false)
            );
            assert_eq!(brigade.front(), Front::Flush);
            brigade.drop_front();
            assert_eq!(taken(brigade, Piece::Bytes(2)), ("fo".into(), true));
            assert_eq!(taken(brigade, Piece::Bytes(9)), ("ur".into(), false));
            assert_eq!(brigade.front(), Front::Eos);
            brigade.drop_front();
            assert_eq!(brigade.front(), Front::Nothing);
        });
    }

    #[test]
    fn lines_cross_buckets() {
        filled(|brigade| {
            let line = |most| taken(brigade, Piece::Line(most));
            assert_eq!(line(usize::MAX), ("one\n".into(), true));
            assert_eq!(line(1), ("t".into(), true));
            assert_eq!(line(usize::MAX), ("wo\n".into(), true));
            assert_eq!(line(usize::MAX), ("three".into(), false));
        });
    }

    #[test]
    fn buckets_go_over_whole() {
        filled(|brigade| {
            Brigade::with(OwnedPool::unmanaged().pool(), brigade.bucket_alloc(), |to| {
                brigade.move_front(to);
                assert_eq!(taken(to, Piece::Bytes(99)).0, "one\ntw");
                brigade.move_all(to);
                assert!(brigade.is_empty() && to.ends_stream());
            });
        });
    }
}
