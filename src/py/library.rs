//! Where our own shared library lies, and which other Pythons lie in this process.
//!
//! Asked in the parent when the configuration is final, and once per child on the manager thread; needs no attachment.

use std::ffi::{CStr, OsStr, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The directory of the library that this function is linked into, symbolic links resolved.
#[must_use]
pub fn directory() -> Option<PathBuf> {
    let file = file_of(directory as fn() -> Option<PathBuf> as *const c_void)?;
    file.canonicalize().ok()?.parent().map(Path::to_path_buf)
}

/// A libpython in this process that is not the one this module is linked to, if there is one.
///
/// Its symbols and ours have the same names, so one of the two calls into the other.
#[must_use]
pub fn other_libpython() -> Option<PathBuf> {
    let own = file_of(pyo3_ffi::Py_GetVersion as *const c_void);
    loaded()
        .into_iter()
        .find(|file| is_libpython(file) && Some(file) != own.as_ref())
}

/// The file of the loaded object that an address lies in, as the loader names it.
fn file_of(address: *const c_void) -> Option<PathBuf> {
    // SAFETY: dladdr fills the structure for an address of a loaded object and gives 0 for any other; the name it
    // gives lives as long as the object, which the caller is linked to.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        let found = libc::dladdr(address, &raw mut info);
        (found != 0 && !info.dli_fname.is_null()).then(|| path(info.dli_fname))
    }
}

/// The files of all loaded objects, as the loader names them.
fn loaded() -> Vec<PathBuf> {
    unsafe extern "C" fn note(info: *mut libc::dl_phdr_info, _: usize, files: *mut c_void) -> c_int {
        // SAFETY: the loader lends a filled structure; `files` is what `loaded` passes below.
        unsafe {
            if !(*info).dlpi_name.is_null() {
                (*files.cast::<Vec<PathBuf>>()).push(path((*info).dlpi_name));
            }
        }
        0
    }
    let mut files = Vec::new();
    // SAFETY: the vector outlives the call, which hands it to `note` alone.
    unsafe { libc::dl_iterate_phdr(Some(note), (&raw mut files).cast()) };
    files
}

/// # Safety
/// `name` is a NUL-terminated text of the loader's.
unsafe fn path(name: *const std::ffi::c_char) -> PathBuf {
    // SAFETY: the caller's contract.
    PathBuf::from(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()))
}

/// `libpython3.13.so.1.0` and its like; not `libpython3.so`, which is a way to one of them.
fn is_libpython(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().as_bytes();
    let version = name.strip_prefix(b"libpython").unwrap_or_default();
    matches!(version, [major, b'.', minor, ..] if major.is_ascii_digit() && minor.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_libpython() {
        for name in [
            "/x/libpython3.13.so.1.0",
            "libpython3.14d.so.1.0",
            "libpython2.7.so.1.0",
        ] {
            assert!(is_libpython(Path::new(name)), "{name}");
        }
        for name in ["libpython3.so", "/libpython3.13/libc.so.6", "libpythonic.so", ""] {
            assert!(!is_libpython(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn our_own_is_no_other() {
        assert_eq!(other_libpython(), None);
        assert!(loaded().iter().any(|file| is_libpython(file)));
    }
}
