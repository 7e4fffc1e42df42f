//! The phases of a request: each is one line that says which handlers run.
//!
//! Runs on the MPM's worker threads. What has no Python handler leaves here with `DECLINED`, Python untouched.

use crate::config::{Phase, is_content_handler};
use crate::gateway::handler;
use crate::httpd::{HookResult, Outcome, Request};
use crate::interp::thread;

/// Every request passes here, whatever it is for: this thread leaves interpreters that are closing.
pub(super) fn visit(_: &Request) -> HookResult {
    thread::visit();
    Ok(Outcome::Declined)
}

/// Make the content.
pub(super) fn content(r: &Request) -> HookResult {
    if !r
        .handler()
        .is_some_and(|name| is_content_handler(name.to_bytes()))
    {
        return Ok(Outcome::Declined);
    }
    handler::run(r, Phase::Handler)
}
