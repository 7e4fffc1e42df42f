//! What httpd knows about the whole process: its root, its `Define`s, its `Server` header.
//!
//! Any thread, once the configuration is read.

use std::ffi::CStr;

use apache2_sys as sys;

use crate::apr::{Pool, text};

/// `ServerRoot`.
#[must_use]
pub fn server_root() -> Option<&'static CStr> {
    // SAFETY: httpd sets it before it reads the configuration, and keeps it for the process.
    unsafe { text::borrow(sys::ap_server_root) }
}

/// Whether `name` was given by `-D` or `Define`.
#[must_use]
pub fn exists_config_define(name: &CStr) -> bool {
    // SAFETY: httpd only compares the text.
    unsafe { sys::ap_exists_config_define(name.as_ptr()) != 0 }
}

/// Name a component in the `Server` header; called while the configuration is made final.
pub fn add_version_component(conf: Pool<'_>, component: &str) {
    let component = conf.dup(component.as_bytes());
    // SAFETY: httpd's hook contract: the pool is the configuration's, and the copy lives in it.
    unsafe { sys::ap_add_version_component(conf.as_ptr(), component.as_ptr()) }
}
