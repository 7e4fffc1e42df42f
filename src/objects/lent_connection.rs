//! A connection in the hands of a connection handler.
//!
//! Owns the liveness of such a connection: Python may touch it while its handler runs and never afterwards. Made,
//! lent and finished on the thread that httpd runs the connection on.

use std::sync::Arc;

use super::connection::ConnectionObject;
use super::guarded::Guarded;
use super::liveness::Liveness;
use super::module::state_of;
use crate::config::HandlerEntry;
use crate::httpd::Connection;
use crate::interp::Interp;
use crate::py::{Attached, Owned, PyResult};

/// A connection that a handler has.
pub struct LentConnection<'c> {
    c: &'c Connection,
    liveness: Arc<Liveness>,
}

impl<'c> LentConnection<'c> {
    /// Lend the connection while `f` runs.
    pub fn lend<R>(c: &'c Connection, f: impl FnOnce(&Self) -> R) -> R {
        let liveness = Arc::new(Liveness::new());
        let lent = LentConnection {
            c,
            liveness: Arc::clone(&liveness),
        };
        liveness.lend(|| f(&lent))
    }

    /// The connection's object for its handler.
    ///
    /// # Errors
    /// [`crate::py::Raised`] (MemoryError).
    pub fn object<'py>(
        &self,
        py: Attached<'py>,
        interp: &'static Interp,
        handler: HandlerEntry,
    ) -> PyResult<Owned<'py>> {
        // SAFETY: the connection lives for 'c, and dropping this, before 'c ends, finishes the liveness.
        let connection = unsafe { Guarded::new(&self.liveness, self.c) };
        state_of(py, interp)?.make(py, ConnectionObject::of_handler(connection, handler))
    }
}

impl Drop for LentConnection<'_> {
    fn drop(&mut self) {
        self.liveness.finish();
    }
}
