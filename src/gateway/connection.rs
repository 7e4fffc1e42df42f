//! `PythonConnectionHandler`: a protocol of the application's own.
//!
//! Runs on the MPM's worker threads, in `process_connection`, before httpd would look for a request. There is no
//! request, so errors are lines of the log and nothing else. Only the first handler of the list is called.

use std::time::{SystemTime, UNIX_EPOCH};

use super::binding::group_of_server;
use super::report;
use super::visit::{Answer, Refusal, refusal, visit};
use crate::config::{DirConfig, HandlerEntry, Phase};
use crate::httpd::log::{self, Level};
use crate::httpd::{Connection, HookResult, HttpStatus, Outcome, from_code, log_number};
use crate::interp::group::EnterError;
use crate::interp::{BindError, Binding, Group, thread};
use crate::objects::module::state_of;
use crate::objects::{Ask, Dispatch, LentConnection};
use crate::py::{Attached, Borrowed, Exception, Owned, PyResult, Raised};

/// Let the server's connection handler have the connection, if there is one.
///
/// # Errors
/// The status that the handler, or an error, decided on.
pub fn run(c: &Connection) -> HookResult {
    let server = c.base_server();
    let conf = server.dir_config::<DirConfig>();
    let first = conf.and_then(|conf| conf.handlers(Phase::Connection, None)?.list.first().copied());
    let (Some(conf), Some(entry)) = (conf, first) else {
        return Ok(Outcome::Declined);
    };
    thread::visit();
    let call = Call { c, conf, entry };
    let group = group_of_server(server, conf, entry).map_err(|reason| call.failed(&reason))?;
    // Lent around the session: whoever waits for the connection's way back is not attached.
    LentConnection::lend(c, |lent| call.served_by(group, lent))
}

/// One connection and what shall have it.
#[derive(Clone, Copy)]
struct Call<'c> {
    c: &'c Connection,
    conf: &'c DirConfig,
    entry: HandlerEntry,
}

impl Call<'_> {
    fn served_by(&self, group: &'static Group, lent: &LentConnection<'_>) -> HookResult {
        let served = visit(
            self.c.into(),
            group,
            || group.bind(),
            || (),
            |binding| self.at(binding, lent),
        );
        served.unwrap_or_else(|unserved| {
            let failed = |error: BindError| self.failed(&error.to_string());
            Err(unserved
                .bind_error()
                .map_or(HttpStatus::INTERNAL_SERVER_ERROR, failed))
        })
    }

    fn at(&self, binding: &Binding, lent: &LentConnection<'_>) -> Answer<HookResult> {
        let inside = match binding.enter() {
            Ok(inside) => inside,
            Err(EnterError::Closed) => return Answer::Closed,
            Err(EnterError::QueueTimeout) => {
                return Answer::Done(Err(self.failed("no place for this connection")));
            }
        };
        let py = inside.py();
        self.attached(py, binding, lent).unwrap_or_else(|Raised| {
            self.reported(py, Exception::take(py, Raised));
            Answer::Done(Err(HttpStatus::INTERNAL_SERVER_ERROR))
        })
    }

    fn attached(
        &self,
        py: Attached<'_>,
        binding: &Binding,
        lent: &LentConnection<'_>,
    ) -> PyResult<Answer<HookResult>> {
        let interp = binding.replica().interp();
        let dispatch = state_of(py, interp)?.dispatch(py)?;
        let handler = match self.resolve(py, dispatch) {
            Ok(Some(handler)) => handler,
            Ok(None) => return Ok(Answer::Done(Ok(Outcome::Declined))),
            Err(raised) => return Ok(self.unresolved(py, dispatch, binding, Exception::take(py, raised))),
        };
        let connection = lent.object(py, interp, self.entry)?;
        let result = handler.borrow().call1(py, connection.borrow())?;
        dispatch.flush_streams(py)?;
        self.code_of(py, result.borrow()).map(Answer::Done)
    }

    /// The handler could not be imported: perhaps because this kind of interpreter is refused.
    fn unresolved(
        &self,
        py: Attached<'_>,
        dispatch: &Dispatch,
        binding: &Binding,
        error: Exception<'_>,
    ) -> Answer<HookResult> {
        let refusal = refusal(py, dispatch, binding.group(), &error);
        if let Some(Refusal::NeedsMain(module)) = refusal {
            return Answer::NeedsMain(module);
        }
        self.reported(py, error);
        if let Some(Refusal::Stays(text)) = refusal {
            log::log(Level::Error, log_number::EXTENSION_REFUSED, self.c, text);
        }
        Answer::Done(Err(HttpStatus::INTERNAL_SERVER_ERROR))
    }

    fn reported(&self, py: Attached<'_>, error: Exception<'_>) {
        let text = report::plain(py, error, Phase::Connection.directive(), self.entry.word());
        log::log(Level::Error, log_number::HANDLER_RAISED, self.c, text);
    }

    fn code_of<'py>(&self, py: Attached<'py>, result: Borrowed<'_, 'py>) -> PyResult<HookResult> {
        if !result.is_int() {
            let word = self.entry.word();
            let text = format!("ConnectionHandler '{word}' returned invalid return code.");
            return Err(py.raise_type_error(&text));
        }
        let code = i32::try_from(py.integer(result)?);
        Ok(code.map_or(Err(HttpStatus::INTERNAL_SERVER_ERROR), from_code))
    }

    fn resolve<'py>(&self, py: Attached<'py>, dispatch: &Dispatch) -> PyResult<Option<Owned<'py>>> {
        let settings = self.conf.settings();
        let ask = Ask::new(self.entry, &settings, now());
        dispatch.handler(py, &ask)
    }

    fn failed(&self, reason: &str) -> HttpStatus {
        log::log(Level::Error, log_number::NO_INTERPRETER, self.c, reason);
        HttpStatus::INTERNAL_SERVER_ERROR
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}
