//! Files that go out through filters, and what the file system knows about a path.
//!
//! Owns the safe view of `apr_file_t` (opened for reading, closed with its pool) and of `apr_finfo_t`.
//! Runs on the pool's thread; opening and asking may block.

use std::ffi::{CStr, CString};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use apache2_sys as sys;

use super::{Pool, Status, text};

/// A file open for reading, closed when its pool goes.
#[derive(Clone, Copy)]
pub struct File<'p> {
    raw: NonNull<sys::apr_file_t>,
    pool: PhantomData<Pool<'p>>,
}

impl<'p> File<'p> {
    /// Open for reading; symbolic links are followed.
    ///
    /// # Errors
    /// The operating system's reason.
    pub fn open(pool: Pool<'p>, path: &CStr) -> Result<Self, Status> {
        Self::open_with(pool, path, 0)
    }

    /// Open for reading, marked for the kernel's `sendfile`.
    ///
    /// # Errors
    /// The operating system's reason.
    pub fn open_for_sendfile(pool: Pool<'p>, path: &CStr) -> Result<Self, Status> {
        Self::open_with(pool, path, sys::APR_FOPEN_SENDFILE_ENABLED)
    }

    fn open_with(pool: Pool<'p>, path: &CStr, more: i32) -> Result<Self, Status> {
        let mut raw = ptr::null_mut();
        let flags = sys::APR_FOPEN_READ | sys::APR_FOPEN_BINARY | more;
        // SAFETY: the pool lives for 'p, the path for the call.
        let code = unsafe { sys::apr_file_open(&raw mut raw, path.as_ptr(), flags, 0, pool.as_ptr()) };
        Status::check(code)?;
        NonNull::new(raw)
            .map(|raw| Self {
                raw,
                pool: PhantomData,
            })
            .ok_or(Status::GENERAL)
    }

    /// A file that somebody else has open: a duplicate of the descriptor, which may be closed then.
    ///
    /// # Errors
    /// The operating system's reason.
    pub fn duplicate(pool: Pool<'p>, descriptor: i32, sendfile: bool) -> Result<Self, Status> {
        let (mut lent, mut raw) = (ptr::null_mut(), ptr::null_mut());
        let more = if sendfile {
            sys::APR_FOPEN_SENDFILE_ENABLED
        } else {
            0
        };
        let flags = sys::APR_FOPEN_READ | sys::APR_FOPEN_BINARY | more;
        // SAFETY: the pool lives for 'p; APR copies the number, and the duplicate alone is closed with the pool.
        let code = unsafe {
            sys::apr_os_file_put(
                &raw mut lent,
                &raw const descriptor as *mut _,
                flags,
                pool.as_ptr(),
            );
            sys::apr_file_dup(&raw mut raw, lent, pool.as_ptr())
        };
        Status::check(code)?;
        NonNull::new(raw)
            .map(|raw| Self {
                raw,
                pool: PhantomData,
            })
            .ok_or(Status::GENERAL)
    }

    /// The file for a C call.
    #[must_use]
    pub fn as_ptr(self) -> *mut sys::apr_file_t {
        self.raw.as_ptr()
    }

    /// Its size in bytes now.
    ///
    /// # Errors
    /// The operating system's reason.
    pub fn size(self) -> Result<i64, Status> {
        let mut info = MaybeUninit::uninit();
        // SAFETY: the file is open; APR fills the record on success.
        let code = unsafe { sys::apr_file_info_get(info.as_mut_ptr(), sys::APR_FINFO_SIZE, self.as_ptr()) };
        Status::check(code)?;
        // SAFETY: filled, as the status says.
        Ok(unsafe { info.assume_init() }.size)
    }
}

/// The size of an open file; `None` when it is no regular one, so that nobody knows.
#[must_use]
pub fn size_of_descriptor(descriptor: i32) -> Option<i64> {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the kernel checks the number, and fills the record on success.
    let status = unsafe {
        if libc::fstat(descriptor, status.as_mut_ptr()) != 0 {
            return None;
        }
        status.assume_init()
    };
    (status.st_mode & libc::S_IFMT == libc::S_IFREG).then_some(status.st_size)
}

/// What the file system knew about a path; a number it was not asked for is `None`.
#[derive(Clone, Copy)]
pub struct FileInfo<'p> {
    raw: sys::apr_finfo_t,
    pool: PhantomData<Pool<'p>>,
}

/// The same with names of its own: for whoever outlives the pool.
pub struct OwnedFileInfo {
    raw: sys::apr_finfo_t,
    fname: Option<CString>,
    name: Option<CString>,
}

impl OwnedFileInfo {
    /// A file that is not there.
    #[must_use]
    pub fn missing(path: &CStr) -> Self {
        Self {
            // SAFETY: zeros are a valid record: no file, nothing known.
            raw: unsafe { MaybeUninit::zeroed().assume_init() },
            fname: Some(path.to_owned()),
            name: None,
        }
    }

    /// See it as what the file system said.
    #[must_use]
    pub fn lend(&self) -> FileInfo<'_> {
        let text = |text: &Option<CString>| text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
        let raw = sys::apr_finfo_t {
            fname: text(&self.fname),
            name: text(&self.name),
            ..self.raw
        };
        // SAFETY: the names belong to `self`, which is lent.
        unsafe { FileInfo::from_raw(raw) }
    }
}

// SAFETY: `to_owned` leaves no pointer in the record, and the names are its own.
unsafe impl Send for OwnedFileInfo {}

macro_rules! asked_for {
    ($($(#[$doc:meta])* $name:ident: $bit:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self) -> Option<i64> {
            self.knows(sys::$bit).then(|| i64::try_from(self.raw.$name).unwrap_or(i64::MAX))
        }
    )*};
}

impl<'p> FileInfo<'p> {
    /// Ask for the `wanted` bits (`APR_FINFO_*`) of `path`.
    ///
    /// # Errors
    /// The operating system's reason; a part of `wanted` that is not to be had is no error.
    pub fn of(pool: Pool<'p>, path: &CStr, wanted: i32) -> Result<Self, Status> {
        let mut raw = MaybeUninit::zeroed();
        // SAFETY: the pool lives for 'p, the path for the call; the record is zero or filled.
        let code = unsafe { sys::apr_stat(raw.as_mut_ptr(), path.as_ptr(), wanted, pool.as_ptr()) };
        if code != sys::APR_INCOMPLETE {
            Status::check(code)?;
        }
        // SAFETY: zeros are a valid record, and APR fills it further.
        let raw = unsafe { raw.assume_init() };
        Ok(Self {
            raw,
            pool: PhantomData,
        })
    }

    /// From httpd's own record.
    ///
    /// # Safety
    /// The names in `raw` live for `'p`.
    #[must_use]
    pub(crate) unsafe fn from_raw(raw: sys::apr_finfo_t) -> Self {
        Self {
            raw,
            pool: PhantomData,
        }
    }

    /// A copy that needs no pool.
    #[must_use]
    pub fn to_owned(&self) -> OwnedFileInfo {
        OwnedFileInfo {
            raw: sys::apr_finfo_t {
                pool: ptr::null_mut(),
                filehand: ptr::null_mut(),
                fname: ptr::null(),
                name: ptr::null(),
                ..self.raw
            },
            fname: self.fname().map(CStr::to_owned),
            name: self.name().map(CStr::to_owned),
        }
    }

    /// The record for a C call.
    pub(crate) fn raw(&self) -> &sys::apr_finfo_t {
        &self.raw
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.filetype() == sys::APR_DIR
    }

    /// `APR_NOFILE`, `APR_REG`, `APR_DIR` and so on.
    #[must_use]
    pub fn filetype(&self) -> u32 {
        self.raw.filetype
    }

    /// Whether there is such a file.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.raw.filetype != sys::APR_NOFILE
    }

    /// Which numbers are known (`APR_FINFO_*`).
    #[must_use]
    pub fn valid(&self) -> i32 {
        self.raw.valid
    }

    /// The path that was asked for.
    #[must_use]
    pub fn fname(&self) -> Option<&'p CStr> {
        // SAFETY: APR keeps the text in the pool.
        unsafe { text::borrow(self.raw.fname) }
    }

    /// The file's name in its true case.
    #[must_use]
    pub fn name(&self) -> Option<&'p CStr> {
        // SAFETY: APR keeps the text in the pool, and sets it when the bit says so.
        self.knows(sys::APR_FINFO_NAME)
            .then(|| unsafe { text::borrow(self.raw.name) })
            .flatten()
    }

    /// Whether the number behind `bit` was asked for; nothing is known of a file that is not there.
    fn knows(&self, bit: i32) -> bool {
        self.exists() && self.raw.valid & bit != 0
    }

    asked_for! {
        /// Access bits, APR's way (`0x644`).
        protection: APR_FINFO_PROT;
        /// The owner's number.
        user: APR_FINFO_USER;
        /// The group's number.
        group: APR_FINFO_GROUP;
        /// The inode.
        inode: APR_FINFO_INODE;
        /// The device.
        device: APR_FINFO_DEV;
        /// How many names it has.
        nlink: APR_FINFO_NLINK;
        /// Bytes.
        size: APR_FINFO_SIZE;
        /// Last access, in microseconds since 1970.
        atime: APR_FINFO_ATIME;
        /// Last change of the content, in microseconds since 1970.
        mtime: APR_FINFO_MTIME;
        /// Last change of the inode, in microseconds since 1970.
        ctime: APR_FINFO_CTIME;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apr::OwnedPool;

    #[test]
    fn a_directory_is_one() {
        let owner = OwnedPool::unmanaged();
        let info = FileInfo::of(owner.pool(), c"/", sys::APR_FINFO_NORM).unwrap();
        assert_eq!(
            (info.filetype(), info.fname(), info.name()),
            (sys::APR_DIR, Some(c"/"), None)
        );
        assert!(info.mtime().is_some() && info.nlink().is_some());
    }

    #[test]
    fn a_copy_outlives_the_pool() {
        let owner = OwnedPool::unmanaged();
        let copy = FileInfo::of(owner.pool(), c"/", sys::APR_FINFO_NORM)
            .unwrap()
            .to_owned();
        drop(owner);
        assert_eq!(
            (copy.lend().fname(), copy.lend().is_directory()),
            (Some(c"/"), true)
        );
        let missing = OwnedFileInfo::missing(c"/no");
        assert_eq!(
            (missing.lend().fname(), missing.lend().size()),
            (Some(c"/no"), None)
        );
    }

    #[test]
    fn what_is_not_there_says_so() {
        let owner = OwnedPool::unmanaged();
        let missing = c"/no/such/file";
        let errno = |status: Status| status.errno();
        assert_eq!(
            FileInfo::of(owner.pool(), missing, 0).map_err(errno).err(),
            Some(Some(libc::ENOENT))
        );
        assert_eq!(
            File::open(owner.pool(), missing).map_err(errno).err(),
            Some(Some(libc::ENOENT))
        );
    }
}
