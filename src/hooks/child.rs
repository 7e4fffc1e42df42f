//! The life of a child: the configuration is checked in the parent, Python starts and ends in the child.
//!
//! Runs on httpd's main thread. Python is never touched in the parent: not by `configtest`, not by a restart.

use std::time::Duration;

use crate::apr::Pool;
use crate::gateway::{self, process};
use crate::httpd::include;
use crate::httpd::log::{self, Level};
use crate::httpd::process::add_version_component;
use crate::httpd::{Server, log_number};
use crate::interp::registry;
use crate::py::init;

/// How long a child waits for its interpreters before it leaves them.
const EXIT_LIMIT: Duration = Duration::from_secs(5);

/// `check_config`: contradictions of the whole configuration, for `httpd -t` too.
pub(super) fn check(_: Pool<'_>, _: Pool<'_>, main: &Server) -> Result<(), String> {
    process::check(main).map(drop)
}

/// `post_config`: refuse to start beside another Python; tell the world what runs here.
pub(super) fn announce(conf: Pool<'_>, _: Pool<'_>, main: &Server) -> Result<(), String> {
    init::check_process().map_err(|error| error.to_string())?;
    process::read(conf, main)?;
    include::run_with(gateway::filter::run_tag);
    add_version_component(conf, &format!("mod_python/{}", env!("CARGO_PKG_VERSION")));
    add_version_component(conf, &format!("Python/{}", init::running()));
    Ok(())
}

/// `child_init`: start Python and the manager, prepare what is wanted at once, and see to the end.
pub(super) fn begin(child: Pool<'_>, main: &Server) {
    match process::start() {
        Ok(()) => child.on_destroy(end),
        Err(error) => log::log(Level::Crit, log_number::PYTHON_NOT_STARTED, main, error),
    }
}

fn end() {
    if let Some(registry) = registry() {
        registry.stop(EXIT_LIMIT);
    }
}
