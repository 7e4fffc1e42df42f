//! What httpd knows about the whole process: its root, its `Define`s, its MPM.
//!
//! Any thread, once the configuration is read.

use std::ffi::{CStr, c_int};

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

/// What the MPM answers to `AP_MPMQ_…`; `None` when it does not know the question.
#[must_use]
pub fn mpm_query(code: c_int) -> Option<c_int> {
    let mut answer = 0;
    // SAFETY: the answer is written to our own variable.
    let status = unsafe { sys::ap_mpm_query(code, &raw mut answer) };
    (status == sys::APR_SUCCESS).then_some(answer)
}

/// Name a component in the `Server` header; called while the configuration is made final.
pub fn add_version_component(conf: Pool<'_>, component: &str) {
    let component = conf.dup(component.as_bytes());
    // SAFETY: httpd's hook contract: the pool is the configuration's, and the copy lives in it.
    unsafe { sys::ap_add_version_component(conf.as_ptr(), component.as_ptr()) }
}
