//! Where our own shared library lies.
//!
//! Asked once per child, on the manager thread; needs no attachment.

use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The directory of the library that this function is linked into, symbolic links resolved.
#[must_use]
pub fn directory() -> Option<PathBuf> {
    // SAFETY: dladdr fills the structure for an address of a loaded object and gives 0 for any other; the name it
    // gives lives as long as the object, which is the one running now.
    let file = unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        let found = libc::dladdr(
            directory as fn() -> Option<PathBuf> as *const libc::c_void,
            &raw mut info,
        );
        if found == 0 || info.dli_fname.is_null() {
            return None;
        }
        PathBuf::from(OsStr::from_bytes(CStr::from_ptr(info.dli_fname).to_bytes()))
    };
    file.canonicalize().ok()?.parent().map(Path::to_path_buf)
}
