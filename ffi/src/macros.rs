//! What C code gets from httpd's and APR's macros, ported by hand under the macros' own names.
//!
//! `tests/macros.rs` compares each of them with the C compiler's reading of the installed headers.
//! Runs wherever its caller runs; must never do more than the macro does.
//!
//! # Safety
//! Every function dereferences the pointers it is given, as its macro does: they are valid, and nobody else
//! changes what they point to during the call. The safe layers `apr` and `httpd` guarantee that.
#![allow(non_snake_case, reason = "the macros' own names")]
#![allow(
    clippy::missing_safety_doc,
    reason = "one contract for all, stated at the head of the file"
)]

use core::ffi::{CStr, c_char, c_int, c_ulong, c_void};
use core::mem::offset_of;
use core::ptr::{addr_of, addr_of_mut, null_mut};

use crate::bindings::*;

/// `APR_BRIGADE_SENTINEL(b)`: the end mark of a brigade's ring, never a bucket.
#[must_use]
pub unsafe fn APR_BRIGADE_SENTINEL(b: *mut apr_bucket_brigade) -> *mut apr_bucket {
    // SAFETY: the head's contract; the ring's head plays the `link` of a bucket that does not exist.
    unsafe {
        addr_of_mut!((*b).list.next)
            .byte_sub(offset_of!(apr_bucket, link))
            .cast()
    }
}

/// `APR_BRIGADE_EMPTY(b)`.
#[must_use]
pub unsafe fn APR_BRIGADE_EMPTY(b: *mut apr_bucket_brigade) -> bool {
    // SAFETY: the head's contract.
    unsafe { APR_BRIGADE_FIRST(b) == APR_BRIGADE_SENTINEL(b) }
}

/// `APR_BRIGADE_FIRST(b)`.
#[must_use]
pub unsafe fn APR_BRIGADE_FIRST(b: *mut apr_bucket_brigade) -> *mut apr_bucket {
    // SAFETY: the head's contract.
    unsafe { (*b).list.next }
}

/// `APR_BRIGADE_LAST(b)`.
#[must_use]
pub unsafe fn APR_BRIGADE_LAST(b: *mut apr_bucket_brigade) -> *mut apr_bucket {
    // SAFETY: the head's contract.
    unsafe { (*b).list.prev }
}

/// `APR_BRIGADE_INSERT_HEAD(b, e)`.
pub unsafe fn APR_BRIGADE_INSERT_HEAD(b: *mut apr_bucket_brigade, e: *mut apr_bucket) {
    // SAFETY: the head's contract; the sentinel's `link` is the ring's head.
    unsafe { APR_BUCKET_INSERT_AFTER(APR_BRIGADE_SENTINEL(b), e) }
}

/// `APR_BRIGADE_INSERT_TAIL(b, e)`.
pub unsafe fn APR_BRIGADE_INSERT_TAIL(b: *mut apr_bucket_brigade, e: *mut apr_bucket) {
    // SAFETY: the head's contract; the sentinel's `link` is the ring's head.
    unsafe { APR_BUCKET_INSERT_BEFORE(APR_BRIGADE_SENTINEL(b), e) }
}

/// `APR_BRIGADE_CONCAT(a, b)`: the buckets of `b` go to the end of `a`.
pub unsafe fn APR_BRIGADE_CONCAT(a: *mut apr_bucket_brigade, b: *mut apr_bucket_brigade) {
    // SAFETY: the head's contract; every link written belongs to one of the two rings.
    unsafe {
        if APR_BRIGADE_EMPTY(b) {
            return;
        }
        let (first, last) = (APR_BRIGADE_FIRST(b), APR_BRIGADE_LAST(b));
        (*last).link.next = APR_BRIGADE_SENTINEL(a);
        (*first).link.prev = APR_BRIGADE_LAST(a);
        (*APR_BRIGADE_LAST(a)).link.next = first;
        (*a).list.prev = last;
        (*b).list.next = APR_BRIGADE_SENTINEL(b);
        (*b).list.prev = APR_BRIGADE_SENTINEL(b);
    }
}

/// `APR_BUCKET_NEXT(e)`.
#[must_use]
pub unsafe fn APR_BUCKET_NEXT(e: *mut apr_bucket) -> *mut apr_bucket {
    // SAFETY: the head's contract.
    unsafe { (*e).link.next }
}

/// `APR_BUCKET_PREV(e)`.
#[must_use]
pub unsafe fn APR_BUCKET_PREV(e: *mut apr_bucket) -> *mut apr_bucket {
    // SAFETY: the head's contract.
    unsafe { (*e).link.prev }
}

/// `APR_BUCKET_INSERT_BEFORE(a, b)`: `b` goes in front of `a`.
pub unsafe fn APR_BUCKET_INSERT_BEFORE(a: *mut apr_bucket, b: *mut apr_bucket) {
    // SAFETY: the head's contract; `a` is linked, `b` is not.
    unsafe {
        (*b).link.next = a;
        (*b).link.prev = (*a).link.prev;
        (*(*a).link.prev).link.next = b;
        (*a).link.prev = b;
    }
}

/// `APR_BUCKET_INSERT_AFTER(a, b)`: `b` goes behind `a`.
pub unsafe fn APR_BUCKET_INSERT_AFTER(a: *mut apr_bucket, b: *mut apr_bucket) {
    // SAFETY: the head's contract; `a` is linked, `b` is not.
    unsafe {
        (*b).link.prev = a;
        (*b).link.next = (*a).link.next;
        (*(*a).link.next).link.prev = b;
        (*a).link.next = b;
    }
}

/// `APR_BUCKET_REMOVE(e)`: leaves `e` with dangling links.
pub unsafe fn APR_BUCKET_REMOVE(e: *mut apr_bucket) {
    // SAFETY: the head's contract; `e` is linked.
    unsafe {
        (*(*e).link.prev).link.next = (*e).link.next;
        (*(*e).link.next).link.prev = (*e).link.prev;
    }
}

/// `APR_BUCKET_INIT(e)`: a ring of one.
pub unsafe fn APR_BUCKET_INIT(e: *mut apr_bucket) {
    // SAFETY: the head's contract.
    unsafe {
        (*e).link.next = e;
        (*e).link.prev = e;
    }
}

/// `APR_BUCKET_IS_METADATA(e)`.
#[must_use]
pub unsafe fn APR_BUCKET_IS_METADATA(e: *mut apr_bucket) -> bool {
    // SAFETY: the head's contract; a bucket always has a type.
    unsafe { (*(*e).type_).is_metadata == APR_BUCKET_METADATA }
}

macro_rules! bucket_is {
    ($($name:ident: $kind:ident),* $(,)?) => {$(
        #[doc = concat!("`", stringify!($name), "(e)`.")]
        #[must_use]
        pub unsafe fn $name(e: *mut apr_bucket) -> bool {
            // SAFETY: the head's contract; only the type's address is compared.
            unsafe { core::ptr::eq((*e).type_, addr_of!($kind)) }
        }
    )*};
}

bucket_is! {
    APR_BUCKET_IS_EOS: apr_bucket_type_eos,
    APR_BUCKET_IS_FLUSH: apr_bucket_type_flush,
    APR_BUCKET_IS_FILE: apr_bucket_type_file,
    APR_BUCKET_IS_HEAP: apr_bucket_type_heap,
    APR_BUCKET_IS_POOL: apr_bucket_type_pool,
    APR_BUCKET_IS_TRANSIENT: apr_bucket_type_transient,
    APR_BUCKET_IS_IMMORTAL: apr_bucket_type_immortal,
}

/// `apr_bucket_read(e, str, len, block)`.
#[must_use]
pub unsafe fn apr_bucket_read(
    e: *mut apr_bucket,
    data: *mut *const c_char,
    len: *mut apr_size_t,
    block: apr_read_type_e,
) -> apr_status_t {
    // SAFETY: the head's contract; the function belongs to the bucket's own type.
    unsafe {
        (*(*e).type_)
            .read
            .map_or(APR_ENOTIMPL, |read| read(e, data, len, block))
    }
}

/// `apr_bucket_setaside(e, p)`.
#[must_use]
pub unsafe fn apr_bucket_setaside(e: *mut apr_bucket, p: *mut apr_pool_t) -> apr_status_t {
    // SAFETY: the head's contract; the function belongs to the bucket's own type.
    unsafe {
        (*(*e).type_)
            .setaside
            .map_or(APR_ENOTIMPL, |setaside| setaside(e, p))
    }
}

/// `apr_bucket_split(e, point)`.
#[must_use]
pub unsafe fn apr_bucket_split(e: *mut apr_bucket, point: apr_size_t) -> apr_status_t {
    // SAFETY: the head's contract; the function belongs to the bucket's own type.
    unsafe { (*(*e).type_).split.map_or(APR_ENOTIMPL, |split| split(e, point)) }
}

/// `apr_bucket_destroy(e)`: `e` is in no brigade any more.
pub unsafe fn apr_bucket_destroy(e: *mut apr_bucket) {
    // SAFETY: the head's contract; both functions are the bucket's own, and it is not used again.
    unsafe {
        if let Some(destroy) = (*(*e).type_).destroy {
            destroy((*e).data);
        }
        if let Some(free) = (*e).free {
            free(e.cast());
        }
    }
}

/// `apr_bucket_delete(e)`: out of its brigade, then destroyed.
pub unsafe fn apr_bucket_delete(e: *mut apr_bucket) {
    // SAFETY: the head's contract.
    unsafe {
        APR_BUCKET_REMOVE(e);
        apr_bucket_destroy(e);
    }
}

/// `ap_get_module_config(v, m)`.
#[must_use]
pub unsafe fn ap_get_module_config(v: *const ap_conf_vector_t, m: *const module) -> *mut c_void {
    // SAFETY: the head's contract; httpd makes every vector long enough for each module's index.
    unsafe { *v.cast::<*mut c_void>().offset((*m).module_index as isize) }
}

/// `ap_set_module_config(v, m, val)`.
pub unsafe fn ap_set_module_config(v: *mut ap_conf_vector_t, m: *const module, value: *mut c_void) {
    // SAFETY: the head's contract; httpd makes every vector long enough for each module's index.
    unsafe { *v.cast::<*mut c_void>().offset((*m).module_index as isize) = value }
}

/// `ap_get_module_loglevel(l, i)`.
#[must_use]
pub unsafe fn ap_get_module_loglevel(l: *const ap_logconf, index: c_int) -> c_int {
    // SAFETY: the head's contract; httpd sizes `module_levels` for every module's index.
    unsafe {
        if index < 0 || (*l).module_levels.is_null() {
            return (*l).level;
        }
        let level = c_int::from(*(*l).module_levels.offset(index as isize));
        if level < 0 { (*l).level } else { level }
    }
}

/// `ap_get_server_module_loglevel(s, i)`.
#[must_use]
pub unsafe fn ap_get_server_module_loglevel(s: *const server_rec, index: c_int) -> c_int {
    // SAFETY: the head's contract.
    unsafe { ap_get_module_loglevel(addr_of!((*s).log), index) }
}

/// `ap_get_conn_module_loglevel(c, i)`.
#[must_use]
pub unsafe fn ap_get_conn_module_loglevel(c: *const conn_rec, index: c_int) -> c_int {
    // SAFETY: the head's contract; a connection always has its base server.
    unsafe {
        let own = (*c).log;
        let log = if own.is_null() {
            addr_of!((*(*c).base_server).log)
        } else {
            own
        };
        ap_get_module_loglevel(log, index)
    }
}

/// `ap_get_request_module_loglevel(r, i)`.
#[must_use]
pub unsafe fn ap_get_request_module_loglevel(r: *const request_rec, index: c_int) -> c_int {
    // SAFETY: the head's contract; a request always has its connection and server.
    unsafe {
        let (own, conn) = ((*r).log, (*(*r).connection).log);
        let log = match (own.is_null(), conn.is_null()) {
            (false, _) => own,
            (true, false) => conn,
            (true, true) => addr_of!((*(*r).server).log),
        };
        ap_get_module_loglevel(log, index)
    }
}

/// `STANDARD20_MODULE_STUFF` with empty functions behind it; `name` stands where C has `__FILE__`.
#[must_use]
pub const fn STANDARD20_MODULE_STUFF(name: &'static CStr) -> module {
    module {
        version: MODULE_MAGIC_NUMBER_MAJOR,
        minor_version: MODULE_MAGIC_NUMBER_MINOR,
        module_index: -1,
        name: name.as_ptr(),
        dynamic_load_handle: null_mut(),
        next: null_mut(),
        magic: MODULE_MAGIC_COOKIE as c_ulong,
        rewrite_args: None,
        create_dir_config: None,
        merge_dir_config: None,
        create_server_config: None,
        merge_server_config: None,
        cmds: core::ptr::null(),
        register_hooks: None,
        flags: AP_MODULE_FLAG_NONE,
    }
}
