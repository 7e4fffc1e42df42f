//! The phases of a request: each is one line that says which handlers run.
//!
//! Runs on the MPM's worker threads. What has no Python handler leaves here with `DECLINED`, Python untouched: each
//! phase costs it a look at one bit.

use std::iter;

use crate::config::{DirConfig, MOUNT_HANDLER, Phase, is_content_handler};
use crate::gateway::handler::{self, run};
use crate::gateway::{connection, wsgi};
use crate::httpd::log::{self, Level};
use crate::httpd::{Connection, HookResult, HttpStatus, Outcome, Request, log_number};
use crate::interp::thread;

/// A protocol of the application's own, on a connection that is no stream within another.
pub(super) fn process_connection(c: &Connection) -> HookResult {
    if c.is_master() {
        connection::run(c)
    } else {
        Ok(Outcome::Declined)
    }
}

/// Every request passes here, whatever it is for: this thread leaves interpreters that are closing.
pub(super) fn visit(_: &Request) -> HookResult {
    thread::visit();
    Ok(Outcome::Declined)
}

/// Outside of all sections `PythonInitHandler` comes before everything else.
pub(super) fn post_read_request(r: &Request) -> HookResult {
    both(run(r, Phase::Init), || run(r, Phase::PostReadRequest))
}

/// Map the URI to a file.
pub(super) fn translate_name(r: &Request) -> HookResult {
    match run(r, Phase::Trans) {
        Ok(Outcome::Declined) => leave_without_file(r),
        result => result,
    }
}

/// `PythonOption mod_python.location_no_storage 1`: what has handlers in a `<Location>` is no file.
fn leave_without_file(r: &Request) -> HookResult {
    let without = r
        .dir_config::<DirConfig>()
        .is_some_and(DirConfig::without_storage);
    Ok(if without { Outcome::Ok } else { Outcome::Declined })
}

/// The path may belong to a WSGI application.
pub(super) fn mount(r: &Request) -> HookResult {
    Ok(wsgi::mount(r))
}

/// What is mounted by module is no file; its `<Location>` sections count, no `<Directory>`.
pub(super) fn leave_mount_alone(r: &Request) -> HookResult {
    Ok(if wsgi::is_without_file(r) {
        Outcome::Ok
    } else {
        Outcome::Declined
    })
}

/// Inside of sections `PythonInitHandler` comes first once they are known.
pub(super) fn header_parser(r: &Request) -> HookResult {
    both(handler::run_of_sections(r, Phase::Init), || {
        run(r, Phase::HeaderParser)
    })
}

/// Access by anything but the user.
pub(super) fn access_checker(r: &Request) -> HookResult {
    run(r, Phase::Access)
}

/// Who is it? A handler that says OK must have said who; one that says 401 need not write the challenge.
pub(super) fn check_user_id(r: &Request) -> HookResult {
    let result = run(r, Phase::Authen);
    match result {
        Ok(Outcome::Ok) if r.user().is_none() => return Err(no_user(r)),
        Err(HttpStatus::UNAUTHORIZED) => r.note_auth_failure(),
        _ => {}
    }
    result
}

fn no_user(r: &Request) -> HttpStatus {
    let text = "PythonAuthenHandler: the handler returned OK but did not set req.user";
    log::log(Level::Error, log_number::NO_USER, r, text);
    HttpStatus::INTERNAL_SERVER_ERROR
}

/// May that user?
pub(super) fn auth_checker(r: &Request) -> HookResult {
    run(r, Phase::Authz)
}

/// The content's type. That of an application is its own business: no extension of its file's name counts.
pub(super) fn type_checker(r: &Request) -> HookResult {
    match run(r, Phase::Type) {
        Ok(Outcome::Declined) if wsgi::is_mounted(r) => Ok(Outcome::Ok),
        result => result,
    }
}

/// The last look before the content.
pub(super) fn fixups(r: &Request) -> HookResult {
    run(r, Phase::Fixup)
}

/// Make the content.
pub(super) fn content(r: &Request) -> HookResult {
    match r.handler() {
        Some(name) if is_content_handler(name.to_bytes()) => run(r, Phase::Handler),
        Some(name) if name == MOUNT_HANDLER => wsgi::run(r),
        _ => Ok(Outcome::Declined),
    }
}

/// The reply is sent. The last hook of all, so it sees to `PythonCleanupHandler`, for where it was redirected to too.
pub(super) fn log_transaction(r: &Request) -> HookResult {
    iter::successors(Some(r), |r| r.next()).for_each(handler::expect_cleanup);
    run(r, Phase::Log)
}

/// Two lists in one phase of httpd: the second runs unless the first ended the phase.
fn both(first: HookResult, second: impl FnOnce() -> HookResult) -> HookResult {
    match first {
        Ok(Outcome::Declined) => second(),
        Ok(Outcome::Ok) => match second() {
            Ok(Outcome::Declined) => first,
            result => result,
        },
        ended => ended,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_list_runs_unless_the_first_ended_the_phase() {
        let gone = Err(HttpStatus::GONE);
        for (first, second, wanted) in [
            (
                Ok(Outcome::Declined),
                Ok(Outcome::Declined),
                Ok(Outcome::Declined),
            ),
            (Ok(Outcome::Declined), Ok(Outcome::Ok), Ok(Outcome::Ok)),
            (Ok(Outcome::Ok), Ok(Outcome::Declined), Ok(Outcome::Ok)),
            (Ok(Outcome::Ok), gone, gone),
            (Ok(Outcome::Done), gone, Ok(Outcome::Done)),
            (gone, Ok(Outcome::Ok), gone),
        ] {
            assert_eq!(both(first, || second), wanted);
        }
    }
}
