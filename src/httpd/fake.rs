//! For tests: httpd's records as httpd would make them, around a real pool, with one module in every vector.
//!
//! Owns a server, a connection and a request that point to each other. Nothing here runs outside of tests, and
//! no function of httpd may be called on them: it is not there.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_void};
use std::mem::zeroed;
use std::ptr;
use std::sync::Once;

use apache2_sys as sys;

use super::directive;
use super::slot::{self, Config, Level};
use super::{Connection, Merging, Module, Request, Server, module};
use crate::apr::{OwnedPool, Table};

/// A directory configuration that keeps what it is told.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Dir {
    pub(super) place: Option<String>,
    pub(super) words: Vec<String>,
    pub(super) flag: Option<bool>,
}

impl Config for Dir {
    const LEVEL: Level = Level::Directory;

    fn create(place: Option<&str>) -> Self {
        Self {
            place: place.map(str::to_owned),
            ..Self::default()
        }
    }

    fn merge(base: &Self, add: &Self, _: Merging) -> Self {
        assert_ne!(add.place.as_deref(), Some("panics"));
        Self {
            flag: add.flag.or(base.flag),
            ..add.clone()
        }
    }
}

/// A server configuration that keeps what it is told.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Srv {
    pub(super) word: Option<String>,
}

impl Config for Srv {
    const LEVEL: Level = Level::Server;

    fn merge(base: &Self, add: &Self, _: Merging) -> Self {
        Self {
            word: add.word.clone().or_else(|| base.word.clone()),
        }
    }
}

static RECORD: Module = Module::new::<Dir, Srv, _>(c"mod_fake.c", &[directive::END], || ());

/// A server, a connection and a request that httpd could have made; their vectors have one slot, ours.
pub(super) struct Fake {
    pub(super) pool: OwnedPool<'static>,
    temp: OwnedPool<'static>,
    server: Box<UnsafeCell<sys::server_rec>>,
    connection: Box<UnsafeCell<sys::conn_rec>>,
    request: Box<UnsafeCell<sys::request_rec>>,
}

impl Fake {
    pub(super) fn new() -> Self {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| module::pretend(&RECORD));
        let pool = OwnedPool::unmanaged();
        let raw = pool.pool().as_ptr();
        // SAFETY: httpd, too, starts with records of zeros.
        let (mut s, mut c, mut r): (sys::server_rec, sys::conn_rec, sys::request_rec) = unsafe { zeroed() };
        (s.module_config, s.lookup_defaults) = (vector(&pool), vector(&pool));
        let server = Box::new(UnsafeCell::new(s));
        (c.pool, c.base_server, c.conn_config) = (raw, server.get(), vector(&pool));
        let connection = Box::new(UnsafeCell::new(c));
        (r.pool, r.connection, r.server) = (raw, connection.get(), server.get());
        (r.per_dir_config, r.request_config) = (vector(&pool), vector(&pool));
        r.headers_in = Table::new(pool.pool(), 4).as_ptr();
        let request = Box::new(UnsafeCell::new(r));
        Self {
            pool,
            temp: OwnedPool::unmanaged(),
            server,
            connection,
            request,
        }
    }

    pub(super) fn server(&self) -> &Server {
        // SAFETY: lives in its box.
        unsafe { Server::from_ptr(self.server.get()) }
    }

    pub(super) fn connection(&self) -> &Connection {
        // SAFETY: lives in its box.
        unsafe { Connection::from_ptr(self.connection.get()) }
    }

    pub(super) fn request(&self) -> &Request {
        // SAFETY: lives in its box.
        unsafe { Request::from_ptr(self.request.get()) }
    }

    /// Put what httpd would create into the configuration slots: `D::create(place)` and `S::create(None)`.
    pub(super) fn configured(self, place: &CStr) -> Self {
        let pool = self.pool.pool().as_ptr();
        // SAFETY: the vectors have our one slot; the place is only read.
        unsafe {
            let dir = slot::create_dir::<Dir>(pool, place.as_ptr().cast_mut());
            self.request()
                .raw()
                .per_dir_config
                .cast::<*mut c_void>()
                .write(dir);
            let server = slot::create_server::<Srv>(pool, self.server.get());
            self.server()
                .raw()
                .module_config
                .cast::<*mut c_void>()
                .write(server);
        }
        self
    }

    /// What our slot of the request's directory configuration holds, as httpd sees it.
    pub(super) fn dir_slot(&self) -> *mut c_void {
        // SAFETY: the vector has our one slot.
        unsafe { *self.request().raw().per_dir_config.cast::<*mut c_void>() }
    }

    /// What httpd tells a directive that stands at line 7 of `x.conf` with these sections around it, inner first.
    pub(super) fn cmd(
        &self,
        row: *const sys::command_rec,
        args: &CStr,
        sections: &[(&CStr, &CStr)],
    ) -> sys::cmd_parms {
        let node = |name: &CStr, args: &CStr, parent| sys::ap_directive_t {
            directive: self.pool.pool().dup(name.to_bytes()).as_ptr(),
            args: self.pool.pool().dup(args.to_bytes()).as_ptr(),
            filename: c"x.conf".as_ptr(),
            line_num: 7,
            parent,
            // SAFETY: the rest of a node may be zero.
            ..unsafe { zeroed() }
        };
        let keep = |node| {
            ptr::from_ref(self.pool.pool().adopt(Node(node)))
                .cast_mut()
                .cast()
        };
        let parent = sections
            .iter()
            .rev()
            .fold(ptr::null_mut(), |parent, (name, args)| {
                keep(node(name, args, parent))
            });
        let pool = self.pool.pool();
        sys::cmd_parms {
            directive: keep(node(c"PythonX", args, parent)),
            pool: pool.as_ptr(),
            temp_pool: self.temp.pool().as_ptr(),
            server: self.server.get(),
            cmd: row,
            // SAFETY: the rest of the record may be zero.
            ..unsafe { zeroed() }
        }
    }
}

/// A node of the configuration's tree, kept in the pool of its fake.
#[repr(transparent)]
struct Node(sys::ap_directive_t);

// SAFETY: a test runs on one thread.
unsafe impl Send for Node {}

/// An empty vector with one slot.
fn vector(pool: &OwnedPool<'_>) -> *mut sys::ap_conf_vector_t {
    // SAFETY: the pool lives; zeros are an empty vector.
    unsafe {
        let room = sys::apr_palloc(pool.pool().as_ptr(), size_of::<*mut c_void>());
        room.cast::<*mut c_void>().write(ptr::null_mut());
        room.cast()
    }
}
