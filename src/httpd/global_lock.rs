//! Locks between all threads of all children: by number, or by a key such as a session's id.
//!
//! Owns the lock file and the list of what this child holds. A lock is one byte of the file, locked through an open
//! file description of its own (`F_OFD_SETLKW`). So it belongs to no thread: whoever ends a request gives up its locks;
//! the kernel does when a child dies; keys that differ never wait for each other, as they would for a handful of APR
//! mutexes, whose owner has to be the thread that gives them up. Any thread; [`lock`] blocks: callers are detached.

use std::ffi::c_int;
use std::fs::{File, OpenOptions};
use std::hash::Hasher;
use std::io::{self, ErrorKind};
use std::mem;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{LazyLock, PoisonError, RwLock};

use apache2_sys as sys;
use dashmap::DashMap;
use fnv::FnvHasher;

use super::Request;
use crate::apr::Pool;

const FILE_NAME: &str = "mod_python.lock";

static PATH: RwLock<Option<PathBuf>> = RwLock::new(None);
static HELD: LazyLock<DashMap<Slot, Held>> = LazyLock::new(DashMap::new);

/// Which lock: a byte of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot(u64);

impl Slot {
    /// The lock of a number.
    #[must_use]
    pub fn numbered(number: u32) -> Self {
        Self(number.into())
    }

    /// The lock of a key: the same one in every child and for ever (FNV-1a).
    #[must_use]
    pub fn of(key: &[u8]) -> Self {
        let mut hash = FnvHasher::default();
        hash.write(key);
        // Behind the numbers, and within a file's offsets.
        Self((hash.finish() >> 2) + (1 << 32))
    }
}

/// Who holds a lock: a request with all its subrequests and redirects, or nobody in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner(usize);

impl Owner {
    /// Outside of requests: the lock stays until it is given up.
    pub const PROCESS: Self = Self(0);

    /// The outermost of the requests that this one came from.
    #[must_use]
    pub fn of(r: &Request) -> Self {
        Self(ptr::from_ref(outermost(r)).addr())
    }
}

fn outermost(mut r: &Request) -> &Request {
    while let Some(outer) = r.main().or_else(|| r.prev()) {
        r = outer;
    }
    r
}

/// A lock that is held: as often as its owner has taken it.
struct Held {
    owner: Owner,
    depth: u32,
    /// Closing it gives the lock up.
    _file: File,
}

/// Make the lock file, in the parent: in this directory, or httpd's own for such files. The children's user gets it.
///
/// # Errors
/// Where it cannot be made, and why.
pub fn prepare(conf: Pool<'_>, directory: Option<&str>) -> Result<(), String> {
    let path = directory.map_or_else(|| runtime_directory(conf), PathBuf::from);
    let path = path.join(FILE_NAME);
    make(&path).map_err(|error| {
        format!(
            "cannot make the lock file {}: {error}. PythonOption mod_python.mutex_directory, outside of sections, \
             names another directory",
            path.display()
        )
    })?;
    *PATH.write().unwrap_or_else(PoisonError::into_inner) = Some(path);
    Ok(())
}

fn runtime_directory(conf: Pool<'_>) -> PathBuf {
    // SAFETY: the pool is the configuration's; httpd has read DefaultRuntimeDir by now, and the text lives in the pool.
    let path =
        unsafe { crate::apr::text::borrow(sys::ap_runtime_dir_relative(conf.as_ptr(), c".".as_ptr())) };
    path.map_or_else(PathBuf::new, |path| {
        PathBuf::from(String::from_utf8_lossy(path.to_bytes()).into_owned())
    })
}

/// A file that is there already is of an earlier start: whoever holds or waits for one of its locks still does.
fn make(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
    let file = match options.clone().create_new(true).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => options.open(path)?,
        made => made?,
    };
    // SAFETY: asking for our own number cannot fail; httpd reads User before it calls any hook.
    let (own, user) = unsafe { (libc::geteuid(), sys::ap_unixd_config.user_id) };
    let found = file.metadata()?;
    // A name of another file is given to nobody.
    if own == 0 && found.is_file() && found.nlink() == 1 {
        fchown(file, Some(user), None)?;
    }
    Ok(())
}

/// Wait for a lock and take it; at once when its owner has it already.
///
/// # Errors
/// The lock file cannot be used.
pub fn lock(slot: Slot, owner: Owner) -> io::Result<()> {
    acquire(slot, owner, libc::F_OFD_SETLKW).map(drop)
}

/// Take a lock if it is free; whether it was.
///
/// # Errors
/// The lock file cannot be used.
pub fn try_lock(slot: Slot, owner: Owner) -> io::Result<bool> {
    acquire(slot, owner, libc::F_OFD_SETLK)
}

/// Give a lock up, once; whether the owner had it.
#[must_use]
pub fn unlock(slot: Slot, owner: Owner) -> bool {
    let mut was_held = false;
    HELD.remove_if_mut(&slot, |_, held| {
        was_held = held.owner == owner;
        held.depth -= u32::from(was_held);
        was_held && held.depth == 0
    });
    was_held
}

/// Give a lock up, however often it was taken, when the owner's request ends: after its last cleanup, on any thread.
pub fn release_with(r: &Request, slot: Slot) {
    let owner = Owner::of(r);
    outermost(r).pool().on_destroy(move || release(slot, owner));
}

fn release(slot: Slot, owner: Owner) {
    HELD.remove_if(&slot, |_, held| held.owner == owner);
}

/// Count once more what its owner has already.
fn acquire_again(slot: Slot, owner: Owner) -> bool {
    let held = HELD.get_mut(&slot).filter(|held| held.owner == owner);
    held.map(|mut held| held.depth += 1).is_some()
}

fn acquire(slot: Slot, owner: Owner, command: c_int) -> io::Result<bool> {
    if owner != Owner::PROCESS && acquire_again(slot, owner) {
        return Ok(true);
    }
    let file = open()?;
    let got = set_lock(&file, slot, command)?;
    if got {
        let held = Held {
            owner,
            depth: 1,
            _file: file,
        };
        HELD.insert(slot, held);
    }
    Ok(got)
}

fn open() -> io::Result<File> {
    let path = PATH.read().unwrap_or_else(PoisonError::into_inner).clone();
    let path = path.ok_or(ErrorKind::NotFound)?;
    OpenOptions::new().read(true).write(true).open(path)
}

fn set_lock(file: &File, slot: Slot, command: c_int) -> io::Result<bool> {
    // SAFETY: zeros are a valid request to lock; every field that matters is set below.
    let mut range: libc::flock = unsafe { mem::zeroed() };
    range.l_type = libc::F_WRLCK as libc::c_short;
    range.l_whence = libc::SEEK_SET as libc::c_short;
    range.l_start = libc::off_t::try_from(slot.0).map_err(io::Error::other)?;
    range.l_len = 1;
    loop {
        // SAFETY: the file is open and the record lives, both for the call.
        if unsafe { libc::fcntl(file.as_raw_fd(), command, &raw mut range) } == 0 {
            return Ok(true);
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EINTR) => {}
            Some(libc::EAGAIN | libc::EACCES) => return Ok(false),
            _ => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::apr::OwnedPool;
    use crate::httpd::fake::Fake;

    /// The tests of one process share a lock file and differ in their keys.
    fn ready() {
        let directory = std::env::temp_dir().join(format!("mod_python-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        prepare(OwnedPool::unmanaged().pool(), directory.to_str()).unwrap();
    }

    #[test]
    fn one_at_a_time() {
        ready();
        let slot = Slot::of(b"one at a time");
        lock(slot, Owner::PROCESS).unwrap();
        assert!(!try_lock(slot, Owner::PROCESS).unwrap());
        assert!(try_lock(Slot::of(b"another"), Owner::PROCESS).unwrap());
        let (done, is_done) = mpsc::channel();
        let waiting = thread::spawn(move || {
            lock(slot, Owner::PROCESS).unwrap();
            done.send(()).unwrap();
        });
        assert!(is_done.recv_timeout(Duration::from_millis(50)).is_err());
        assert!(unlock(slot, Owner::PROCESS));
        is_done.recv().unwrap();
        waiting.join().unwrap();
        assert!(unlock(slot, Owner::PROCESS), "any thread gives it up");
        assert!(!unlock(slot, Owner::PROCESS));
    }

    #[test]
    fn a_request_takes_its_lock_again_and_gives_it_up_with_its_pool() {
        ready();
        let slot = Slot::of(b"of a request");
        let fake = Fake::new();
        let owner = Owner::of(fake.request());
        lock(slot, owner).unwrap();
        release_with(fake.request(), slot);
        assert!(try_lock(slot, owner).unwrap());
        assert!(!unlock(slot, Owner::PROCESS), "nobody else gives it up");
        assert!(unlock(slot, owner));
        assert!(!try_lock(slot, Owner::PROCESS).unwrap());
        drop(fake);
        assert!(try_lock(slot, Owner::PROCESS).unwrap());
    }

    #[test]
    fn keys_are_hashed_alike_for_ever() {
        assert_eq!(Slot::of(b"").0, (0xcbf2_9ce4_8422_2325 >> 2) + (1 << 32));
        assert_eq!(Slot::of(b"a").0, (0xaf63_dc4c_8601_ec8c >> 2) + (1 << 32));
        assert!(Slot::of(b"a").0 > Slot::numbered(u32::MAX).0);
    }
}
