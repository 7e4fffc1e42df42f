//! Which application a request's path belongs to: `PythonWSGIAlias`.
//!
//! Runs in the translation phase, behind mod_alias and what comes before it, and in the content phase; detached. A
//! path of no application costs one comparison for each mount.

use std::ffi::CStr;

use crate::config::{MOUNT_HANDLER, Mount, Phase, ServerConfig};
use crate::gateway::handler;
use crate::httpd::{HookResult, Outcome, Request};
use crate::objects::RequestState;

/// httpd's modules want a name where there is no file: one that no extension and no directory fits.
const NO_FILE: &CStr = c"wsgi:";

/// Map the request to its application: by its file, or to no file at all.
#[inline]
#[must_use]
pub fn mount(r: &Request) -> Outcome {
    match find(r) {
        Some(mount) => map(r, mount),
        None => Outcome::Declined,
    }
}

fn find(r: &Request) -> Option<&Mount> {
    let uri = r.uri().filter(|_| r.proxyreq() == 0)?;
    r.server().config::<ServerConfig>()?.mount(uri.to_bytes())
}

fn map(r: &Request, mount: &Mount) -> Outcome {
    RequestState::of(r).set_mount(mount.list());
    r.set_handler(Some(MOUNT_HANDLER));
    match mount.file() {
        Some(file) => r.set_filename(Some(r.pool().dup(file.as_os_str().as_encoded_bytes()))),
        None => name_no_file(r, mount.path().len()),
    }
    Outcome::Ok
}

fn name_no_file(r: &Request, path_ends: usize) {
    let uri = r.uri().map(CStr::to_bytes).unwrap_or_default();
    r.set_filename(Some(NO_FILE));
    r.set_path_info(Some(r.pool().dup(&uri[path_ends.min(uri.len())..])));
}

/// Whether an application is to answer, unless `SetHandler` says otherwise.
#[inline]
#[must_use]
pub fn is_mounted(r: &Request) -> bool {
    r.handler() == Some(MOUNT_HANDLER)
}

/// Whether the request belongs to an application that was mounted by module.
#[must_use]
pub fn is_without_file(r: &Request) -> bool {
    is_mounted(r) && r.filename() == Some(NO_FILE)
}

/// Let the application answer.
///
/// # Errors
/// As for any content handler.
pub fn run(r: &Request) -> HookResult {
    match RequestState::find(r).and_then(RequestState::mount) {
        Some(list) => handler::run_these(r, Phase::Handler, list),
        None => Ok(Outcome::Declined),
    }
}
