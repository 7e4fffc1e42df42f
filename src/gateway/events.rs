//! What happens to interpreters, as lines of the error log.
//!
//! Called on the manager's threads; a child that should be replaced is reported to httpd here, too.

use crate::httpd::log::{self, Level, Target};
use crate::httpd::{log_number, mpm};
use crate::interp::Event;

/// Log an event of the interpreters' life.
pub fn report(event: &Event<'_>) {
    match event {
        Event::Started { version } => line(
            Level::Info,
            log_number::PYTHON_STARTED,
            &format!("Python {version} runs in this child{}", note_on_version()),
        ),
        Event::Ready {
            name,
            generation,
            replicas,
            gil,
        } => line(
            Level::Info,
            log_number::GROUP_READY,
            &format!("[{name}] generation {generation} serves: gil={gil}, {replicas} replica(s)"),
        ),
        Event::Failed { name, reason } => {
            line(
                Level::Error,
                log_number::GROUP_FAILED,
                &format!("[{name}] cannot be set up: {reason}"),
            );
        }
        Event::Ended { name, generation } => {
            line(
                Level::Debug,
                log_number::REPLICA_ENDED,
                &format!("[{name}] generation {generation} ended"),
            );
        }
        Event::Abandoned {
            name,
            generation,
            threads,
        } => line(
            Level::Warning,
            log_number::REPLICA_ABANDONED,
            &format!(
                "[{name}] generation {generation} is left in memory: {} would not stop; stop them by atexit, or \
                 replace the child (apachectl graceful)",
                if threads.is_empty() {
                    "threads".to_owned()
                } else {
                    threads.join(", ")
                }
            ),
        ),
        Event::Worn { ended } => worn(*ended),
        Event::SmallStack { bytes, needed } => line(
            Level::Warning,
            log_number::SMALL_STACK,
            &format!(
                "threads of httpd have a stack of {} KiB; this Python can crash on deep recursion below {} KiB: \
                 remove ThreadStackSize or raise it",
                bytes >> 10,
                needed >> 10
            ),
        ),
    }
}

/// Each ended interpreter costs memory on this Python: httpd gives us a fresh child.
fn worn(ended: u64) {
    let text =
        format!("{ended} interpreters ended in this child, and Python before 3.14 loses memory with each");
    line(Level::Notice, log_number::CHILD_WORN, &text);
    mpm::replace_child();
}

const fn note_on_version() -> &'static str {
    if cfg!(Py_3_13) {
        ""
    } else {
        " (support for 3.12 is experimental: use 3.13 or newer for C extension modules)"
    }
}

fn line(level: Level, number: log_number::Number, text: &str) {
    log::log(level, number, Target::Main, text);
}
