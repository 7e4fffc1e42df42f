//! The panic core: one `catch`, one hook that remembers place and text.
//!
//! Owns: the rule that a panic never crosses into C. Every `extern "C"` entry of floors 2 to 4 calls [`catch`]
//! and turns a [`Panic`] into the fixed failure value of its C shape. Runs on any thread, in any phase.
//! Must never print: the text goes to the error log through the caller.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Once, OnceLock};

thread_local! {
    static LAST: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// What a caught panic said, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panic {
    /// The panic's message, or a placeholder when its payload was not text.
    pub text: String,
    /// `file:line` of the panic; empty when the hook was not installed.
    pub place: String,
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            f.write_str(&self.text)
        } else {
            write!(f, "{} at {}", self.text, self.place)
        }
    }
}

/// Install the process-wide panic hook that stores text and place instead of printing a backtrace.
///
/// Called once when httpd loads the module; later calls do nothing.
pub fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            let place = info
                .location()
                .map(|l| format!("{}:{}", l.file(), l.line()))
                .unwrap_or_default();
            let panic = Panic {
                text: text_of(info.payload()),
                place,
            };
            // A panic while the thread is being torn down has no slot left; the payload still carries the text.
            let _ = LAST.try_with(|slot| slot.replace(Some(panic)));
        }));
    });
}

/// Run `f`; a panic inside becomes an `Err` that names text and place.
///
/// # Errors
/// [`Panic`] when `f` panicked. State that `f` was changing may be half changed: callers give up the
/// request (or the call) that it belonged to, never the child.
#[inline]
pub fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Panic> {
    catch_unwind(AssertUnwindSafe(f)).map_err(caught)
}

/// Out of line: there are hundreds of entries, and each would carry this along.
#[cold]
#[inline(never)]
fn caught(payload: Box<dyn Any + Send>) -> Panic {
    let text = text_of(&*payload);
    // Dropping a hostile payload may itself panic; forgetting it leaks a few bytes once.
    std::mem::forget(payload);
    LAST.try_with(RefCell::take).ok().flatten().unwrap_or(Panic {
        text,
        place: String::new(),
    })
}

/// Tells somebody about a panic that no C value can carry: what was running, and the panic.
pub type Reporter = fn(&str, &Panic);

static REPORTER: OnceLock<Reporter> = OnceLock::new();

/// Name the function that [`contain`] tells; the first one named stays.
pub fn report_with(reporter: Reporter) {
    let _ = REPORTER.set(reporter);
}

/// Run `f` where C expects no answer (a cleanup); a panic inside is reported and ends here.
pub fn contain(what: &str, f: impl FnOnce()) {
    let Err(panic) = catch(f) else { return };
    if let Some(report) = REPORTER.get() {
        report(what, &panic);
    }
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    if let Some(s) = payload.downcast_ref::<&str>() {
        (*s).to_owned()
    } else if let Some(s) = payload.downcast_ref::<String>() {
        s.clone()
    } else {
        "panic with a payload that is not text".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_passes_through() {
        assert_eq!(catch(|| 7), Ok(7));
    }

    #[test]
    fn a_panic_tells_text_and_place() {
        install_hook();
        let panic = catch(|| panic!("boom {}", 1)).unwrap_err();
        assert_eq!(panic.text, "boom 1");
        assert!(panic.place.contains("boundary.rs:"), "{}", panic.place);
    }
}
