//! What httpd's own authentication and authorization ask of Python, one function each.
//!
//! Offered before the configuration is read; asked on the MPM's worker threads, inside the hooks of mod_auth_basic,
//! mod_auth_digest and mod_authz_core.

use std::ffi::CStr;

use crate::apr::Pool;
use crate::config::{self, Phase};
use crate::gateway::handler;
use crate::httpd::log::{self, Level};
use crate::httpd::{HookResult, HttpStatus, Request, auth, log_number};
use crate::objects::RequestState;

/// `pre_config`: what the configuration may name.
pub(super) fn offer(conf: Pool<'_>, _: Pool<'_>) -> Result<(), String> {
    auth::authn_provider(conf, basic, digest);
    auth::authz_provider(conf, require);
    Ok(())
}

/// `AuthBasicProvider python`, `AuthFormProvider python`.
fn basic(r: &Request, password: &CStr) -> HookResult {
    RequestState::of(r).with_password(password, || handler::run(r, Phase::AuthBasic))
}

/// `AuthDigestProvider python`.
fn digest(r: &Request) -> HookResult {
    handler::run(r, Phase::AuthDigest)
}

/// `Require python module[::object] ...`.
fn require(r: &Request, words: &str) -> HookResult {
    match config::required(words) {
        Ok(list) => handler::run_these(r, Phase::Authz, &list),
        Err(reason) => {
            let text = format!("Require python {words}: {reason}");
            log::log(Level::Error, log_number::NO_REQUIRE, r, text);
            Err(HttpStatus::INTERNAL_SERVER_ERROR)
        }
    }
}
