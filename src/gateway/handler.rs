//! Running the handlers of a phase.
//!
//! The way of every request to Python: find the list, bind a replica, enter it, call each handler, check and stack the
//! results (surface §2.2–2.4). Runs on request threads. What a handler resolved to is kept per interpreter, so an
//! ordinary request imports nothing and asks the file system nothing.

use std::ffi::CStr;
use std::sync::Arc;

use super::binding::{bind, group};
use super::invoke::{End, one};
use super::report::Place;
use super::visit::{Answer, Unserved, visit};
use crate::config::{DirConfig, Found, HandlerList, Phase, has_filters};
use crate::httpd::log::{self, Level};
use crate::httpd::{HookResult, HttpStatus, Outcome, Request, log_number};
use crate::interp::group::EnterError;
use crate::interp::{BindError, Binding, Group, Interp, Session};
use crate::objects::module::state_of;
use crate::objects::{Dispatch, Handler, RequestState};
use crate::py::{Attached, Exception, Owned, PyResult, Raised};

/// Run the handlers that the request's configuration has for a phase.
///
/// # Errors
/// The HTTP status that a handler, or an error, decided on.
#[inline(always)]
pub fn run(r: &Request, phase: Phase) -> HookResult {
    if phase.is_used() {
        run_configured(r, phase)
    } else {
        Ok(Outcome::Declined)
    }
}

#[inline(never)]
fn run_configured(r: &Request, phase: Phase) -> HookResult {
    match r.dir_config::<DirConfig>() {
        Some(conf) if conf.has(phase) => run_list(r, conf, phase, conf.handlers(phase, filename(r))),
        Some(conf) if has_added(r, phase) => run_list(r, conf, phase, None),
        _ => Ok(Outcome::Declined),
    }
}

/// As [`run`], without the list that stands outside of all sections: it had its turn before they were known.
///
/// # Errors
/// As for [`run`].
pub fn run_of_sections(r: &Request, phase: Phase) -> HookResult {
    if !phase.is_used() {
        return Ok(Outcome::Declined);
    }
    match r.dir_config::<DirConfig>() {
        Some(conf) if conf.has(phase) || has_added(r, phase) => {
            let configured = conf.handlers(phase, filename(r));
            run_list(
                r,
                conf,
                phase,
                configured.filter(|found| !is_of_server(r, phase, found)),
            )
        }
        _ => Ok(Outcome::Declined),
    }
}

/// Run these handlers, whatever the configuration has for the phase.
///
/// # Errors
/// As for [`run`].
pub fn run_these(r: &Request, phase: Phase, list: &HandlerList) -> HookResult {
    let Some(conf) = r.dir_config::<DirConfig>() else {
        return Ok(Outcome::Declined);
    };
    let found = Found {
        list,
        extension: None,
    };
    run_list(r, conf, phase, Some(found))
}

/// See to it that `PythonCleanupHandler` runs, also when no other handler does.
pub fn expect_cleanup(r: &Request) {
    if !Phase::Cleanup.is_used() {
        return;
    }
    if r.dir_config::<DirConfig>()
        .is_some_and(|conf| conf.has(Phase::Cleanup))
    {
        RequestState::of(r).at_end(r, cleanup);
    }
}

/// The last phase: nobody is there any more who asks for its result.
fn cleanup(r: &Request) {
    let _ = run(r, Phase::Cleanup);
}

fn filename(r: &Request) -> Option<&[u8]> {
    r.filename().map(CStr::to_bytes)
}

fn has_added(r: &Request, phase: Phase) -> bool {
    RequestState::find(r).is_some_and(|state| state.has_added(phase))
}

fn is_of_server(r: &Request, phase: Phase, found: &Found<'_>) -> bool {
    let server = r.server().dir_config::<DirConfig>();
    let list = server.and_then(|conf| conf.handlers(phase, None));
    list.is_some_and(|of_server| Arc::ptr_eq(of_server.list, found.list))
}

/// Run what is configured, and what was added.
fn run_list(r: &Request, conf: &DirConfig, phase: Phase, configured: Option<Found<'_>>) -> HookResult {
    if configured.is_none() && !has_added(r, phase) {
        return Ok(Outcome::Declined);
    }
    let state = RequestState::of(r);
    let first = configured.and_then(|found| found.list.first().copied());
    let first = first.or_else(|| state.first_added(phase));
    let group = group(r, conf, first).map_err(|reason| no_interpreter(r, &reason))?;
    if conf.has(Phase::Cleanup) {
        state.at_end(r, cleanup);
    }
    if phase.is_after_reply() {
        state.close_output();
    }
    let call = Call {
        r,
        conf,
        state,
        phase,
        configured,
    };
    let result = state.lend(r, || call.served_by(group));
    call.conclude(result)
}

/// One phase of one request.
#[derive(Clone, Copy)]
struct Call<'r> {
    r: &'r Request,
    conf: &'r DirConfig,
    state: &'r RequestState,
    phase: Phase,
    configured: Option<Found<'r>>,
}

impl Call<'_> {
    /// Run the list at a replica of the group.
    fn served_by(&self, group: &'static Group) -> HookResult {
        let bind = || bind(self.r, self.state, group);
        let unbind = || self.state.unbind(group);
        let served = visit(self.r.into(), group, bind, unbind, |binding| self.at(binding));
        served.unwrap_or_else(|unserved| Err(no_replica(self.r, group, &unserved)))
    }

    /// Enter the replica and run the list there. One attach, one detach.
    fn at(&self, binding: &Arc<Binding>) -> Answer<HookResult> {
        let inside = match binding.enter() {
            Ok(inside) => inside,
            Err(EnterError::Closed) => return Answer::Closed,
            Err(EnterError::QueueTimeout) => return Answer::Done(Err(self.turned_away(binding))),
        };
        match self.attached(inside.py(), binding) {
            Ok(End::Result(result)) => Answer::Done(result),
            Ok(End::NeedsMain(module)) => Answer::NeedsMain(module),
            Err(Raised) => Answer::Done(self.broken(inside.py(), binding)),
        }
    }

    fn attached(&self, py: Attached<'_>, binding: &Arc<Binding>) -> Result<End, Raised> {
        let interp = binding.replica().interp();
        let module = state_of(py, interp)?;
        let dispatch = module.dispatch(py)?;
        let request = self.state.wrapper(py, self.r, interp)?;
        let end = self.state.run_phase(self.phase, self.configured, || {
            self.run_list(py, dispatch, binding, &request)
        });
        dispatch.flush_streams(py)?;
        if matches!(end, End::Result(Ok(Outcome::Ok | Outcome::Done))) && self.is_last_phase() {
            self.state.release(py);
        }
        Ok(end)
    }

    fn run_list<'py>(
        &self,
        py: Attached<'py>,
        dispatch: &Dispatch,
        binding: &Binding,
        request: &Owned<'py>,
    ) -> End {
        let mut result = Ok(Outcome::Declined);
        while let Some(handler) = self.state.next_handler(self.r) {
            match self.run_one(py, dispatch, binding, request, &handler) {
                End::Result(Ok(outcome)) => result = Ok(outcome),
                other => return other,
            }
            if !result.is_ok_and(|outcome| self.phase.goes_on_after(outcome)) {
                break;
            }
        }
        End::Result(result)
    }

    fn run_one<'py>(
        &self,
        py: Attached<'py>,
        dispatch: &Dispatch,
        binding: &Binding,
        request: &Owned<'py>,
        handler: &Handler,
    ) -> End {
        let place = Place {
            r: self.r,
            state: self.state,
            conf: self.conf,
            binding,
            phase: self.phase,
            entry: handler.entry(),
        };
        match handler
            .callable()
            .filter(|callable| !callable.interp().is_current(py))
        {
            None => one(py, dispatch, &place, handler, request.borrow()),
            Some(callable) => self
                .run_elsewhere(&place, handler, callable.interp())
                .unwrap_or_else(|| End::Result(Err(no_interpreter(self.r, "its interpreter is closed")))),
        }
    }

    /// Call what another interpreter has registered: there.
    fn run_elsewhere(&self, place: &Place<'_>, handler: &Handler, interp: &'static Interp) -> Option<End> {
        let session = Session::enter(interp).ok()?;
        let py = session.py();
        let run = || -> PyResult<End> {
            let dispatch = state_of(py, interp)?.dispatch(py)?;
            let request = self.state.wrapper(py, self.r, interp)?;
            let end = one(py, dispatch, place, handler, request.borrow());
            dispatch.flush_streams(py).map(|()| end)
        };
        Some(run().unwrap_or_else(|Raised| End::Result(self.broken(py, place.binding))))
    }

    /// Whether Python will not see this request again: else its object stays, with what handlers left on it.
    fn is_last_phase(&self) -> bool {
        let later = [Phase::Log, Phase::Cleanup];
        self.phase == Phase::Handler
            && self.r.is_initial()
            && !(has_filters() && self.r.has_content_filters())
            && !later
                .iter()
                .any(|phase| self.conf.has(*phase) || self.state.has_added(*phase))
    }

    /// Nothing is attached any more: send what the content phase wrote.
    fn conclude(&self, result: HookResult) -> HookResult {
        let sent = match (self.phase, result) {
            (Phase::Handler, Ok(Outcome::Ok | Outcome::Done)) => self.state.finish(self.r),
            (_, Err(_)) => self.state.give_up(self.r),
            _ => self.state.pass_on(self.r),
        };
        match sent {
            // A filter failed before anything was sent. A client that is gone is no error of the handler's.
            Err(_) if self.r.sent_bodyct() == 0 && !self.r.connection().aborted() => {
                Err(HttpStatus::INTERNAL_SERVER_ERROR)
            }
            _ => result,
        }
    }

    /// `max-threads` and `queue-timeout`.
    fn turned_away(&self, binding: &Binding) -> HttpStatus {
        let gate = binding.replica().gate();
        let seconds = gate.map_or(1, |gate| gate.timeout().as_secs().max(1));
        self.r
            .err_headers_out()
            .set(c"Retry-After", self.r.pool().dup(seconds.to_string().as_bytes()));
        let text = format!(
            "[{}/{}] no place for this request within queue-timeout: all max-threads={} are busy",
            binding.group().name(),
            binding.replica().index(),
            gate.map_or(0, |gate| gate.limit()),
        );
        log::log(Level::Warning, log_number::QUEUE_TIMEOUT, self.r, text);
        HttpStatus::SERVICE_UNAVAILABLE
    }

    /// Our own machinery failed in Python (no memory, a broken package).
    fn broken(&self, py: Attached<'_>, binding: &Binding) -> HookResult {
        let error = Exception::take(py, Raised).summary(py);
        let text = format!(
            "[{}] the module's own part failed: {error}",
            binding.group().name()
        );
        log::log(Level::Error, log_number::PACKAGE_BROKEN, self.r, text);
        Err(HttpStatus::INTERNAL_SERVER_ERROR)
    }
}

fn no_interpreter(r: &Request, reason: &str) -> HttpStatus {
    log::log(Level::Error, log_number::NO_INTERPRETER, r, reason);
    HttpStatus::INTERNAL_SERVER_ERROR
}

fn no_replica(r: &Request, group: &Group, unserved: &Unserved) -> HttpStatus {
    let Unserved::Unbound(error) = unserved else {
        return HttpStatus::INTERNAL_SERVER_ERROR;
    };
    let text = format!("[{}] {error}", group.name());
    log::log(Level::Error, log_number::NO_INTERPRETER, r, text);
    match error {
        BindError::Stopping => HttpStatus::SERVICE_UNAVAILABLE,
        BindError::Build(_) => HttpStatus::INTERNAL_SERVER_ERROR,
    }
}
