//! Brigades: the buckets of data that go through httpd's filters.
//!
//! Owns the rule that lent data outlives the brigade it is in: a brigade of ours exists inside [`Brigade::with`] only,
//! on the stack, and is emptied before that returns; a filter that keeps data sets it aside, as httpd demands. The one
//! that may be kept is [`Brigade::in_pool`], which is lent nothing. Runs on the thread of the pool.

use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use apache2_sys as sys;

use super::{File, Pool, Status};

/// Where a connection's buckets come from.
#[derive(Clone, Copy)]
pub struct BucketAlloc<'a> {
    raw: *mut sys::apr_bucket_alloc_t,
    pool: PhantomData<Pool<'a>>,
}

impl<'a> BucketAlloc<'a> {
    /// An allocator that lives with `pool`.
    #[must_use]
    pub fn new(pool: Pool<'a>) -> Self {
        // SAFETY: the pool lives for 'a.
        let raw = unsafe { sys::apr_bucket_alloc_create(pool.as_ptr()) };
        Self {
            raw,
            pool: PhantomData,
        }
    }

    /// Borrow httpd's allocator.
    ///
    /// # Safety
    /// `raw` lives for `'a` and is used by this thread alone meanwhile.
    #[must_use]
    pub unsafe fn from_ptr(raw: *mut sys::apr_bucket_alloc_t) -> Self {
        Self {
            raw,
            pool: PhantomData,
        }
    }
}

/// Whether a read waits for data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Wait {
    /// `APR_BLOCK_READ`.
    Block = sys::APR_BLOCK_READ,
    /// `APR_NONBLOCK_READ`: [`Status::is_again`] when nothing is there.
    NonBlock = sys::APR_NONBLOCK_READ,
}

/// A brigade whose lent data lives at least for `'d`.
#[repr(transparent)]
pub struct Brigade<'d> {
    raw: UnsafeCell<sys::apr_bucket_brigade>,
    /// Invariant: a shorter `'d` would let in data that dies too early.
    lent: PhantomData<Cell<&'d [u8]>>,
}

impl<'d> Brigade<'d> {
    /// Call `f` with an empty brigade; what is left in it afterwards is destroyed.
    pub fn with<R>(pool: Pool<'_>, alloc: BucketAlloc<'_>, f: impl FnOnce(&Self) -> R) -> R {
        let mut room = MaybeUninit::uninit();
        let raw: *mut sys::apr_bucket_brigade = room.as_mut_ptr();
        // SAFETY: the room stays where it is until this function returns, so the ring may point into it.
        unsafe {
            (&raw mut (*raw).p).write(pool.as_ptr());
            (&raw mut (*raw).bucket_alloc).write(alloc.raw);
            (&raw mut (*raw).list.next).write(sys::APR_BRIGADE_SENTINEL(raw));
            (&raw mut (*raw).list.prev).write(sys::APR_BRIGADE_SENTINEL(raw));
        }
        let _emptied = Emptied(raw);
        // SAFETY: just made whole; the guard empties it after f, also when f panics.
        f(unsafe { &*raw.cast::<Self>() })
    }

    /// An empty brigade that stays as long as the pool; see [`Brigade::set_aside`].
    #[must_use]
    pub fn in_pool<'p>(pool: Pool<'p>, alloc: BucketAlloc<'_>) -> &'p Brigade<'static> {
        // SAFETY: the pool lives for 'p; a connection's allocator outlives the pools of its requests.
        unsafe { Brigade::from_ptr(sys::apr_brigade_create(pool.as_ptr(), alloc.raw)) }
    }

    /// See a brigade of httpd's, lent for one call.
    ///
    /// # Safety
    /// `raw` is a whole brigade that this thread alone uses for `'b`; what is put in it lives until its owner is done.
    #[must_use]
    pub unsafe fn from_ptr<'b>(raw: *mut sys::apr_bucket_brigade) -> &'b Self {
        // SAFETY: the caller's contract; the type is transparent.
        unsafe { &*raw.cast::<Self>() }
    }

    /// The brigade for a C call.
    #[must_use]
    pub fn as_ptr(&self) -> *mut sys::apr_bucket_brigade {
        self.raw.get()
    }

    /// Append data that stays where it is; a filter that keeps it copies it.
    pub fn push_transient(&self, data: &'d [u8]) {
        // SAFETY: the data outlives the brigade by 'd.
        self.push(unsafe {
            sys::apr_bucket_transient_create(data.as_ptr().cast(), data.len(), self.alloc())
        });
    }

    /// Append data that lives for ever.
    pub fn push_immortal(&self, data: &'static [u8]) {
        // SAFETY: the data is static.
        self.push(unsafe { sys::apr_bucket_immortal_create(data.as_ptr().cast(), data.len(), self.alloc()) });
    }

    /// Append a copy on APR's heap.
    pub fn push_heap(&self, data: &[u8]) {
        // SAFETY: without a free function APR copies the data.
        self.push(unsafe {
            sys::apr_bucket_heap_create(data.as_ptr().cast(), data.len(), None, self.alloc())
        });
    }

    /// Append a copy in `pool`; a filter that keeps it longer than the pool copies it.
    pub fn push_pool(&self, pool: Pool<'_>, data: &[u8]) {
        let data = pool.dup_bytes(data);
        // SAFETY: the data lies in that pool; the bucket takes it over when the pool goes first.
        self.push(unsafe {
            sys::apr_bucket_pool_create(data.as_ptr().cast(), data.len(), pool.as_ptr(), self.alloc())
        });
    }

    /// Append `length` bytes of `file` from `offset`; the file is closed with its pool, not here.
    pub fn push_file(&self, file: File<'d>, offset: i64, length: i64) {
        // SAFETY: both live; a filter that keeps the bucket re-opens the descriptor in its own pool.
        unsafe {
            sys::apr_brigade_insert_file(self.as_ptr(), file.as_ptr(), offset, length, (*self.as_ptr()).p)
        };
    }

    /// Append the end of the stream.
    pub fn push_eos(&self) {
        // SAFETY: the allocator lives as long as the brigade.
        self.push(unsafe { sys::apr_bucket_eos_create(self.alloc()) });
    }

    /// Append the wish that everything before it be sent now.
    pub fn push_flush(&self) {
        // SAFETY: the allocator lives as long as the brigade.
        self.push(unsafe { sys::apr_bucket_flush_create(self.alloc()) });
    }

    /// Append the word that what came before is not whole: httpd's filters leave out the clean end of the reply.
    pub fn push_broken(&self) {
        // SAFETY: the pool and the allocator live as long as the brigade; there is no text to keep.
        self.push(unsafe {
            sys::ap_bucket_error_create(
                sys::HTTP_BAD_GATEWAY,
                std::ptr::null(),
                (*self.as_ptr()).p,
                self.alloc(),
            )
        });
    }

    /// Whether no bucket is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        // SAFETY: a whole brigade, ours for the call.
        unsafe { sys::APR_BRIGADE_EMPTY(self.as_ptr()) }
    }

    /// Whether its last bucket is the end of the stream.
    #[must_use]
    pub fn ends_stream(&self) -> bool {
        // SAFETY: a whole brigade, ours for the call; its last bucket is one when it is not empty.
        unsafe { !self.is_empty() && sys::APR_BUCKET_IS_EOS(sys::APR_BRIGADE_LAST(self.as_ptr())) }
    }

    /// Copy its data to `buffer`, as much as fits; waits for buckets that must be read first.
    ///
    /// # Errors
    /// The status of a bucket that could not be read.
    pub fn read(&self, buffer: &mut [u8]) -> Result<usize, Status> {
        let mut len = buffer.len();
        // SAFETY: a whole brigade; APR writes at most `len` bytes.
        let code =
            unsafe { sys::apr_brigade_flatten(self.as_ptr(), buffer.as_mut_ptr().cast(), &raw mut len) };
        Status::check(code).map(|()| len)
    }

    /// A copy of all its data; waits for buckets that must be read first.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub fn to_vec(&self) -> Result<Vec<u8>, Status> {
        let mut len = 0;
        // SAFETY: a whole brigade, ours for the call; APR writes one number.
        Status::check(unsafe { sys::apr_brigade_length(self.as_ptr(), 1, &raw mut len) })?;
        let mut data = vec![0; usize::try_from(len).unwrap_or_default()];
        let len = self.read(&mut data)?;
        data.truncate(len);
        Ok(data)
    }

    /// Destroy every bucket.
    pub fn clear(&self) {
        // SAFETY: a whole brigade, ours for the call.
        unsafe { sys::apr_brigade_cleanup(self.as_ptr().cast()) };
    }

    fn push(&self, bucket: *mut sys::apr_bucket) {
        // SAFETY: a fresh bucket, in no ring yet; the allocator aborts or gives one.
        unsafe { sys::APR_BRIGADE_INSERT_TAIL(self.as_ptr(), bucket) }
    }

    /// Where its buckets come from.
    #[must_use]
    pub fn bucket_alloc(&self) -> BucketAlloc<'_> {
        BucketAlloc {
            raw: self.alloc(),
            pool: PhantomData,
        }
    }

    fn alloc(&self) -> *mut sys::apr_bucket_alloc_t {
        // SAFETY: set when the brigade was made, never changed.
        unsafe { (*self.as_ptr()).bucket_alloc }
    }
}

// SAFETY: as for a pool: one thread at a time. `Send` on `&Brigade` is wanted for closures that run detached on it.
unsafe impl Sync for Brigade<'_> {}

/// Destroys the buckets of a brigade that lives on the stack.
struct Emptied(*mut sys::apr_bucket_brigade);

impl Drop for Emptied {
    fn drop(&mut self) {
        // SAFETY: `with` keeps the brigade where it is until this guard is gone.
        unsafe { sys::apr_brigade_cleanup(self.0.cast()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apr::OwnedPool;

    fn text(brigade: &Brigade<'_>) -> String {
        let mut buffer = [0; 64];
        let len = brigade.read(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..len]).into_owned()
    }

    #[test]
    fn data_of_every_kind_comes_out_in_order() {
        let owner = OwnedPool::unmanaged();
        let (pool, lent) = (owner.pool(), b"lent ".to_vec());
        Brigade::with(pool, BucketAlloc::new(pool), |brigade| {
            assert!(brigade.is_empty() && !brigade.ends_stream());
            brigade.push_transient(&lent);
            brigade.push_immortal(b"static ");
            brigade.push_heap(b"heap ");
            brigade.push_pool(pool, b"pool");
            brigade.push_flush();
            assert!(!brigade.ends_stream());
            brigade.push_eos();
            assert!(brigade.ends_stream() && !brigade.is_empty());
            assert_eq!(text(brigade), "lent static heap pool");
        });
    }

    #[test]
    fn a_piece_of_a_file() {
        let owner = OwnedPool::unmanaged();
        let pool = owner.pool();
        let path = std::env::temp_dir().join(format!("mod_python-brigade-{}", std::process::id()));
        std::fs::write(&path, "0123456789").unwrap();
        let file = File::open(pool, pool.dup(path.to_str().unwrap().as_bytes())).unwrap();
        assert_eq!(file.size(), Ok(10));
        Brigade::with(pool, BucketAlloc::new(pool), |brigade| {
            brigade.push_file(file, 3, 4);
            assert_eq!(text(brigade), "3456");
        });
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn clearing_empties() {
        let owner = OwnedPool::unmanaged();
        Brigade::with(owner.pool(), BucketAlloc::new(owner.pool()), |brigade| {
            brigade.push_heap(b"x");
            brigade.clear();
            assert!(brigade.is_empty());
        });
    }

    #[test]
    fn a_panic_inside_leaves_no_bucket_behind() {
        let owner = OwnedPool::unmanaged();
        let alloc = BucketAlloc::new(owner.pool());
        let run = || {
            Brigade::with(owner.pool(), alloc, |brigade| {
                brigade.push_heap(b"x");
                panic!("inside");
            })
        };
        assert!(crate::boundary::catch(run).map(|(): ()| ()).is_err());
    }
}
