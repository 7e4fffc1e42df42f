//! The record that httpd finds in the `.so`, and the index it gives the module.
//!
//! Owns the static record's layout and the index by which every vector of httpd is addressed. httpd fills both while
//! it loads the module, before any other thread exists; they are only read afterwards.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_int};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use apache2_sys as sys;

use super::directive::{self, Command};
use super::item::item;
use super::log;
use super::slot::{self, Config, Level};
use crate::boundary;

/// Null until httpd has loaded us.
static RECORD: AtomicPtr<sys::module> = AtomicPtr::new(ptr::null_mut());

/// The record httpd has loaded; null where there is no httpd.
pub(crate) fn record() -> *const sys::module {
    RECORD.load(Ordering::Relaxed)
}

/// The index httpd gave the module; `APLOG_NO_MODULE` where there is no httpd.
pub(crate) fn index() -> c_int {
    // SAFETY: only a static `Module` is ever stored, and httpd wrote its index before any other thread existed.
    unsafe { record().as_ref() }.map_or(sys::APLOG_NO_MODULE, |record| record.module_index)
}

/// The exported `module` record; made by [`httpd_module!`](crate::httpd_module).
#[repr(transparent)]
pub struct Module(UnsafeCell<sys::module>);

// SAFETY: httpd writes to the record only while it loads modules, on its only thread.
unsafe impl Sync for Module {}

impl Module {
    /// A record for a module whose directory configuration is a `D` and whose server configuration is an `S`.
    ///
    /// `commands` ends with [`directive::END`](super::directive::END); `register` is called when httpd has loaded it.
    #[must_use]
    pub const fn new<D: Config, S: Config, F>(name: &'static CStr, commands: &'static [Command], _: F) -> Self
    where
        F: Fn() + Copy + 'static,
    {
        const {
            assert!(matches!(D::LEVEL, Level::Directory) && matches!(S::LEVEL, Level::Server));
        }
        assert!(directive::is_ended(commands), "httpd reads the table up to END");
        let mut record = sys::STANDARD20_MODULE_STUFF(name);
        record.create_dir_config = Some(slot::create_dir::<D>);
        record.merge_dir_config = Some(slot::merge::<D>);
        record.create_server_config = Some(slot::create_server::<S>);
        record.merge_server_config = Some(slot::merge::<S>);
        record.cmds = commands.as_ptr().cast();
        record.register_hooks = Some(register::<F>);
        Self(UnsafeCell::new(record))
    }

    /// Take the index that httpd has just given the record, then register the hooks; once per (re)load.
    pub fn loaded(&'static self, register: fn()) {
        RECORD.store(self.0.get(), Ordering::Relaxed);
        boundary::install_hook();
        boundary::report_with(log::panic);
        boundary::contain("register_hooks", register);
    }
}

/// `register_hooks`.
unsafe extern "C" fn register<F: Fn() + Copy + 'static>(_: *mut sys::apr_pool_t) {
    item::<F>()();
}

/// Export the `module` record of this library: its symbol, the name httpd shows, types, directives and hooks.
#[macro_export]
macro_rules! httpd_module {
    ($symbol:ident, $name:literal, dir: $dir:ty, server: $server:ty, commands: $commands:expr, hooks: $hooks:path) => {
        #[allow(
            unsafe_code,
            reason = "the symbol that LoadModule names; nothing else has it"
        )]
        #[allow(non_upper_case_globals, reason = "httpd's name for it")]
        #[doc = "The record that `LoadModule` finds."]
        #[unsafe(no_mangle)]
        pub static $symbol: $crate::httpd::Module =
            $crate::httpd::Module::new::<$dir, $server, _>($name, $commands, || $symbol.loaded($hooks));
    };
}

/// In tests: take `record` as loaded by an httpd that is not there.
#[cfg(test)]
pub(super) fn pretend(record: &'static Module) {
    // SAFETY: every test that calls this writes the same number to its one record.
    unsafe { (*record.0.get()).module_index = 0 };
    RECORD.store(record.0.get(), Ordering::Relaxed);
}
