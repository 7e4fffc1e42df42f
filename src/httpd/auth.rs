//! Providers for httpd's own authentication and authorization: `AuthBasicProvider`, `AuthDigestProvider`, `Require`.
//!
//! Owns the registration of providers named `python`, and the C entries that ask the functions given for it.
//! Registered in the parent each time httpd loads the module; asked on request threads, inside the hooks of
//! mod_auth_basic, mod_auth_digest and mod_authz_core. A panic inside is an error of the provider.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::marker::PhantomData;

use apache2_sys as sys;

use super::item::item;
use super::log::{self, Level};
use super::{HookResult, HttpStatus, Outcome, Request, log_number};
use crate::apr::{Pool, text};
use crate::boundary;

/// The name of our providers in `AuthBasicProvider`, `AuthDigestProvider` and `Require`.
const NAME: &CStr = c"python";
/// The note in which a digest provider leaves `md5(user:realm:password)`.
const HASH: &CStr = c"mod_python.digest_hash";

/// Offer `password`, which gets what the client has sent, to mod_auth_basic and mod_auth_form, and `hash` to
/// mod_auth_digest.
pub fn authn_provider<P, H>(conf: Pool<'_>, _: P, _: H)
where
    P: Fn(&Request, &CStr) -> HookResult + Copy + 'static,
    H: Fn(&Request) -> HookResult + Copy + 'static,
{
    let provider: &'static sys::authn_provider = &Authn::<P, H>::PROVIDER;
    register(
        conf,
        c"authn",
        std::ptr::from_ref(provider).cast(),
        sys::AP_AUTH_INTERNAL_PER_URI,
    );
}

/// Offer `require`, which gets the words behind `Require python`, to mod_authz_core.
pub fn authz_provider<F>(conf: Pool<'_>, _: F)
where
    F: Fn(&Request, &str) -> HookResult + Copy + 'static,
{
    let provider: &'static sys::authz_provider = &Authz::<F>::PROVIDER;
    register(
        conf,
        c"authz",
        std::ptr::from_ref(provider).cast(),
        sys::AP_AUTH_INTERNAL_PER_URI,
    );
}

fn register(conf: Pool<'_>, group: &CStr, provider: *const c_void, kind: c_int) {
    // SAFETY: httpd is loading modules, on its only thread; the provider is constant as long as the library.
    unsafe {
        sys::ap_register_auth_provider(
            conf.as_ptr(),
            group.as_ptr(),
            NAME.as_ptr(),
            c"0".as_ptr(),
            provider,
            kind,
        );
    }
}

struct Authn<P, H>(PhantomData<(P, H)>);

impl<P, H> Authn<P, H>
where
    P: Fn(&Request, &CStr) -> HookResult + Copy + 'static,
    H: Fn(&Request) -> HookResult + Copy + 'static,
{
    const PROVIDER: sys::authn_provider = sys::authn_provider {
        check_password: Some(password::<P>),
        get_realm_hash: Some(hash::<H>),
    };
}

struct Authz<F>(PhantomData<F>);

impl<F: Fn(&Request, &str) -> HookResult + Copy + 'static> Authz<F> {
    const PROVIDER: sys::authz_provider = sys::authz_provider {
        check_authorization: Some(require::<F>),
        parse_require_line: None,
    };
}

unsafe extern "C" fn password<P>(
    r: *mut sys::request_rec,
    user: *const c_char,
    password: *const c_char,
) -> sys::authn_status
where
    P: Fn(&Request, &CStr) -> HookResult + Copy + 'static,
{
    // SAFETY: the caller's contract: a live request of this thread, two texts or null.
    let (r, user, password) = unsafe {
        (
            Request::from_ptr(r),
            text::borrow(user),
            text::borrow(password).unwrap_or_default(),
        )
    };
    match caught(r, || as_user(r, user, || item::<P>()(r, password))) {
        Ok(Outcome::Ok) => sys::AUTH_GRANTED,
        Ok(_) => sys::AUTH_USER_NOT_FOUND,
        Err(HttpStatus::UNAUTHORIZED | HttpStatus::FORBIDDEN) => sys::AUTH_DENIED,
        Err(_) => sys::AUTH_GENERAL_ERROR,
    }
}

unsafe extern "C" fn hash<H>(
    r: *mut sys::request_rec,
    _user: *const c_char,
    _realm: *const c_char,
    result: *mut *mut c_char,
) -> sys::authn_status
where
    H: Fn(&Request) -> HookResult + Copy + 'static,
{
    // SAFETY: the caller's contract: a live request of this thread.
    let r = unsafe { Request::from_ptr(r) };
    let answer = caught(r, || item::<H>()(r));
    match (answer, r.notes().get(HASH)) {
        (Ok(Outcome::Ok), Some(hash)) => {
            let hash = r.pool().dup(hash.to_bytes());
            r.notes().unset(HASH);
            // SAFETY: the caller's place for a text in the request's pool, which nobody writes to.
            unsafe { *result = hash.as_ptr().cast_mut() };
            sys::AUTH_USER_FOUND
        }
        (Ok(_), _) => sys::AUTH_USER_NOT_FOUND,
        (Err(HttpStatus::UNAUTHORIZED | HttpStatus::FORBIDDEN), _) => sys::AUTH_DENIED,
        (Err(_), _) => sys::AUTH_GENERAL_ERROR,
    }
}

unsafe extern "C" fn require<F>(
    r: *mut sys::request_rec,
    line: *const c_char,
    _parsed: *const c_void,
) -> sys::authz_status
where
    F: Fn(&Request, &str) -> HookResult + Copy + 'static,
{
    // SAFETY: the caller's contract: a live request of this thread, and the words of its configuration.
    let (r, words) = unsafe { (Request::from_ptr(r), text::borrow_str(line).unwrap_or_default()) };
    match caught(r, || item::<F>()(r, words)) {
        Ok(Outcome::Ok) => sys::AUTHZ_GRANTED,
        Ok(_) => sys::AUTHZ_NEUTRAL,
        Err(HttpStatus::UNAUTHORIZED) if r.user().is_none() => sys::AUTHZ_DENIED_NO_USER,
        Err(HttpStatus::UNAUTHORIZED | HttpStatus::FORBIDDEN) => sys::AUTHZ_DENIED,
        Err(_) => sys::AUTHZ_GENERAL_ERROR,
    }
}

/// Ask with `r->user` set, as mod_auth_basic does and mod_auth_form does not: a user who is not let in is none.
fn as_user(r: &Request, user: Option<&CStr>, ask: impl FnOnce() -> HookResult) -> HookResult {
    if r.user().is_some() {
        return ask();
    }
    r.set_user(user);
    let answer = ask();
    if answer != Ok(Outcome::Ok) {
        r.set_user(None);
    }
    answer
}

fn caught(r: &Request, ask: impl FnOnce() -> HookResult) -> HookResult {
    boundary::catch(ask).unwrap_or_else(|panic| {
        log::log(Level::Crit, log_number::PANIC, r, panic);
        Err(HttpStatus::INTERNAL_SERVER_ERROR)
    })
}
