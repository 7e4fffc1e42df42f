//! A defect on demand, in builds with the feature `defects` only: a test sees what a panic in a hook does to httpd.

use crate::httpd::{HookResult, Outcome, Request};

/// Panic for a request that asks for it.
#[allow(clippy::panic, reason = "that is what it is for")]
pub(super) fn strike(r: &Request) -> HookResult {
    match r.headers_in().get(c"X-Defect") {
        Some(text) => panic!("asked to by {text:?}"),
        None => Ok(Outcome::Declined),
    }
}
