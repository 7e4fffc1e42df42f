//! The request as Python sees it: made, asked for an attribute, let go, around a record such as httpd makes.

#![allow(clippy::expect_used, reason = "a bench that cannot start has nothing to say")]

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::mem::zeroed;

use apache2_sys as sys;
use criterion::Criterion;
use mod_python::apr::{OwnedPool, Table};
use mod_python::httpd::Request;
use mod_python::interp::Binding;
use mod_python::objects::RequestState;
use mod_python::py::Attached;

mod python;

unsafe extern "C" {
    /// The module's own record; httpd numbers it when it loads the module.
    static mut python_module: sys::module;
}

/// The records of one request; the vectors of the configuration have one slot, ours.
struct Records {
    server: Box<UnsafeCell<sys::server_rec>>,
    connection: Box<UnsafeCell<sys::conn_rec>>,
    request: Box<UnsafeCell<sys::request_rec>>,
}

impl Records {
    fn new() -> Self {
        // SAFETY: httpd, too, starts with records of zeros.
        let (server, connection, request) = unsafe { (zeroed(), zeroed(), zeroed()) };
        let new = Self {
            server: Box::new(UnsafeCell::new(server)),
            connection: Box::new(UnsafeCell::new(connection)),
            request: Box::new(UnsafeCell::new(request)),
        };
        // SAFETY: the boxes are ours, and nobody looks at them yet.
        unsafe {
            (*new.connection.get()).base_server = new.server.get();
            (*new.request.get()).connection = new.connection.get();
            (*new.request.get()).server = new.server.get();
        }
        new
    }

    /// A new request in a pool, as httpd begins one; it ends with the pool.
    fn begin(&self, pool: &OwnedPool<'_>, vector: &mut [*mut c_void; 1]) -> &Request {
        vector[0] = std::ptr::null_mut();
        let r = self.request.get();
        // SAFETY: the last request ended with its pool; the vector outlives this one.
        unsafe {
            (*r).pool = pool.pool().as_ptr();
            (*r).headers_in = Table::new(pool.pool(), 12).as_ptr();
            (*r).request_config = vector.as_mut_ptr().cast();
            (*r).uri = c"/path".as_ptr().cast_mut();
            Request::from_ptr(r)
        }
    }
}

/// One request: `f` gets its object.
fn request(records: &Records, owner: &OwnedPool<'_>, binding: &Binding, py: Attached<'_>, attributes: usize) {
    let (pool, mut vector) = (owner.pool().sub(), [std::ptr::null_mut()]);
    let r = records.begin(&pool, &mut vector);
    let state = RequestState::of(r);
    state.lend(r, || {
        let object = state.wrapper(py, r, binding.replica().interp()).expect("memory");
        for _ in 0..attributes {
            drop(object.borrow().attr(py, c"uri").expect("a row of the table"));
        }
    });
    state.release(py);
}

fn main() {
    let mut c = Criterion::default().configure_from_args();
    // SAFETY: httpd is not here, and nobody has asked for the number yet.
    unsafe { python_module.module_index = 0 };
    let binding = python::start()
        .group("bench")
        .bind()
        .expect("the interpreter is built");
    let inside = binding.enter().expect("nobody else is inside");
    let (records, owner) = (Records::new(), OwnedPool::unmanaged());
    for (name, attributes) in [("make and let go", 0), ("and one attribute", 1), ("and ten", 10)] {
        c.bench_function(&format!("request: {name}"), |b| {
            b.iter(|| request(&records, &owner, &binding, inside.py(), attributes));
        });
    }
}
