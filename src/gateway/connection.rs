//! `PythonConnectionHandler`: a protocol of the application's own.
//!
//! Runs on the MPM's worker threads, in `process_connection`, before httpd would look for a request. There is no
//! request, so errors are lines of the log and nothing else. Only the first handler of the list is called.

use std::time::{SystemTime, UNIX_EPOCH};

use super::binding::group_of_server;
use super::report;
use crate::config::{DirConfig, HandlerEntry, Phase};
use crate::httpd::log::{self, Level};
use crate::httpd::{Connection, HookResult, HttpStatus, Outcome, from_code, log_number};
use crate::interp::{Binding, Group, thread};
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
        let binding = group.bind().map_err(|error| self.failed(&error.to_string()))?;
        let inside = binding
            .enter()
            .map_err(|error| self.failed(&format!("{error:?}")))?;
        let py = inside.py();
        self.attached(py, &binding, lent).unwrap_or_else(|Raised| {
            let error = Exception::take(py, Raised);
            let text = report::plain(py, error, Phase::Connection.directive(), self.entry.word());
            log::log(Level::Error, log_number::HANDLER_RAISED, self.c, text);
            Err(HttpStatus::INTERNAL_SERVER_ERROR)
        })
    }

    fn attached(
        &self,
        py: Attached<'_>,
        binding: &Binding,
        lent: &LentConnection<'_>,
    ) -> PyResult<HookResult> {
        let interp = binding.replica().interp();
        let dispatch = state_of(py, interp)?.dispatch(py)?;
        let Some(handler) = self.resolve(py, dispatch)? else {
            return Ok(Ok(Outcome::Declined));
        };
        let connection = lent.object(py, interp, self.entry)?;
        let result = handler.borrow().call1(py, connection.borrow())?;
        dispatch.flush_streams(py)?;
        self.code_of(py, result.borrow())
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
