//! Running filters: the function of a filter is called with the data that come by.
//!
//! Runs wherever data flow: on the request's thread, in the content phase or after it, inside a handler's own write of
//! another interpreter (sessions nest), in subrequests. An exception never ends the data: it is reported, and the
//! filter lets the rest pass unchanged (surface §2.8). What a filter returns means nothing.

use std::cell::Cell;
use std::ffi::CStr;
use std::sync::Arc;

use super::binding::{bind, group};
use super::report;
use super::visit::{Answer, Refusal, Unserved, refusal, visit};
use crate::apr::Status;
use crate::config::{DirConfig, Flag, HandlerEntry, filter_directive};
use crate::httpd::filter::{Context, Filter, Flow};
use crate::httpd::include::Script;
use crate::httpd::log::{self, Level};
use crate::httpd::{Direction, HttpStatus, Request, log_number};
use crate::interp::group::EnterError;
use crate::interp::{Binding, Group, Interp, Session};
use crate::objects::module::state_of;
use crate::objects::{Ask, Call, Dispatch, Handler, OpenFlow, RequestState};
use crate::py::{Attached, Borrowed, Exception, Owned, PyResult};

/// Call a filter's function once with the data of `flow`.
///
/// # Errors
/// Nothing can be called: no directive says what, or no interpreter serves it.
pub fn run(filter: &Filter, context: &Context, flow: &Flow<'_>) -> Result<(), Status> {
    let r = filter.request();
    let conf = r.dir_config::<DirConfig>().ok_or(Status::GENERAL)?;
    let open = OpenFlow::new(flow);
    let find = |name: &str| configured(conf, &open, r, name);
    let Some(call) = Call::of(filter, context, find) else {
        return Err(unknown(filter, &open));
    };
    let visit = Visit::new(r, conf, &open, &call, None);
    let served = visit.lend(|| visit.served());
    if visit.failed.get() {
        flow.disable();
    }
    served
}

/// Do what a tag of a page says; whether all went well.
pub fn run_tag(filter: &Filter, flow: &Flow<'_>, script: Script<'_>) -> bool {
    let r = filter.request();
    let Some(conf) = r.dir_config::<DirConfig>() else {
        return false;
    };
    let (open, call) = (OpenFlow::new(flow), Call::of_tag(filter));
    let visit = Visit::new(r, conf, &open, &call, Some(script));
    visit.lend(|| visit.at_replica()).is_ok() && !visit.failed.get()
}

/// What `AddOutputFilterByType` puts in front of a name.
const BY_TYPE: &str = "bytype:";

fn configured(conf: &DirConfig, open: &OpenFlow<'_>, r: &Request, name: &str) -> Option<HandlerEntry> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix(BY_TYPE).unwrap_or(&name);
    let entry = conf.filter(open.direction(), name)?;
    Some(entry.for_file(r.filename().map(CStr::to_bytes)))
}

fn unknown(filter: &Filter, open: &OpenFlow<'_>) -> Status {
    let text = format!(
        "Could not find registered filter '{}': no {} of that name applies to this request",
        filter.name().to_string_lossy(),
        filter_directive(open.direction())
    );
    log::log(Level::Error, log_number::FILTER_UNKNOWN, filter.request(), text);
    Status::GENERAL
}

/// One call of one filter.
struct Visit<'a> {
    r: &'a Request,
    conf: &'a DirConfig,
    state: &'a RequestState,
    open: &'a OpenFlow<'a>,
    call: &'a Call,
    /// What to run instead of a function.
    script: Option<Script<'a>>,
    /// From now on data pass unchanged.
    failed: Cell<bool>,
}

/// Where a call takes place.
struct Place<'p, 'py> {
    dispatch: &'p Dispatch,
    /// `None` for a callable, which runs where it was registered.
    binding: Option<&'p Binding>,
    filter: Borrowed<'p, 'py>,
}

impl<'a> Visit<'a> {
    fn new(
        r: &'a Request,
        conf: &'a DirConfig,
        open: &'a OpenFlow<'a>,
        call: &'a Call,
        script: Option<Script<'a>>,
    ) -> Self {
        Visit {
            r,
            conf,
            state: RequestState::of(r),
            open,
            call,
            script,
            failed: Cell::new(false),
        }
    }

    /// Lend request and data to Python while `f` runs.
    fn lend<R>(&self, f: impl FnOnce() -> R) -> R {
        self.state.lend(self.r, || self.open.lend(f))
    }

    /// At the request's replica of the group that serves the filter; what is to be called runs where it was registered.
    fn served(&self) -> Result<(), Status> {
        let Some(callable) = self.call.handler.as_ref().and_then(Handler::callable) else {
            return self.at_replica();
        };
        let session = Session::enter(callable.interp())
            .map_err(|closed| no_interpreter(self.r, &closed.to_string()))?;
        self.attached(session.py(), callable.interp(), None);
        Ok(())
    }

    fn at_replica(&self) -> Result<(), Status> {
        let group =
            group(self.r, self.conf, self.call.entry()).map_err(|reason| no_interpreter(self.r, &reason))?;
        let bind = || bind(self.r, self.state, group);
        let unbind = || self.state.unbind(group);
        let served = visit(self.r.into(), group, bind, unbind, |binding| self.at(binding));
        served.unwrap_or_else(|unserved| Err(self.unserved(group, unserved)))
    }

    fn at(&self, binding: &Arc<Binding>) -> Answer<Result<(), Status>> {
        match binding.enter() {
            Ok(inside) => match self.attached(inside.py(), binding.replica().interp(), Some(binding)) {
                Some(module) => Answer::NeedsMain(module),
                None => Answer::Done(Ok(())),
            },
            Err(EnterError::Closed) => Answer::Closed,
            Err(EnterError::QueueTimeout) => {
                Answer::Done(Err(no_interpreter(self.r, "no place for this filter")))
            }
        }
    }

    fn unserved(&self, group: &Group, unserved: Unserved) -> Status {
        match unserved.bind_error() {
            Some(error) => no_interpreter(self.r, &format!("[{}] {error}", group.name())),
            None => Status::GENERAL,
        }
    }

    /// Call the filter; tells the module that has to be loaded in the main interpreter, if it comes to that.
    fn attached(
        &self,
        py: Attached<'_>,
        interp: &'static Interp,
        binding: Option<&Binding>,
    ) -> Option<String> {
        let result = state_of(py, interp).and_then(|module| {
            let dispatch = module.dispatch(py)?;
            let request = self.state.wrapper(py, self.r, interp)?;
            let filter = self.open.object(py, module, self.call, request)?;
            let place = Place {
                dispatch,
                binding,
                filter: filter.borrow(),
            };
            let moves = self.run(py, &place);
            dispatch.flush_streams(py).map(|()| moves)
        });
        result.unwrap_or_else(|raised| {
            self.failed.set(true);
            let text = Exception::take(py, raised).summary(py);
            report::lines(self.r, binding, Level::Error, log_number::PACKAGE_BROKEN, &text);
            None
        })
    }

    fn run<'py>(&self, py: Attached<'py>, place: &Place<'_, 'py>) -> Option<String> {
        let done = match (self.script, self.function(py, place.dispatch)) {
            (Some(script), _) => run_script(py, script, place.filter),
            (None, Ok(Some(function))) => function.borrow().call1(py, place.filter).map(drop),
            (None, Ok(None)) => Ok(()),
            (None, Err(raised)) => return self.unresolved(py, place, &Exception::take(py, raised)),
        };
        if let Err(raised) = done {
            self.raised(py, place, &Exception::take(py, raised));
        }
        None
    }

    fn function<'py>(&self, py: Attached<'py>, dispatch: &Dispatch) -> PyResult<Option<Owned<'py>>> {
        let Some(handler) = &self.call.handler else {
            return Ok(None);
        };
        match handler.callable() {
            Some(callable) => Ok(Some(callable.get(py)?.to_owned())),
            None => self.resolve(py, dispatch, handler.entry()),
        }
    }

    fn resolve<'py>(
        &self,
        py: Attached<'py>,
        dispatch: &Dispatch,
        entry: HandlerEntry,
    ) -> PyResult<Option<Owned<'py>>> {
        let settings = self.conf.settings();
        let ask = Ask::new(entry, &settings, self.r.request_time() / 1_000_000);
        dispatch.handler(py, &ask)
    }

    /// The function could not be imported: perhaps because this kind of interpreter is refused.
    fn unresolved<'py>(
        &self,
        py: Attached<'py>,
        place: &Place<'_, 'py>,
        error: &Exception<'py>,
    ) -> Option<String> {
        let refusal = place
            .binding
            .and_then(|binding| refusal(py, place.dispatch, binding.group(), error));
        if let Some(Refusal::NeedsMain(module)) = refusal {
            return Some(module);
        }
        self.failed(py, place, error);
        if let Some(Refusal::Stays(text)) = refusal {
            report::lines(
                self.r,
                place.binding,
                Level::Error,
                log_number::EXTENSION_REFUSED,
                &text,
            );
        }
        None
    }

    /// `SERVER_RETURN(result, status)` sets the status; everything else is reported, and ends the filter's work.
    fn raised<'py>(&self, py: Attached<'py>, place: &Place<'_, 'py>, error: &Exception<'py>) {
        match place.dispatch.server_return(py, error) {
            Ok(Some((_, Some(status)))) => self.r.set_status(status),
            Ok(Some((_, None))) => {}
            Ok(None) => self.failed(py, place, error),
            Err(raised) => self.failed(py, place, &Exception::take(py, raised)),
        }
    }

    fn failed<'py>(&self, py: Attached<'py>, place: &Place<'_, 'py>, error: &Exception<'py>) {
        let (number, phase, word) = self.label();
        let (text, page) = report::show(py, place.dispatch, error, phase, word);
        report::lines(self.r, place.binding, Level::Error, number, &text);
        self.failed.set(true);
        let is_output = self.open.direction() == Direction::Output;
        if self.conf.settings().is(Flag::Debug) && is_output && !page.is_empty() {
            self.show(py, place.filter, &page);
        }
    }

    /// How an error of this call is headed.
    fn label(&self) -> (log_number::Number, &'static str, &str) {
        let entry = self.call.entry();
        match self.script {
            Some(Script::Eval(_)) => (log_number::TAG_RAISED, "#python", "eval"),
            Some(Script::Exec(_)) => (log_number::TAG_RAISED, "#python", "exec"),
            None => (
                log_number::FILTER_RAISED,
                filter_directive(self.open.direction()),
                entry.map_or(self.call.name.as_str(), |entry| entry.word()),
            ),
        }
    }

    /// Let the client see an error, if the reply still can.
    fn show<'py>(&self, py: Attached<'py>, filter: Borrowed<'_, 'py>, page: &str) {
        self.r.set_status(HttpStatus::INTERNAL_SERVER_ERROR.code());
        self.r.set_content_type(Some(c"text/html; charset=utf-8"));
        let shown = py.str(page).and_then(|page| {
            filter.call_method(py, c"write", &[page.borrow()])?;
            filter.call_method(py, c"flush", &[])
        });
        if let Err(raised) = shown {
            drop(Exception::take(py, raised));
        }
    }
}

fn run_script<'py>(py: Attached<'py>, script: Script<'_>, filter: Borrowed<'_, 'py>) -> PyResult<()> {
    let (kind, source) = match script {
        Script::Eval(source) => ("eval", source),
        Script::Exec(source) => ("exec", source),
    };
    let (kind, source) = (py.str(kind)?, py.text_from(source.to_bytes())?);
    let module = py.import(c"mod_python._ssi")?;
    let arguments = [filter, kind.borrow(), source.borrow()];
    module.borrow().call_method(py, c"run", &arguments).map(drop)
}

fn no_interpreter(r: &Request, reason: &str) -> Status {
    log::log(Level::Error, log_number::NO_INTERPRETER, r, reason);
    Status::GENERAL
}
