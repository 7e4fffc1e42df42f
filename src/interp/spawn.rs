//! Threads of our own that run Python: the manager's, and those on which imports and endings run.
//!
//! Signals belong to httpd's threads, so ours block them; a panic ends the work of its thread and nothing else.

use std::thread;

use crate::boundary;

/// C stack of every thread of ours that runs Python: what glibc gives by default.
const STACK: usize = 8 << 20;

/// Start a thread of ours: no signals, a stack large enough for Python.
pub(super) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    let guarded = move || {
        block_signals();
        // A panic ends this thread's work, never the child; its text was for the log of whoever waits.
        let _ = boundary::catch(body);
    };
    thread::Builder::new()
        .name(name.to_owned())
        .stack_size(STACK)
        .spawn(guarded)
        .map(drop)
}

/// Signals belong to httpd's own threads.
fn block_signals() {
    // SAFETY: the set is initialised by the first call; only this thread's mask changes.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        for fault in [
            libc::SIGSEGV,
            libc::SIGBUS,
            libc::SIGFPE,
            libc::SIGILL,
            libc::SIGABRT,
        ] {
            libc::sigdelset(&raw mut all, fault);
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, std::ptr::null_mut());
    }
}
