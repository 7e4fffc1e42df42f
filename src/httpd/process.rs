//! What httpd knows about the whole process: its root, its main server, its `Define`s, its `Server` header.
//!
//! Any thread, once the configuration is read.

use std::ffi::CStr;

use apache2_sys as sys;

use super::Server;
use crate::apr::{Pool, text};

/// `ServerRoot`.
#[must_use]
pub fn server_root() -> Option<&'static CStr> {
    // SAFETY: httpd sets it before it reads the configuration, and keeps it for the process.
    unsafe { text::borrow(sys::ap_server_root) }
}

/// The main server; `None` before the configuration is read.
#[must_use]
pub fn main_server() -> Option<&'static Server> {
    // SAFETY: httpd sets it before it forks; a child has one configuration for life.
    unsafe { (!sys::ap_server_conf.is_null()).then(|| Server::from_ptr(sys::ap_server_conf)) }
}

/// When httpd was last started or restarted, in microseconds since 1970.
#[must_use]
pub fn restart_time() -> Option<i64> {
    // SAFETY: null, or httpd's scoreboard, which is there as long as the child.
    unsafe {
        sys::ap_get_scoreboard_global()
            .cast::<sys::global_score>()
            .as_ref()
    }
    .map(|global| global.restart_time)
}

/// Whether `name` was given by `-D` or `Define`.
#[must_use]
pub fn exists_config_define(name: &CStr) -> bool {
    // SAFETY: httpd only compares the text.
    unsafe { sys::ap_exists_config_define(name.as_ptr()) != 0 }
}

/// Whether httpd has a module, by the name of its source file.
#[must_use]
pub fn is_linked(name: &CStr) -> bool {
    // SAFETY: httpd compares the text with those of its list.
    unsafe { !sys::ap_find_linked_module(name.as_ptr()).is_null() }
}

/// What the `Server` header of replies says, as `ServerTokens` wants it.
#[must_use]
pub fn server_banner() -> &'static CStr {
    // SAFETY: httpd's own text, final once the configuration is read.
    unsafe { text::borrow(sys::ap_get_server_banner()) }.unwrap_or_default()
}

/// Name a component in the `Server` header; called while the configuration is made final.
pub fn add_version_component(conf: Pool<'_>, component: &str) {
    let component = conf.dup(component.as_bytes());
    // SAFETY: httpd's hook contract: the pool is the configuration's, and the copy lives in it.
    unsafe { sys::ap_add_version_component(conf.as_ptr(), component.as_ptr()) }
}
