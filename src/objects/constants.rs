//! The integers that come from httpd's headers; everything else `mod_python.apache` defines itself.

use std::ffi::CStr;

use crate::httpd::constant;
use crate::py::{Attached, Borrowed, PyResult};

#[rustfmt::skip]
const CONSTANTS: &[(&CStr, i64)] = &[
    (c"AP_CONN_UNKNOWN",           constant::AP_CONN_UNKNOWN),
    (c"AP_CONN_CLOSE",             constant::AP_CONN_CLOSE),
    (c"AP_CONN_KEEPALIVE",         constant::AP_CONN_KEEPALIVE),
    (c"APR_NOFILE",                constant::APR_NOFILE),
    (c"APR_REG",                   constant::APR_REG),
    (c"APR_DIR",                   constant::APR_DIR),
    (c"APR_CHR",                   constant::APR_CHR),
    (c"APR_BLK",                   constant::APR_BLK),
    (c"APR_PIPE",                  constant::APR_PIPE),
    (c"APR_LNK",                   constant::APR_LNK),
    (c"APR_SOCK",                  constant::APR_SOCK),
    (c"APR_UNKFILE",               constant::APR_UNKFILE),
    (c"MODULE_MAGIC_NUMBER_MAJOR", constant::MODULE_MAGIC_NUMBER_MAJOR),
    (c"MODULE_MAGIC_NUMBER_MINOR", constant::MODULE_MAGIC_NUMBER_MINOR),
];

/// Show them in the module.
pub(super) fn add_to<'py>(py: Attached<'py>, module: Borrowed<'_, 'py>) -> PyResult<()> {
    for (name, value) in CONSTANTS {
        py.add_to_module(module, name, py.int(*value)?.borrow())?;
    }
    Ok(())
}
