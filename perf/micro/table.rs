//! httpd's tables, of the size that the headers of a request have.

#![allow(clippy::expect_used, reason = "a bench that cannot start has nothing to say")]

use std::ffi::CString;

use criterion::Criterion;
use mod_python::apr::{OwnedPool, Table};

extern crate apache2_stubs as _;

const HEADERS: usize = 12;

fn table(c: &mut Criterion) {
    let keys: Vec<CString> = (0..HEADERS)
        .map(|n| CString::new(format!("X-Header-{n}")).expect("no NUL"))
        .collect();
    let owned = OwnedPool::unmanaged();
    let headers = Table::new(owned.pool(), 20);
    keys.iter().for_each(|key| headers.set(key, c"value"));

    c.bench_function("get the last of twelve", |b| {
        b.iter(|| headers.get(std::hint::black_box(&keys[HEADERS - 1])).is_some());
    });
    c.bench_function("get what is not there", |b| {
        b.iter(|| headers.get(c"X-Absent").is_none())
    });
    c.bench_function("walk twelve", |b| b.iter(|| headers.iter().count()));
    c.bench_function("make, set one, drop", |b| {
        b.iter(|| {
            let pool = owned.pool().sub();
            Table::new(pool.pool(), 4).set(c"Content-Type", c"text/plain");
        });
    });
}

fn main() {
    table(&mut Criterion::default().configure_from_args());
}
