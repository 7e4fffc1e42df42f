//! Our slots in httpd's vectors: directory and server configuration, request and connection state.
//!
//! Owns creating, merging and finding what the module keeps in them. Every value lies in a pool behind a tag of its
//! type, so a lookup with the wrong type finds nothing. Merging runs per request: one pool allocation, one cleanup.

use std::any::TypeId;
use std::ffi::{c_char, c_void};
use std::ptr::{self, NonNull};

use apache2_sys as sys;

use super::{Connection, Merging, Request, Server, module};
use crate::apr::{Pool, text};
use crate::boundary;

/// Where a configuration type has its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// One per directory, location or file section, merged for every request.
    Directory,
    /// One per (virtual) server, merged once.
    Server,
}

/// A configuration type that httpd creates, fills by directives, merges and drops with its pools.
pub trait Config: Default + Send + Sync + 'static {
    /// Which slot it fills; the module has one type per level.
    const LEVEL: Level;

    /// A fresh value for a section; `place` is the section's directory, path or pattern as httpd knows it.
    #[must_use]
    fn create(place: Option<&str>) -> Self {
        let _ = place;
        Self::default()
    }

    /// `add` (inner) over `base` (outer); parts of both may be lent.
    #[must_use]
    fn merge(base: &Self, add: &Self, merging: Merging) -> Self;
}

/// What really lies in a slot: a value behind the tag of its type.
#[repr(C)]
struct Tagged<T> {
    kind: TypeId,
    value: T,
}

/// Put `value` into a pool in the form the slots hold.
fn place<T: Send + 'static>(pool: Pool<'_>, value: T) -> NonNull<Tagged<T>> {
    pool.adopt_raw(Tagged {
        kind: TypeId::of::<T>(),
        value,
    })
}

/// The value behind a slot's pointer when it is a `T`.
///
/// # Safety
/// `slot` is null or came from [`place`].
unsafe fn find<T: 'static>(slot: *mut c_void) -> Option<NonNull<T>> {
    let tagged = NonNull::new(slot.cast::<Tagged<T>>())?.as_ptr();
    // SAFETY: Tagged is repr(C): its tag comes first whatever the type behind it, and only place() fills slots.
    unsafe { ((*tagged).kind == TypeId::of::<T>()).then(|| NonNull::from(&mut (*tagged).value)) }
}

/// What our slot of `vector` holds.
///
/// # Safety
/// `vector` is null or one of httpd's vectors.
unsafe fn slot(vector: *const sys::ap_conf_vector_t) -> *mut c_void {
    let record = module::record();
    if vector.is_null() || record.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: httpd made the vector long enough for every loaded module, and the record is ours, loaded.
    unsafe { sys::ap_get_module_config(vector, record) }
}

/// Borrow our value in `vector` when it is a `T`.
///
/// # Safety
/// `vector` is null or one of httpd's vectors and lives for `'a`; nobody changes the value meanwhile.
unsafe fn get<'a, T: 'static>(vector: *const sys::ap_conf_vector_t) -> Option<&'a T> {
    // SAFETY: the caller's contract; only this file fills our slots.
    unsafe { find::<T>(slot(vector)).map(|value| value.as_ref()) }
}

/// Fill our slot of `vector`; what was there stays alive in its pool.
///
/// # Safety
/// `vector` is one of httpd's vectors and lives as long as `pool`.
unsafe fn put<'p, T: Send + 'static>(vector: *mut sys::ap_conf_vector_t, pool: Pool<'p>, value: T) -> &'p T {
    let tagged = place(pool, value);
    if !module::record().is_null() {
        // SAFETY: the caller's contract; the record is ours, loaded.
        unsafe { sys::ap_set_module_config(vector, module::record(), tagged.as_ptr().cast()) };
    }
    // SAFETY: just placed in a pool that lives for 'p.
    unsafe { &(*tagged.as_ptr()).value }
}

impl Request {
    /// The directory configuration merged for this request.
    #[must_use]
    pub fn dir_config<D: Config>(&self) -> Option<&D> {
        // SAFETY: httpd merges before the hooks that ask and replaces the vector, never a value in it.
        unsafe { get(self.raw().per_dir_config) }
    }

    /// What the module keeps for this request.
    #[must_use]
    pub fn state<T: Send + 'static>(&self) -> Option<&T> {
        // SAFETY: the vector lives with the request; state is changed through `&T` only.
        unsafe { get(self.raw().request_config) }
    }

    /// Keep `value` for this request; it is dropped with the request's pool.
    pub fn insert_state<T: Send + 'static>(&self, value: T) -> &T {
        // SAFETY: httpd allocates the vector in the request's pool.
        unsafe { put(self.raw().request_config, self.pool(), value) }
    }
}

impl Connection {
    /// What the module keeps for this connection.
    #[must_use]
    pub fn state<T: Send + 'static>(&self) -> Option<&T> {
        // SAFETY: the vector lives with the connection; state is changed through `&T` only.
        unsafe { get(self.raw().conn_config) }
    }

    /// Keep `value` for this connection; it is dropped with the connection's pool.
    pub fn insert_state<T: Send + 'static>(&self, value: T) -> &T {
        // SAFETY: httpd allocates the vector in the connection's pool.
        unsafe { put(self.raw().conn_config, self.pool(), value) }
    }
}

impl Server {
    /// The server configuration of this (virtual) server.
    #[must_use]
    pub fn config<S: Config>(&self) -> Option<&S> {
        // SAFETY: created and merged before the first request; directives change a value of their own (`change`).
        unsafe { get(self.raw().module_config) }
    }

    /// The directory configuration given outside of all sections of this (virtual) server.
    #[must_use]
    pub fn dir_config<D: Config>(&self) -> Option<&D> {
        // SAFETY: as for `config`.
        unsafe { get(self.raw().lookup_defaults) }
    }
}

/// Let `f` change the configuration that a directive is meant for.
///
/// `f` works on a value taken out of its slot, so it may look at any other configuration, even at this one.
///
/// # Safety
/// `cmd` and `dir` are what httpd gave a directive's function.
pub(super) unsafe fn change<C: Config, R>(
    cmd: *mut sys::cmd_parms,
    dir: *mut c_void,
    f: impl FnOnce(&mut C) -> R,
) -> Option<R> {
    let target = match C::LEVEL {
        Level::Directory => dir,
        // SAFETY: the caller's contract; a directive's server is the one being configured.
        Level::Server => unsafe { slot((*(*cmd).server).module_config) },
    };
    // SAFETY: only place() fills our slots. One thread reads the configuration, and what an .htaccess file changes is
    // created for its own request; `take` leaves a whole value, so a panic in f leaves one too.
    unsafe {
        let place = find::<C>(target)?;
        let mut config = std::mem::take(&mut *place.as_ptr());
        let result = f(&mut config);
        *place.as_ptr() = config;
        Some(result)
    }
}

/// `create_dir_config`.
pub(super) unsafe extern "C" fn create_dir<D: Config>(
    pool: *mut sys::apr_pool_t,
    dir: *mut c_char,
) -> *mut c_void {
    // SAFETY: httpd's pool and its text live for the call.
    unsafe { made(Pool::from_ptr(pool), || D::create(text::borrow_str(dir))) }
}

/// `create_server_config`.
pub(super) unsafe extern "C" fn create_server<S: Config>(
    pool: *mut sys::apr_pool_t,
    _: *mut sys::server_rec,
) -> *mut c_void {
    // SAFETY: httpd's pool lives for the call.
    unsafe { made(Pool::from_ptr(pool), || S::create(None)) }
}

/// `merge_dir_config` and `merge_server_config`.
pub(super) unsafe extern "C" fn merge<C: Config>(
    pool: *mut sys::apr_pool_t,
    base: *mut c_void,
    add: *mut c_void,
) -> *mut c_void {
    // SAFETY: httpd gives two values that create or merge made, both finished.
    let both = unsafe { find::<C>(base).zip(find::<C>(add)) };
    // SAFETY: as above; the pool lives for the call, and no longer than those that the two values lie in.
    both.map_or(add, |(base, add)| unsafe {
        made(Pool::from_ptr(pool), || {
            C::merge(base.as_ref(), add.as_ref(), Merging(()))
        })
    })
}

/// Place what `make` makes; after a panic in it the default stands in, so httpd never meets a null.
fn made<C: Config>(pool: Pool<'_>, make: impl FnOnce() -> C) -> *mut c_void {
    let mut value = None;
    boundary::contain("configuration", || value = Some(make()));
    place(pool, value.unwrap_or_default()).as_ptr().cast()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::httpd::fake::{Dir, Fake, Srv};

    #[test]
    fn a_slot_holds_what_was_created() {
        let fake = Fake::new().configured(c"/srv/");
        let dir = fake.request().dir_config::<Dir>().unwrap();
        assert_eq!(dir.place.as_deref(), Some("/srv/"));
        assert_eq!(fake.server().config::<Srv>(), Some(&Srv::default()));
        assert_eq!(fake.server().dir_config::<Dir>(), None);
    }

    #[test]
    fn the_wrong_type_finds_nothing() {
        let fake = Fake::new().configured(c"/");
        assert_eq!(fake.request().dir_config::<Srv>(), None);
        assert!(fake.request().insert_state(1_u32) == &1 && fake.request().state::<i32>().is_none());
    }

    #[test]
    fn state_is_kept_and_replaced() {
        let fake = Fake::new();
        assert_eq!(fake.request().state::<String>(), None);
        let first = fake.request().insert_state("a".to_owned());
        fake.request().insert_state("b".to_owned());
        assert_eq!(
            (first.as_str(), fake.request().state::<String>().unwrap().as_str()),
            ("a", "b")
        );
        fake.connection().insert_state(7_u8);
        assert_eq!(fake.connection().state(), Some(&7_u8));
    }

    fn merged(base: Dir, add: Dir) -> Dir {
        let fake = Fake::new();
        let pool = fake.pool.pool();
        let raw = |dir| place(pool, dir).as_ptr().cast();
        // SAFETY: both were placed.
        unsafe {
            find::<Dir>(merge::<Dir>(pool.as_ptr(), raw(base), raw(add)))
                .unwrap()
                .as_ref()
                .clone()
        }
    }

    #[test]
    fn merging_is_the_types_own() {
        let base = Dir {
            flag: Some(true),
            ..Dir::default()
        };
        let add = Dir {
            words: vec!["w".to_owned()],
            ..Dir::default()
        };
        assert_eq!(
            merged(base, add),
            Dir {
                flag: Some(true),
                words: vec!["w".to_owned()],
                place: None
            }
        );
    }

    #[test]
    fn a_panic_while_merging_gives_the_default() {
        let add = Dir {
            place: Some("panics".to_owned()),
            ..Dir::default()
        };
        assert_eq!(merged(Dir::default(), add), Dir::default());
    }
}
