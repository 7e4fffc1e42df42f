//! Starting CPython in an httpd child, and the configurations of further interpreters.
//!
//! Runs once per child, on the manager thread, never in httpd's parent. Python is never finalised: a worker that
//! is still inside an interpreter at exit would be unwound through Rust or hang (`Py_FinalizeEx` is not called).

use std::ffi::{CStr, CString, c_char, c_int};
use std::path::{Path, PathBuf};

use pyo3_ffi::{
    Py_InitializeFromConfig, Py_IsInitialized, Py_PreInitialize, PyConfig, PyConfig_Clear,
    PyConfig_InitIsolatedConfig, PyConfig_SetBytesString, PyImport_AppendInittab, PyInterpreterConfig,
    PyPreConfig, PyPreConfig_InitIsolatedConfig, PyStatus, PyStatus_Exception,
};

use super::library;

/// A built-in module: its name and its `PyInit_…` function.
pub type Builtin = (&'static CStr, unsafe extern "C" fn() -> *mut pyo3_ffi::PyObject);

/// How Python starts in this child. Everything here holds for the whole process.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Installation prefix or virtual environment (`PythonHome`); `None` = the Python this module was built for.
    pub home: Option<PathBuf>,
    /// 0, 1 (`-O`) or 2 (`-OO`).
    pub optimize: u8,
    /// The process-wide memory allocator.
    pub allocator: Allocator,
}

/// Which allocator serves Python's objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Allocator {
    /// The best one measured for this Python: see `docs/internals.md`.
    #[default]
    Best,
    /// CPython's own (arenas of an ended interpreter are lost before 3.14).
    Pymalloc,
    /// The C library's.
    Malloc,
    /// mimalloc (3.13 and newer; else as `Malloc`).
    Mimalloc,
}

/// Why Python could not be started, or an interpreter not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitError(pub String);

impl std::fmt::Display for InitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InitError {}

/// The version this module was compiled for, as `3.13`.
#[must_use]
pub fn built_for() -> &'static str {
    env!("MOD_PYTHON_PYTHON_VERSION")
}

/// The version of the libpython in this process, as `3.13.0`; needs no start-up.
#[must_use]
pub fn running() -> String {
    // SAFETY: gives a static NUL-terminated text before and after start-up.
    let text = unsafe { CStr::from_ptr(pyo3_ffi::Py_GetVersion()) }.to_string_lossy();
    text.split_whitespace().next().unwrap_or_default().to_owned()
}

/// Refuse to start beside another Python.
///
/// # Errors
/// When the libpython in this process is of another minor version, there is a second one, or somebody has initialised
/// it already.
pub fn check_process() -> Result<(), InitError> {
    let (ours, found) = (built_for(), running());
    if !found.starts_with(&format!("{ours}.")) {
        return Err(InitError(format!(
            "this module is built for Python {ours}, but Python {found} is already loaded in this process \
             (by mod_wsgi or another module?): remove that module's LoadModule line, or use builds for one Python"
        )));
    }
    if let Some(other) = library::other_libpython() {
        return Err(InitError(format!(
            "this module runs Python {found}, but {} is loaded in this process, too (by mod_wsgi or another module?): \
             remove that module's LoadModule line, or use builds for one Python",
            other.display()
        )));
    }
    // SAFETY: may be called at any time.
    if unsafe { Py_IsInitialized() } != 0 {
        return Err(InitError(format!(
            "Python {found} is already running in this process (started by mod_wsgi or another module): \
             remove that module's LoadModule line"
        )));
    }
    Ok(())
}

/// Start the main interpreter; the calling thread is attached to it afterwards.
///
/// # Errors
/// [`InitError`] with CPython's own words.
///
/// # Safety
/// Called once per process, on the thread that will keep the main thread state for good.
pub unsafe fn start(settings: &Settings, builtins: &[Builtin]) -> Result<(), InitError> {
    check_process()?;
    // SAFETY: the caller's contract; each call gets a live structure that the call before it filled.
    unsafe {
        let mut pre: PyPreConfig = std::mem::zeroed();
        PyPreConfig_InitIsolatedConfig(&raw mut pre);
        pre.utf8_mode = 1;
        pre.allocator = allocator_number(settings.allocator);
        checked(Py_PreInitialize(&raw const pre))?;
        for (name, init) in builtins {
            if PyImport_AppendInittab(name.as_ptr(), Some(*init)) != 0 {
                return Err(InitError(
                    "no memory for the table of built-in modules".to_owned(),
                ));
            }
        }
        let mut config: PyConfig = std::mem::zeroed();
        PyConfig_InitIsolatedConfig(&raw mut config);
        let started = configure(&mut config, settings)
            .and_then(|()| checked(Py_InitializeFromConfig(&raw const config)));
        PyConfig_Clear(&raw mut config);
        started
    }
}

/// # Safety
/// `config` was initialised by CPython.
unsafe fn configure(config: &mut PyConfig, settings: &Settings) -> Result<(), InitError> {
    config.install_signal_handlers = 0;
    config.parse_argv = 0;
    config.optimization_level = c_int::from(settings.optimize);
    let fields = match &settings.home {
        Some(home) if !home.join("pyvenv.cfg").exists() => vec![(&raw mut config.home, home.clone())],
        Some(venv) => vec![(&raw mut config.program_name, venv.join("bin").join("python3"))],
        None => executable()
            .map(|path| (&raw mut config.program_name, path))
            .into_iter()
            .collect(),
    };
    for (field, path) in fields {
        // SAFETY: the field belongs to this config, which takes a copy of the text.
        unsafe { set_path(config, field, &path)? };
    }
    Ok(())
}

/// The interpreter this module was built with, if it is still there: it tells where the standard library is.
fn executable() -> Option<PathBuf> {
    option_env!("MOD_PYTHON_EXECUTABLE")
        .map(PathBuf::from)
        .filter(|path| path.exists())
}

/// # Safety
/// `field` points into `config`, which CPython initialised.
unsafe fn set_path(
    config: &mut PyConfig,
    field: *mut *mut libc::wchar_t,
    path: &Path,
) -> Result<(), InitError> {
    let text = CString::new(path.as_os_str().as_encoded_bytes())
        .map_err(|_| InitError(format!("{} contains a NUL byte", path.display())))?;
    // SAFETY: the caller's contract; the text is NUL-terminated and copied.
    checked(unsafe { PyConfig_SetBytesString(config, field, text.as_ptr()) })
}

/// The numbers of `PyMemAllocatorName` (PEP 587).
fn allocator_number(allocator: Allocator) -> c_int {
    const MALLOC: c_int = 3;
    const PYMALLOC: c_int = 5;
    const MIMALLOC: c_int = if cfg!(Py_3_13) { 7 } else { MALLOC };
    match allocator {
        Allocator::Best if cfg!(Py_3_14) => PYMALLOC,
        Allocator::Best | Allocator::Mimalloc => MIMALLOC,
        Allocator::Pymalloc => PYMALLOC,
        Allocator::Malloc => MALLOC,
    }
}

fn checked(status: PyStatus) -> Result<(), InitError> {
    // SAFETY: reads the structure.
    if unsafe { PyStatus_Exception(status) } == 0 {
        return Ok(());
    }
    let function = text_of(status.func);
    let message = text_of(status.err_msg);
    let at = if function.is_empty() {
        String::new()
    } else {
        format!(" (in {function})")
    };
    Err(InitError(format!("Python does not start: {message}{at}")))
}

fn text_of(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: CPython's status texts are static and NUL-terminated.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// Which GIL an interpreter has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GilKind {
    /// One of its own; extension modules must support that.
    Own,
    /// The main interpreter's.
    Shared,
}

/// The configuration of a further interpreter.
///
/// Only these combinations are ever made: CPython also accepts an own GIL over the main allocator, which crashes.
/// `allow_fork` stays 0 for both: a forked child of a subinterpreter dies at once.
#[must_use]
pub fn interpreter_config(gil: GilKind, daemon_threads: bool) -> PyInterpreterConfig {
    let own = gil == GilKind::Own;
    PyInterpreterConfig {
        use_main_obmalloc: c_int::from(!own),
        allow_fork: 0,
        allow_exec: 0,
        allow_threads: 1,
        allow_daemon_threads: c_int::from(daemon_threads),
        check_multi_interp_extensions: c_int::from(own),
        gil: if own {
            pyo3_ffi::PyInterpreterConfig_OWN_GIL
        } else {
            pyo3_ffi::PyInterpreterConfig_SHARED_GIL
        },
    }
}

/// Make an interpreter; the calling thread is attached to it afterwards, through its first thread state.
///
/// # Errors
/// [`InitError`] with CPython's own words.
///
/// # Safety
/// Called on the manager thread with nothing attached.
pub unsafe fn new_interpreter(
    config: &PyInterpreterConfig,
) -> Result<*mut pyo3_ffi::PyThreadState, InitError> {
    let mut state = std::ptr::null_mut();
    // SAFETY: the caller's contract; both pointers are live for the call.
    checked(unsafe { pyo3_ffi::Py_NewInterpreterFromConfig(&raw mut state, config) })?;
    if state.is_null() {
        return Err(InitError(
            "Python made no interpreter and did not say why (out of memory?)".to_owned(),
        ));
    }
    Ok(state)
}

/// How small a C stack may be on this Python, in bytes: below it, deep recursion in C code ends the process.
pub const SMALLEST_STACK: usize = if cfg!(Py_3_14) { 128 << 10 } else { 2 << 20 };

/// The C stack of the calling thread in bytes, where the system tells.
#[must_use]
pub fn stack_size() -> Option<usize> {
    // SAFETY: the attribute is initialised by the first call, read by the second, destroyed by the third.
    unsafe {
        let mut attr: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &raw mut attr) != 0 {
            return None;
        }
        let mut size = 0;
        let got = libc::pthread_attr_getstacksize(&raw const attr, &raw mut size);
        libc::pthread_attr_destroy(&raw mut attr);
        (got == 0).then_some(size)
    }
}
