//! Adding filters to a request while it runs.
//!
//! Runs on the request's thread. A name that httpd does not know is a line in its log and changes nothing.

use std::ffi::CStr;
use std::ptr;

use apache2_sys as sys;

use super::{Context, Direction, GENERIC};
use crate::httpd::Request;

impl Request {
    /// Add a filter that is registered under `name`; whether there is one.
    pub fn add_filter(&self, direction: Direction, name: &CStr) -> bool {
        self.add(direction, name, ptr::null_mut())
    }

    /// Add a filter of this request's own.
    pub fn add_own_filter(&self, direction: Direction, context: Context) -> bool {
        let context = self.pool().adopt(context);
        self.add(direction, GENERIC, ptr::from_ref(context).cast_mut())
    }

    fn add(&self, direction: Direction, name: &CStr, context: *mut Context) -> bool {
        let (r, c) = (self.as_ptr(), self.connection().as_ptr());
        // SAFETY: request and connection live; httpd copies nothing of the name; a context goes to our own entries
        // only, under the generic name or none.
        let filter = unsafe {
            match direction {
                Direction::Input => sys::ap_add_input_filter(name.as_ptr(), context.cast(), r, c),
                Direction::Output => sys::ap_add_output_filter(name.as_ptr(), context.cast(), r, c),
            }
        };
        !filter.is_null()
    }
}
