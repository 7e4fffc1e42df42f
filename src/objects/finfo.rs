//! `mp_finfo`: what the file system knew about a path, as attributes and by position (`apache.FINFO_*`).
//!
//! A copy of its own, so it may outlive its request. Runs attached; asking the file system runs detached.

use std::ffi::CStr;
use std::fmt;

use pyo3_ffi::{PyGetSetDef, PyType_Slot};

use super::module::State;
use super::row::{ToPython, c_integer, c_text, read};
use crate::apr::{FileInfo, OwnedFileInfo, OwnedPool, Status};
use crate::interp::detach;
use crate::py::heap_type::GETSET_END;
use crate::py::{Args, Attached, Native, Owned, PyResult, This};
use crate::slot;

/// The value of an `mp_finfo`.
pub(super) struct FinfoObject(OwnedFileInfo);

type Finfo<'a, 'py> = This<'a, 'py, FinfoObject>;

impl fmt::Debug for FinfoObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FinfoObject").field(&self.lend().fname()).finish()
    }
}

impl FinfoObject {
    pub(super) fn new(info: OwnedFileInfo) -> Self {
        FinfoObject(info)
    }

    pub(super) fn lend(&self) -> FileInfo<'_> {
        self.0.lend()
    }

    fn with<R>(&self, _py: Attached<'_>, f: impl FnOnce(&FileInfo<'_>) -> PyResult<R>) -> PyResult<R> {
        f(&self.lend())
    }
}

impl Native for FinfoObject {
    const NAME: &'static CStr = c"builtins.mp_finfo";
    const DOC: &'static CStr = c"What is known about a file.";
    const GETSET: &'static [PyGetSetDef] = GETSET;

    fn slots() -> Vec<PyType_Slot> {
        vec![slot!(item, FinfoObject, item), slot!(repr, FinfoObject, repr)]
    }
}

#[rustfmt::skip]
const GETSET: &[PyGetSetDef] = &[
    read!(FinfoObject, c"fname", FileInfo::fname, c"The path that was asked for."),
    read!(FinfoObject, c"filetype", FileInfo::filetype, c"APR_REG, APR_DIR and so on; APR_NOFILE when it is not there."),
    read!(FinfoObject, c"valid", valid, c"Which of the others are known (APR_FINFO_*)."),
    read!(FinfoObject, c"protection", FileInfo::protection, c"Access bits: 0x644 is rw-r--r--."),
    read!(FinfoObject, c"user", FileInfo::user, c"The owner's number."),
    read!(FinfoObject, c"group", FileInfo::group, c"The group's number."),
    read!(FinfoObject, c"inode", FileInfo::inode, c"The inode."),
    read!(FinfoObject, c"device", FileInfo::device, c"The device."),
    read!(FinfoObject, c"nlink", FileInfo::nlink, c"How many names it has."),
    read!(FinfoObject, c"size", FileInfo::size, c"Bytes."),
    read!(FinfoObject, c"atime", atime, c"Last access, in seconds since 1970."),
    read!(FinfoObject, c"mtime", mtime, c"Last change of the content, in seconds since 1970."),
    read!(FinfoObject, c"ctime", ctime, c"Last change of the inode, in seconds since 1970."),
    read!(FinfoObject, c"name", FileInfo::name, c"The file's name in its true case."),
    GETSET_END,
];

fn valid(info: &FileInfo<'_>) -> Option<i32> {
    info.exists().then(|| info.valid())
}

fn atime(info: &FileInfo<'_>) -> Option<i64> {
    info.atime().map(whole_seconds)
}

fn mtime(info: &FileInfo<'_>) -> Option<i64> {
    info.mtime().map(whole_seconds)
}

fn ctime(info: &FileInfo<'_>) -> Option<i64> {
    info.ctime().map(whole_seconds)
}

fn whole_seconds(microseconds: i64) -> i64 {
    microseconds.div_euclid(1_000_000)
}

/// `finfo[FINFO_*]`, in the order of the constants.
fn item<'py>(py: Attached<'py>, this: Finfo<'_, 'py>, index: isize) -> PyResult<Owned<'py>> {
    let info = &this.lend();
    match index {
        0 => info.protection().to_python(py),
        1 => info.inode().to_python(py),
        2 => info.device().to_python(py),
        3 => info.nlink().to_python(py),
        4 => info.user().to_python(py),
        5 => info.group().to_python(py),
        6 => info.size().to_python(py),
        7 => atime(info).to_python(py),
        8 => mtime(info).to_python(py),
        9 => ctime(info).to_python(py),
        10 => info.fname().to_python(py),
        11 => info.name().to_python(py),
        12 => info.filetype().to_python(py),
        _ => Err(py.raise_index_error("there is no such FINFO_* position")),
    }
}

fn repr<'py>(py: Attached<'py>, this: Finfo<'_, 'py>) -> PyResult<Owned<'py>> {
    let info = this.lend();
    let name = info.fname().unwrap_or_default().to_string_lossy();
    py.str(&format!("<mp_finfo of {name:?}, filetype {}>", info.filetype()))
}

/// `apache.stat(path, wanted)`.
pub(super) fn stat<'py>(py: Attached<'py>, state: &State, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let path = c_text(py, args.required(0)?)?;
    let wanted = c_integer(py, args.required(1)?)?;
    let found = detach(py, || ask(&path, wanted));
    match found {
        Ok(info) => state.make(py, FinfoObject::new(info)),
        Err(status) => Err(py.raise_os_errno(status.errno().unwrap_or(status.code()), "apr_stat() failed")),
    }
}

/// A path that leads nowhere is an answer, not an error.
fn ask(path: &CStr, wanted: i32) -> Result<OwnedFileInfo, Status> {
    let owner = OwnedPool::unmanaged();
    match FileInfo::of(owner.pool(), path, wanted) {
        Ok(info) => Ok(info.to_owned()),
        Err(status) if status.is_missing() => Ok(OwnedFileInfo::missing(path)),
        Err(status) => Err(status),
    }
}
