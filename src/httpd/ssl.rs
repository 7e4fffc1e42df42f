//! mod_ssl, through the two optional functions that it offers; without mod_ssl nothing is encrypted.
//!
//! Looked up at the first question in a child, when the configuration is final. Runs on the request's thread.

use std::ffi::CStr;
use std::mem;
use std::sync::OnceLock;

use apache2_sys as sys;

use super::Request;
use crate::apr::text;

/// What mod_ssl offers.
struct Functions {
    is_https: sys::apr_OFN_ssl_is_https_t,
    var_lookup: sys::apr_OFN_ssl_var_lookup_t,
}

fn functions() -> &'static Functions {
    static FUNCTIONS: OnceLock<Functions> = OnceLock::new();
    // SAFETY: mod_ssl registers functions of these types under these names, and stays loaded as long as the child.
    FUNCTIONS.get_or_init(|| unsafe {
        let find = |name: &CStr| sys::apr_dynamic_fn_retrieve(name.as_ptr());
        Functions {
            is_https: mem::transmute::<sys::apr_opt_fn_t, sys::apr_OFN_ssl_is_https_t>(find(c"ssl_is_https")),
            var_lookup: mem::transmute::<sys::apr_opt_fn_t, sys::apr_OFN_ssl_var_lookup_t>(find(
                c"ssl_var_lookup",
            )),
        }
    })
}

impl Request {
    /// Whether the client's connection is encrypted by mod_ssl.
    #[must_use]
    pub fn is_https(&self) -> bool {
        let Some(is_https) = functions().is_https else {
            return false;
        };
        // SAFETY: the request lives, and its connection longer.
        unsafe { is_https((*self.as_ptr()).connection) != 0 }
    }

    /// A variable of mod_ssl's, such as `SSL_PROTOCOL`; the text lives in the request's pool.
    #[must_use]
    pub fn ssl_var(&self, name: &CStr) -> Option<&CStr> {
        let lookup = functions().var_lookup?;
        let name = self.pool().dup(name.to_bytes());
        // SAFETY: the request lives with its server, connection and pool; the name is a copy that mod_ssl may keep.
        unsafe {
            let r = self.as_ptr();
            text::borrow(lookup(
                (*r).pool,
                (*r).server,
                (*r).connection,
                r,
                name.as_ptr().cast_mut(),
            ))
        }
    }
}
