//! Functions that this module offers to others by name, as `APR_REGISTER_OPTIONAL_FN` does.
//!
//! Runs in the parent each time httpd loads the module. Must never know what the functions do.

use std::ffi::CStr;

use apache2_sys as sys;

/// A function without its type: who retrieves it knows that from a header file.
pub type Function = unsafe extern "C" fn();

/// Offer a function under the name that other modules retrieve it by.
pub fn offer(name: &'static CStr, function: Function) {
    // SAFETY: httpd is loading modules, on its only thread; name and function stay as long as the library.
    unsafe { sys::apr_dynamic_fn_register(name.as_ptr(), Some(function)) }
}
