//! Ending an interpreter, or leaving it alone for good: design rule 7, in steps that each wait for one thing.
//!
//! 1. a closer thread waits until no request is bound, then stops the application's threads and runs its exit
//!    functions; 2. `Closing`: nobody enters any more; 3. every thread of httpd drops its own state at its next
//!    visit; 4. the manager ends what has only its first state left. What does not get there is abandoned.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crossbeam::channel::Sender;
use pyo3_ffi::{Py_EndInterpreter, PyThreadState_Clear, PyThreadState_Delete};

use super::generation::Generation;
use super::host::Event;
use super::interpreter::Interp;
use super::manager::Job;
use super::session::Session;
use super::spawn::spawn;
use super::stage::Stage;
use super::thread::{self as local, Attachment};
use crate::py::Attached;

/// 3.14 ends an interpreter whose idle threads have not come by; before that it would end the child.
const OWNERS_MAY_BE_LATE: Option<Duration> = if cfg!(Py_3_14) {
    Some(Duration::from_secs(5))
} else {
    None
};

/// Stops an interpreter's own threads; gives the names of those that go on.
pub(super) type Quiesce = fn(Attached<'_>, f64) -> Vec<String>;

/// An interpreter on its way out.
#[derive(Debug)]
pub(super) struct Retiring {
    name: Box<str>,
    generation: u64,
    interp: &'static Interp,
    stuck: Vec<String>,
    since: Instant,
    patience: Duration,
}

/// What came of an attempt to end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Threads of httpd still have their states.
    NotYet,
    /// It is gone.
    Ended,
    /// Something in it runs on: never to be touched again.
    Abandoned,
}

impl Retiring {
    pub(super) fn new(
        name: &str,
        generation: u64,
        interp: &'static Interp,
        stuck: Vec<String>,
        patience: Duration,
    ) -> Self {
        Retiring {
            name: name.into(),
            generation,
            interp,
            stuck,
            since: Instant::now(),
            patience,
        }
    }

    pub(super) fn interp(&self) -> &'static Interp {
        self.interp
    }

    pub(super) fn ended(&self) -> Event<'_> {
        Event::Ended {
            name: &self.name,
            generation: self.generation,
        }
    }

    pub(super) fn abandoned(&self) -> Event<'_> {
        Event::Abandoned {
            name: &self.name,
            generation: self.generation,
            threads: &self.stuck,
        }
    }

    fn waited(&self, limit: Duration) -> bool {
        self.since.elapsed() >= limit
    }
}

/// Retire a generation: a closer thread for each replica that is not the main interpreter. Tells how many.
pub(super) fn retire(
    name: &str,
    generation: &Generation,
    jobs: &Sender<Job>,
    quiesce: Quiesce,
    patience: Duration,
) -> usize {
    let mut closers = 0;
    for replica in generation
        .replicas()
        .iter()
        .filter(|replica| !replica.interp().is_main())
    {
        let (interp, number, name, jobs) = (
            replica.interp(),
            generation.number(),
            Box::<str>::from(name),
            jobs.clone(),
        );
        for stage in [Stage::Ready, Stage::Draining] {
            let _ = interp.stage.step(stage);
        }
        let close = move || {
            let stuck = close(interp, quiesce, patience);
            let _ = jobs.send(Job::End(Retiring::new(&name, number, interp, stuck, patience)));
        };
        closers += usize::from(spawn("mod_python end", close).is_ok());
    }
    closers
}

/// Let the application in the main interpreter stop its threads and run its exit functions, at the child's end.
pub(super) fn quiesce_main(main: &'static Interp, jobs: &Sender<Job>, quiesce: Quiesce, patience: Duration) {
    let jobs = jobs.clone();
    let _ = spawn("mod_python end", move || {
        let stuck = run_quiesce(main, quiesce, patience);
        let _ = jobs.send(Job::End(Retiring::new(
            "main_interpreter",
            0,
            main,
            stuck,
            patience,
        )));
    });
}

/// Steps 1 and 2, on the closer thread.
fn close(interp: &'static Interp, quiesce: Quiesce, patience: Duration) -> Vec<String> {
    wait_for_requests(interp);
    let stuck = run_quiesce(interp, quiesce, patience);
    loop {
        let _ = interp.stage.step(Stage::Closing);
        if !interp.is_pinned() {
            break;
        }
        let _ = interp.stage.step(Stage::Draining);
        wait_for_requests(interp);
    }
    local::call_owners();
    stuck
}

fn run_quiesce(interp: &'static Interp, quiesce: Quiesce, patience: Duration) -> Vec<String> {
    let stuck = match Session::enter(interp) {
        Ok(session) => quiesce(session.py(), patience.as_secs_f64()),
        Err(_) => Vec::new(),
    };
    local::drop_all();
    stuck
}

/// Requests end when they end: the longest download keeps its generation.
fn wait_for_requests(interp: &Interp) {
    let mut pause = Duration::from_millis(1);
    while interp.is_pinned() {
        sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// Steps 3 and 4, on the manager thread.
pub(super) fn try_end(retiring: &Retiring) -> Outcome {
    let interp = retiring.interp;
    let owners = interp.owners();
    if owners > 0 && !OWNERS_MAY_BE_LATE.is_some_and(|grace| retiring.waited(grace)) {
        return Outcome::NotYet;
    }
    let Some(py) = attach_first(interp) else {
        return Outcome::NotYet;
    };
    delete_orphans(interp);
    interp.deferred.drain(py);
    let alone = interp.count_states(py) == 1 + owners;
    if alone {
        interp.let_go(py);
        end_attached(interp);
        return Outcome::Ended;
    }
    detach_first();
    if !retiring.waited(retiring.patience) {
        return Outcome::NotYet;
    }
    let _ = interp.stage.step(Stage::Closed);
    Outcome::Abandoned
}

/// Attach the manager through the first thread state.
fn attach_first<'py>(interp: &'static Interp) -> Option<Attached<'py>> {
    if interp.stage() != Stage::Closing {
        return None;
    }
    local::replace(Attachment {
        interp: Some(interp),
        state: interp.first,
    });
    // SAFETY: the manager made this state and is attached to nothing between two jobs.
    unsafe {
        pyo3_ffi::PyEval_RestoreThread(interp.first);
        Some(Attached::assume())
    }
}

fn detach_first() {
    // SAFETY: attach_first has attached this thread.
    unsafe { pyo3_ffi::PyEval_SaveThread() };
    local::replace(Attachment::NONE);
}

/// The states of threads that are gone, or have given them up, are nobody's any more.
#[allow(
    clippy::disallowed_methods,
    reason = "the one place where another thread's state is deleted: its thread is gone"
)]
fn delete_orphans(interp: &Interp) {
    for state in interp.take_orphans() {
        // SAFETY: attached to the same interpreter; the owner's thread-local table, the only way to the state, is gone.
        unsafe {
            PyThreadState_Clear(state);
            PyThreadState_Delete(state);
        }
    }
}

/// The last step: attached through the first state, no other state in use.
fn end_attached(interp: &'static Interp) {
    // SAFETY: the first state is current and (before 3.14) the only one, which the caller has counted.
    unsafe { Py_EndInterpreter(interp.first) };
    local::replace(Attachment::NONE);
    local::forget(interp);
    let _ = interp.stage.step(Stage::Closed);
}
