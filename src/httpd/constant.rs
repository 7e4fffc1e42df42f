//! Numbers of httpd's and APR's headers that applications know by name.
//!
//! Owns nothing but the list; a floor that needs another one adds its name. Any thread, any phase.

use apache2_sys as sys;

macro_rules! constants {
    ($($name:ident)*) => {
        $(#[doc = concat!("`", stringify!($name), "`")] pub const $name: i64 = sys::$name as i64;)*
    };
}

constants! {
    AP_CONN_UNKNOWN
    AP_CONN_CLOSE
    AP_CONN_KEEPALIVE
    APR_NOFILE
    APR_REG
    APR_DIR
    APR_CHR
    APR_BLK
    APR_PIPE
    APR_LNK
    APR_SOCK
    APR_UNKFILE
    MODULE_MAGIC_NUMBER_MAJOR
    MODULE_MAGIC_NUMBER_MINOR
}
