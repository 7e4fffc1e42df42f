//! A visit to a replica: at another one if it closes, at the main interpreter if an extension module refuses this one.
//!
//! Runs on request threads, detached between two attempts. A name with `gil=auto` moves to the main interpreter once
//! and says so; for any other the log names the directive that settles it.

use crate::httpd::log::{self, Level, Target};
use crate::httpd::log_number;
use crate::interp::{BindError, Gil, Group};
use crate::objects::Dispatch;
use crate::py::{Attached, Exception};

/// How often another replica is looked for.
const ATTEMPTS: usize = 3;

/// What came of a visit.
pub(super) enum Answer<T> {
    /// It took place.
    Done(T),
    /// The replica closed before the visit began.
    Closed,
    /// An extension module refuses this kind of interpreter, and the name may move to the main one.
    NeedsMain(String),
}

/// Why there was no visit.
pub(super) enum Unserved {
    /// The group has no replica.
    Unbound(BindError),
    /// Each replica closed; or the main interpreter cannot be had, which is said already.
    Nowhere,
}

impl Unserved {
    /// What is still to be said.
    pub(super) fn bind_error(self) -> Option<BindError> {
        match self {
            Self::Unbound(error) => Some(error),
            Self::Nowhere => None,
        }
    }
}

/// Bind a replica and visit it, until that takes place; `unbind` gives a replica up that is of no use.
#[inline]
pub(super) fn visit<B, T>(
    target: Target<'_>,
    group: &'static Group,
    bind: impl Fn() -> Result<B, BindError>,
    unbind: impl Fn(),
    at: impl Fn(&B) -> Answer<T>,
) -> Result<T, Unserved> {
    for _ in 0..ATTEMPTS {
        match at(&bind().map_err(Unserved::Unbound)?) {
            Answer::Done(done) => return Ok(done),
            Answer::Closed => unbind(),
            Answer::NeedsMain(module) => {
                unbind();
                move_to_main(target, group, &module).map_err(|_| Unserved::Nowhere)?;
            }
        }
    }
    Err(Unserved::Nowhere)
}

/// Move an `auto` name to the main interpreter, and say so once.
fn move_to_main(target: Target<'_>, group: &'static Group, module: &str) -> Result<(), BindError> {
    let name = group.name();
    let moved = group.fall_back_to_main();
    let (level, text) = match &moved {
        Ok(true) => (
            Level::Warning,
            format!(
                "[{name}] extension module '{module}' does not load in an interpreter with its own GIL, so this \
                 name now runs in the main interpreter; write `PythonInterpreterOptions {name} gil=main` to \
                 settle it"
            ),
        ),
        Ok(false) => return Ok(()),
        Err(error) => (
            Level::Error,
            format!("[{name}] extension module '{module}' needs main: {error}"),
        ),
    };
    log::log(level, log_number::FELL_BACK_TO_MAIN, target, text);
    moved.map(drop)
}

/// What an import means that an interpreter of this kind refuses.
pub(super) enum Refusal {
    /// The name may move: the module.
    NeedsMain(String),
    /// It stays where it is: a line for the log.
    Stays(String),
}

/// Whether an exception is such a refusal.
pub(super) fn refusal(
    py: Attached<'_>,
    dispatch: &Dispatch,
    group: &Group,
    error: &Exception<'_>,
) -> Option<Refusal> {
    let module = dispatch.refusal(py, error)?;
    if group.spec().gil == Gil::Auto && group.kind() != Gil::Main {
        return Some(Refusal::NeedsMain(module));
    }
    Some(Refusal::Stays(format!(
        "extension module '{module}' does not load in an interpreter with gil={}: write \
         `PythonInterpreterOptions {} gil=main`",
        group.kind(),
        group.name()
    )))
}
