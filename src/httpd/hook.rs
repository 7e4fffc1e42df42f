//! Hooks: where httpd calls us.
//!
//! Owns the C entries (one per C shape), the catching of panics at them, and the functions that register a hook.
//! Registration runs in the parent each time httpd loads the module; the entries run wherever httpd is in a phase.
//! `hook::handler(content, Order::MIDDLE)` is a whole registration: the C symbol is made from the function's type.

use std::ffi::{c_char, c_int};
use std::ptr;

use apache2_sys as sys;

use super::item::item;
use super::log::{self, Level, Target};
use super::outcome::{HookResult, HttpStatus, to_code};
use super::{Connection, Request, Server, log_number};
use crate::apr::Pool;
use crate::boundary;

/// When a hook runs among those of other modules.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    at: c_int,
    /// Modules that come before, and behind, at the same place; null-terminated.
    behind: &'static Modules,
    before: &'static Modules,
}

/// The names of modules, ended by null, as httpd keeps them.
#[derive(Debug)]
#[repr(transparent)]
struct Modules([*const c_char; 3]);

// SAFETY: pointers to constants.
unsafe impl Sync for Modules {}

static NONE: Modules = Modules([ptr::null(); 3]);
static ALIAS: Modules = Modules([c"mod_alias.c".as_ptr(), ptr::null(), ptr::null()]);
static MASS_HOSTING: Modules = Modules([
    c"mod_userdir.c".as_ptr(),
    c"mod_vhost_alias.c".as_ptr(),
    ptr::null(),
]);

impl Order {
    /// `APR_HOOK_FIRST`.
    pub const FIRST: Self = Self::at(sys::APR_HOOK_FIRST);
    /// Before httpd's own modules, which stand in the middle, and after those that ask to be first.
    pub const EARLY: Self = Self::at(sys::APR_HOOK_MIDDLE - 1);
    /// `APR_HOOK_MIDDLE`.
    pub const MIDDLE: Self = Self::at(sys::APR_HOOK_MIDDLE);
    /// `APR_HOOK_LAST`.
    pub const LAST: Self = Self::at(sys::APR_HOOK_LAST);
    /// In the middle, behind mod_alias and before the modules that map whatever is left.
    pub const BEHIND_ALIAS: Self = Self {
        at: sys::APR_HOOK_MIDDLE,
        behind: &ALIAS,
        before: &MASS_HOSTING,
    };

    const fn at(at: c_int) -> Self {
        Self {
            at,
            behind: &NONE,
            before: &NONE,
        }
    }
}

impl Modules {
    /// The list for httpd, which keeps the pointer.
    fn as_ptr(&'static self) -> *const *const c_char {
        self.0.as_ptr()
    }
}

macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident($c:ident => $entry:ident: $($shape:tt)+);)*) => {$(
        $(#[$doc])*
        pub fn $name<F>(_: F, order: Order)
        where
            F: Fn $($shape)+ + Copy + 'static,
        {
            // SAFETY: httpd is loading modules, on its only thread; the entry stays as long as the library.
            unsafe { sys::$c(Some($entry::<F>), order.behind.as_ptr(), order.before.as_ptr(), order.at) }
        }
    )*};
}

hooks! {
    /// A request has been read (`post_read_request`).
    post_read_request(ap_hook_post_read_request => request: (&Request) -> HookResult);
    /// Map the URI to a file name (`translate_name`).
    translate_name(ap_hook_translate_name => request: (&Request) -> HookResult);
    /// Look at the file system (`map_to_storage`).
    map_to_storage(ap_hook_map_to_storage => request: (&Request) -> HookResult);
    /// The headers are known and the sections merged (`header_parser`).
    header_parser(ap_hook_header_parser => request: (&Request) -> HookResult);
    /// Access by anything but the user (`access_checker`).
    access_checker(ap_hook_access_checker => request: (&Request) -> HookResult);
    /// Who is it (`check_user_id`)?
    check_user_id(ap_hook_check_user_id => request: (&Request) -> HookResult);
    /// May that user (`auth_checker`)?
    auth_checker(ap_hook_auth_checker => request: (&Request) -> HookResult);
    /// The content's type (`type_checker`).
    type_checker(ap_hook_type_checker => request: (&Request) -> HookResult);
    /// The last look before the content (`fixups`).
    fixups(ap_hook_fixups => request: (&Request) -> HookResult);
    /// Make the content (`handler`).
    handler(ap_hook_handler => request: (&Request) -> HookResult);
    /// The reply is sent (`log_transaction`).
    log_transaction(ap_hook_log_transaction => request: (&Request) -> HookResult);
    /// Speak some protocol on a connection (`process_connection`).
    process_connection(ap_hook_process_connection => connection: (&Connection) -> HookResult);
    /// Before the configuration is read (`pre_config`): the configuration's pool and a temporary one.
    pre_config(ap_hook_pre_config => before_config: (Pool<'_>, Pool<'_>) -> Result<(), String>);
    /// The configuration is read, `configtest` too (`check_config`): pools as for `pre_config`.
    check_config(ap_hook_check_config => whole_config: (Pool<'_>, Pool<'_>, &Server) -> Result<(), String>);
    /// The configuration is final (`post_config`): pools as for `pre_config`.
    post_config(ap_hook_post_config => whole_config: (Pool<'_>, Pool<'_>, &Server) -> Result<(), String>);
    /// A child begins (`child_init`): the child's pool and the main server.
    child_init(ap_hook_child_init => child_begins: (Pool<'_>, &Server));
    /// A child stops taking connections (`child_stopping`): its pool, and whether it may finish its requests.
    child_stopping(ap_hook_child_stopping => child_ends: (Pool<'_>, bool));
}

unsafe extern "C" fn request<F>(r: *mut sys::request_rec) -> c_int
where
    F: Fn(&Request) -> HookResult + Copy + 'static,
{
    // SAFETY: httpd's hook contract: r lives and is ours for the call.
    request_entry(unsafe { Request::from_ptr(r) }, item::<F>())
}

fn request_entry(r: &Request, hook: impl FnOnce(&Request) -> HookResult) -> c_int {
    answer(boundary::catch(|| hook(r)), r.into())
}

unsafe extern "C" fn connection<F>(c: *mut sys::conn_rec) -> c_int
where
    F: Fn(&Connection) -> HookResult + Copy + 'static,
{
    // SAFETY: httpd's hook contract: c lives and is ours for the call.
    let c = unsafe { Connection::from_ptr(c) };
    answer(boundary::catch(|| item::<F>()(c)), c.into())
}

/// A hook's answer as C; a panic is 500 and one line in the log.
#[inline]
fn answer(result: Result<HookResult, boundary::Panic>, target: Target<'_>) -> c_int {
    to_code(result.unwrap_or_else(|panic| panicked(panic, target)))
}

#[cold]
fn panicked(panic: boundary::Panic, target: Target<'_>) -> HookResult {
    log::log(Level::Crit, log_number::PANIC, target, panic);
    Err(HttpStatus::INTERNAL_SERVER_ERROR)
}

unsafe extern "C" fn before_config<F>(
    conf: *mut sys::apr_pool_t,
    _log: *mut sys::apr_pool_t,
    temp: *mut sys::apr_pool_t,
) -> c_int
where
    F: Fn(Pool<'_>, Pool<'_>) -> Result<(), String> + Copy + 'static,
{
    // SAFETY: httpd's hook contract: its pools live for the call.
    let (conf, temp) = unsafe { (Pool::from_ptr(conf), Pool::from_ptr(temp)) };
    start(boundary::catch(|| item::<F>()(conf, temp)))
}

unsafe extern "C" fn whole_config<F>(
    conf: *mut sys::apr_pool_t,
    _log: *mut sys::apr_pool_t,
    temp: *mut sys::apr_pool_t,
    main: *mut sys::server_rec,
) -> c_int
where
    F: Fn(Pool<'_>, Pool<'_>, &Server) -> Result<(), String> + Copy + 'static,
{
    // SAFETY: httpd's hook contract: its pools and its main server live for the call.
    let (conf, temp, main) = unsafe { (Pool::from_ptr(conf), Pool::from_ptr(temp), Server::from_ptr(main)) };
    start(boundary::catch(|| item::<F>()(conf, temp, main)))
}

/// A start-up hook's answer as C: anything but `OK` ends the start.
fn start(result: Result<Result<(), String>, boundary::Panic>) -> c_int {
    let Err(why) = result.unwrap_or_else(|panic| Err(panic.to_string())) else {
        return sys::OK;
    };
    log::log(Level::Emerg, log_number::START_FAILED, Target::Main, why);
    sys::HTTP_INTERNAL_SERVER_ERROR
}

unsafe extern "C" fn child_begins<F>(child: *mut sys::apr_pool_t, main: *mut sys::server_rec)
where
    F: Fn(Pool<'_>, &Server) + Copy + 'static,
{
    // SAFETY: httpd's hook contract: the child's pool and the main server live as long as the child.
    let (child, main) = unsafe { (Pool::from_ptr(child), Server::from_ptr(main)) };
    boundary::contain("child_init", || item::<F>()(child, main));
}

unsafe extern "C" fn child_ends<F>(child: *mut sys::apr_pool_t, graceful: c_int)
where
    F: Fn(Pool<'_>, bool) + Copy + 'static,
{
    // SAFETY: httpd's hook contract: the child's pool lives for the call.
    let child = unsafe { Pool::from_ptr(child) };
    boundary::contain("child_stopping", || item::<F>()(child, graceful != 0));
}
