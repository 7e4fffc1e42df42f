//! What a request pays to be inside Python: bind a replica, attach with the cached thread state, detach.

#![allow(clippy::expect_used, reason = "a bench that cannot start has nothing to say")]

use criterion::Criterion;
use mod_python::interp::{Session, detach};

mod python;

fn session(c: &mut Criterion) {
    let group = python::start().group("bench");
    let binding = group.bind().expect("the interpreter is built");

    c.bench_function("bind", |b| b.iter(|| group.bind().is_ok()));
    c.bench_function("attach and detach", |b| b.iter(|| drop(binding.enter())));
    c.bench_function("bind, attach and detach", |b| {
        b.iter(|| group.bind().map(|binding| drop(binding.enter())).is_ok());
    });

    let inside = binding.enter().expect("nobody else is inside");
    let interp = binding.replica().interp();
    c.bench_function("nested session", |b| b.iter(|| drop(Session::enter(interp))));
    c.bench_function("detach around a call", |b| b.iter(|| detach(inside.py(), || ())));
}

fn main() {
    session(&mut Criterion::default().configure_from_args());
}
