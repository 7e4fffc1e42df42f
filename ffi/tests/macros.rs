//! Compares the hand-ported macros with what the C compiler makes of the installed headers (`macros.c`).
//!
//! Runs on the real libapr. Each test does the same thing once in Rust and once in C and compares the outcome.
#![allow(non_snake_case, reason = "the macros' own names")]
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each test makes what it points to, and nobody else sees it"
)]

extern crate apache2_stubs as _;

use std::ffi::{c_char, c_int, c_void};
use std::mem::zeroed;
use std::ptr::{self, addr_of, addr_of_mut, null_mut};
use std::sync::Once;

use apache2_sys::*;

type Bucket = *mut apr_bucket;
type BrigadePtr = *mut apr_bucket_brigade;

unsafe extern "C" {
    fn c_APR_BRIGADE_SENTINEL(b: BrigadePtr) -> Bucket;
    fn c_APR_BRIGADE_FIRST(b: BrigadePtr) -> Bucket;
    fn c_APR_BRIGADE_LAST(b: BrigadePtr) -> Bucket;
    fn c_APR_BUCKET_NEXT(e: Bucket) -> Bucket;
    fn c_APR_BUCKET_PREV(e: Bucket) -> Bucket;
    fn c_APR_BRIGADE_EMPTY(b: BrigadePtr) -> c_int;
    fn c_APR_BUCKET_IS_METADATA(e: Bucket) -> c_int;
    fn c_APR_BUCKET_IS_EOS(e: Bucket) -> c_int;
    fn c_APR_BUCKET_IS_FLUSH(e: Bucket) -> c_int;
    fn c_APR_BUCKET_IS_FILE(e: Bucket) -> c_int;
    fn c_APR_BUCKET_IS_HEAP(e: Bucket) -> c_int;
    fn c_APR_BUCKET_IS_POOL(e: Bucket) -> c_int;
    fn c_APR_BUCKET_IS_TRANSIENT(e: Bucket) -> c_int;
    fn c_APR_BUCKET_IS_IMMORTAL(e: Bucket) -> c_int;
    fn c_APR_BRIGADE_INSERT_HEAD(b: BrigadePtr, e: Bucket);
    fn c_APR_BRIGADE_INSERT_TAIL(b: BrigadePtr, e: Bucket);
    fn c_APR_BRIGADE_CONCAT(a: BrigadePtr, b: BrigadePtr);
    fn c_APR_BUCKET_INSERT_BEFORE(a: Bucket, b: Bucket);
    fn c_APR_BUCKET_INSERT_AFTER(a: Bucket, b: Bucket);
    fn c_APR_BUCKET_REMOVE(e: Bucket);
    fn c_APR_BUCKET_INIT(e: Bucket);
    fn c_apr_bucket_delete(e: Bucket);
    fn c_ap_get_module_config(v: *const ap_conf_vector_t, m: *const module) -> *mut c_void;
    fn c_ap_set_module_config(v: *mut ap_conf_vector_t, m: *const module, value: *mut c_void);
    fn c_ap_get_server_module_loglevel(s: *const server_rec, index: c_int) -> c_int;
    fn c_ap_get_conn_module_loglevel(c: *const conn_rec, index: c_int) -> c_int;
    fn c_ap_get_request_module_loglevel(r: *const request_rec, index: c_int) -> c_int;
    static c_STANDARD20_MODULE_STUFF: module;
}

/// A pool with a bucket allocator, destroyed at the end of a test.
struct Apr {
    pool: *mut apr_pool_t,
    alloc: *mut apr_bucket_alloc_t,
}

impl Apr {
    fn new() -> Self {
        static START: Once = Once::new();
        START.call_once(|| assert_eq!(unsafe { apr_initialize() }, APR_SUCCESS));
        let mut pool = null_mut();
        let alloc = unsafe {
            assert_eq!(
                apr_pool_create_unmanaged_ex(&raw mut pool, None, null_mut()),
                APR_SUCCESS
            );
            apr_bucket_alloc_create(pool)
        };
        Self { pool, alloc }
    }

    fn brigade(&self) -> BrigadePtr {
        unsafe { apr_brigade_create(self.pool, self.alloc) }
    }

    fn heap(&self, text: &str) -> Bucket {
        unsafe { apr_bucket_heap_create(text.as_ptr().cast(), text.len(), None, self.alloc) }
    }

    /// A brigade of one-letter buckets, filled by C.
    fn letters(&self, letters: &str) -> BrigadePtr {
        let brigade = self.brigade();
        for letter in letters.split("").filter(|letter| !letter.is_empty()) {
            unsafe { c_APR_BRIGADE_INSERT_TAIL(brigade, self.heap(letter)) };
        }
        brigade
    }
}

impl Drop for Apr {
    fn drop(&mut self) {
        unsafe { apr_pool_destroy(self.pool) }
    }
}

fn first(b: BrigadePtr) -> Bucket {
    unsafe { c_APR_BRIGADE_FIRST(b) }
}

fn last(b: BrigadePtr) -> Bucket {
    unsafe { c_APR_BRIGADE_LAST(b) }
}

/// What C reads from a brigade, forwards; the way back must meet the same buckets.
fn read(b: BrigadePtr) -> String {
    let sentinel = unsafe { c_APR_BRIGADE_SENTINEL(b) };
    let walk = |from, step: unsafe extern "C" fn(Bucket) -> Bucket| {
        std::iter::successors(Some(from), move |&e| Some(unsafe { step(e) }))
            .take_while(move |&e| e != sentinel)
    };
    let there: Vec<Bucket> = walk(first(b), c_APR_BUCKET_NEXT).collect();
    let mut back: Vec<Bucket> = walk(last(b), c_APR_BUCKET_PREV).collect();
    back.reverse();
    assert_eq!(there, back);
    there.into_iter().map(letter).collect()
}

fn letter(e: Bucket) -> char {
    let (mut data, mut len) = (ptr::null::<c_char>(), 0);
    unsafe {
        assert_eq!(
            apr_bucket_read(e, &raw mut data, &raw mut len, APR_BLOCK_READ),
            APR_SUCCESS
        );
        assert_eq!(len, 1);
        char::from(*data.cast::<u8>())
    }
}

/// The same steps with the Rust and with the C macro give the same brigade.
macro_rules! same {
    ($start:literal => $end:literal, $rust:ident, $c:ident, |$b:ident, $new:ident, $f:ident| $step:expr) => {{
        let apr = Apr::new();
        for $f in [$rust as unsafe fn(_, _), |a, b| unsafe { $c(a, b) }] {
            let ($b, $new) = (apr.letters($start), apr.heap("n"));
            unsafe { $step };
            assert_eq!(read($b), $end, stringify!($rust));
        }
    }};
}

#[test]
fn inserting() {
    same!("" => "n", APR_BRIGADE_INSERT_HEAD, c_APR_BRIGADE_INSERT_HEAD, |b, n, f| f(b, n));
    same!("ab" => "nab", APR_BRIGADE_INSERT_HEAD, c_APR_BRIGADE_INSERT_HEAD, |b, n, f| f(b, n));
    same!("" => "n", APR_BRIGADE_INSERT_TAIL, c_APR_BRIGADE_INSERT_TAIL, |b, n, f| f(b, n));
    same!("ab" => "abn", APR_BRIGADE_INSERT_TAIL, c_APR_BRIGADE_INSERT_TAIL, |b, n, f| f(b, n));
    same!("ab" => "anb", APR_BUCKET_INSERT_BEFORE, c_APR_BUCKET_INSERT_BEFORE, |b, n, f| f(last(b), n));
    same!("ab" => "anb", APR_BUCKET_INSERT_AFTER, c_APR_BUCKET_INSERT_AFTER, |b, n, f| f(first(b), n));
}

#[test]
fn concatenating() {
    let apr = Apr::new();
    for f in [APR_BRIGADE_CONCAT as unsafe fn(_, _), |a, b| unsafe {
        c_APR_BRIGADE_CONCAT(a, b)
    }] {
        for (a, b) in [("ab", "cd"), ("ab", ""), ("", "cd"), ("", "")] {
            let (left, right) = (apr.letters(a), apr.letters(b));
            unsafe { f(left, right) };
            assert_eq!((read(left), read(right)), (format!("{a}{b}"), String::new()));
        }
    }
}

#[test]
fn removing() {
    let apr = Apr::new();
    let all: [unsafe fn(Bucket); 4] = [
        APR_BUCKET_REMOVE,
        |e| unsafe { c_APR_BUCKET_REMOVE(e) },
        apr_bucket_delete,
        |e| unsafe { c_apr_bucket_delete(e) },
    ];
    for remove in all {
        let b = apr.letters("abc");
        unsafe { remove(APR_BUCKET_NEXT(first(b))) };
        assert_eq!(read(b), "ac");
    }
}

#[test]
fn a_ring_of_one() {
    let apr = Apr::new();
    for init in [APR_BUCKET_INIT as unsafe fn(_), |e| unsafe {
        c_APR_BUCKET_INIT(e)
    }] {
        let e = apr.heap("x");
        unsafe {
            init(e);
            assert_eq!((APR_BUCKET_NEXT(e), APR_BUCKET_PREV(e)), (e, e));
        }
    }
}

#[test]
fn looking() {
    let apr = Apr::new();
    for letters in ["", "a", "abc"] {
        let b = apr.letters(letters);
        unsafe {
            assert_eq!(APR_BRIGADE_SENTINEL(b), c_APR_BRIGADE_SENTINEL(b));
            assert_eq!((APR_BRIGADE_FIRST(b), APR_BRIGADE_LAST(b)), (first(b), last(b)));
            assert_eq!(APR_BRIGADE_EMPTY(b), c_APR_BRIGADE_EMPTY(b) != 0);
            let e = APR_BRIGADE_FIRST(b);
            assert_eq!(APR_BUCKET_NEXT(e), c_APR_BUCKET_NEXT(e));
            assert_eq!(APR_BUCKET_PREV(e), c_APR_BUCKET_PREV(e));
        }
    }
}

#[test]
fn kinds() {
    let apr = Apr::new();
    let (x, alloc) = (c"x".as_ptr(), apr.alloc);
    let buckets = unsafe {
        [
            apr_bucket_eos_create(alloc),
            apr_bucket_flush_create(alloc),
            apr_bucket_heap_create(x, 1, None, alloc),
            apr_bucket_pool_create(x, 1, apr.pool, alloc),
            apr_bucket_transient_create(x, 1, alloc),
            apr_bucket_immortal_create(x, 1, alloc),
            apr_bucket_file_create(null_mut(), 0, 1, apr.pool, alloc),
        ]
    };
    macro_rules! agree {
        ($($rust:ident $c:ident)*) => {$(
            let rust = buckets.map(|e| unsafe { $rust(e) });
            assert_eq!(rust, buckets.map(|e| unsafe { $c(e) } != 0), stringify!($rust));
            assert!(rust.contains(&true));
        )*};
    }
    agree! {
        APR_BUCKET_IS_METADATA c_APR_BUCKET_IS_METADATA
        APR_BUCKET_IS_EOS c_APR_BUCKET_IS_EOS
        APR_BUCKET_IS_FLUSH c_APR_BUCKET_IS_FLUSH
        APR_BUCKET_IS_FILE c_APR_BUCKET_IS_FILE
        APR_BUCKET_IS_HEAP c_APR_BUCKET_IS_HEAP
        APR_BUCKET_IS_POOL c_APR_BUCKET_IS_POOL
        APR_BUCKET_IS_TRANSIENT c_APR_BUCKET_IS_TRANSIENT
        APR_BUCKET_IS_IMMORTAL c_APR_BUCKET_IS_IMMORTAL
    }
}

#[test]
fn configuration_vectors() {
    let mut vector: [usize; 3] = [0; 3];
    let vector: *mut ap_conf_vector_t = vector.as_mut_ptr().cast();
    let mut record = STANDARD20_MODULE_STUFF(c"x.c");
    record.module_index = 2;
    let (one, two) = (ptr::without_provenance_mut(1), ptr::without_provenance_mut(2));
    unsafe {
        ap_set_module_config(vector, &raw const record, one);
        assert_eq!(c_ap_get_module_config(vector, &raw const record), one);
        c_ap_set_module_config(vector, &raw const record, two);
        assert_eq!(ap_get_module_config(vector, &raw const record), two);
    }
}

#[test]
fn log_levels() {
    let mut levels: [i8; 2] = [-1, 7];
    let with = |levels: *mut i8, level| ap_logconf {
        module_levels: levels,
        level,
    };
    let (plain, own) = (with(null_mut(), 4), with(levels.as_mut_ptr(), 5));
    for server_log in [plain, own] {
        for conn_log in [ptr::null(), &raw const own] {
            for request_log in [ptr::null(), &raw const plain] {
                agree_on_levels(server_log, conn_log, request_log);
            }
        }
    }
}

fn agree_on_levels(server_log: ap_logconf, conn_log: *const ap_logconf, request_log: *const ap_logconf) {
    unsafe {
        let (mut s, mut c, mut r): (server_rec, conn_rec, request_rec) = (zeroed(), zeroed(), zeroed());
        s.log = server_log;
        (c.base_server, c.log) = (addr_of_mut!(s), conn_log);
        (r.server, r.connection, r.log) = (addr_of_mut!(s), addr_of_mut!(c), request_log);
        let (s, c, r) = (addr_of!(s), addr_of!(c), addr_of!(r));
        for index in [-1, 0, 1] {
            assert_eq!(
                ap_get_server_module_loglevel(s, index),
                c_ap_get_server_module_loglevel(s, index)
            );
            assert_eq!(
                ap_get_conn_module_loglevel(c, index),
                c_ap_get_conn_module_loglevel(c, index)
            );
            assert_eq!(
                ap_get_request_module_loglevel(r, index),
                c_ap_get_request_module_loglevel(r, index)
            );
        }
    }
}

#[test]
fn the_record_of_a_module() {
    let rust = STANDARD20_MODULE_STUFF(c"mod_x.c");
    let c = unsafe { ptr::read(addr_of!(c_STANDARD20_MODULE_STUFF)) };
    assert_eq!((rust.version, rust.minor_version), (c.version, c.minor_version));
    assert_eq!(
        (rust.module_index, rust.magic, rust.flags),
        (c.module_index, c.magic, c.flags)
    );
    assert!(rust.dynamic_load_handle.is_null() && c.dynamic_load_handle.is_null());
    assert!(rust.next.is_null() && c.next.is_null());
    assert!(rust.rewrite_args.is_none() && c.rewrite_args.is_none());
}
