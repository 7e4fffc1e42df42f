//! The manager: one thread per child that makes, swaps and ends all interpreters.
//!
//! It initialises Python and keeps every interpreter's first thread state for good (3.12 needs that). It never runs
//! application code: imports run on a thread of their own, and so does stopping an application's threads, so one
//! group's building never delays another's. Takes its work from a queue and holds no lock while it works.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam::channel::{self, Receiver, RecvTimeoutError, Sender};
use pyo3_ffi::{PyEval_SaveThread, PyThreadState_Get, PyThreadState_GetInterpreter};

use super::ending::{self, Retiring};
use super::generation::{Generation, Replica};
use super::group::Group;
use super::host::{Event, Host, Role, Start};
use super::interpreter::Interp;
use super::session::Session;
use super::spawn::spawn;
use super::spec::Gil;
use super::stage::Stage;
use super::thread::{self as local, Attachment};
use crate::boundary;
use crate::py::Attached;
use crate::py::init::{self, GilKind, InitError};

/// How often closing interpreters are looked at again.
const POLL: Duration = Duration::from_millis(20);

/// What the manager is asked to do.
pub(super) enum Job {
    /// Make the group's first generation, if it has none.
    Build(&'static Group),
    /// Make a new generation and retire the former one.
    Swap(&'static Group),
    /// A generation's imports are done: let it serve.
    Serve(&'static Group, Arc<Generation>),
    /// An interpreter of a former generation is quiet: end it.
    End(Retiring),
    /// The child ends.
    Stop(Vec<&'static Group>, Instant, Sender<()>),
}

/// The way to the manager thread.
#[derive(Debug)]
pub struct Manager {
    jobs: Sender<Job>,
}

impl Manager {
    /// Queue a job; false if the manager is gone.
    pub(super) fn send(&self, job: Job) -> bool {
        self.jobs.send(job).is_ok()
    }

    /// End everything within `limit`, and wait for that (a little longer at most).
    pub(super) fn stop(&self, groups: Vec<&'static Group>, limit: Duration) {
        let (done, finished) = channel::bounded(1);
        if self.send(Job::Stop(groups, Instant::now() + limit, done)) {
            let _ = finished.recv_timeout(limit + Duration::from_secs(1));
        }
    }
}

/// Start Python on a new manager thread and wait until it runs.
pub(super) fn start(start: Start) -> Result<Manager, InitError> {
    let (jobs, queue) = channel::unbounded();
    let (tell, told) = channel::bounded(1);
    let own = jobs.clone();
    spawn("mod_python", move || match Worker::initialise(start, own) {
        Ok(worker) => {
            let _ = tell.send(Ok(()));
            worker.run(&queue);
        }
        Err(error) => {
            let _ = tell.send(Err(error));
        }
    })
    .map_err(|error| InitError(format!("no thread for the interpreter manager: {error}")))?;
    told.recv().unwrap_or_else(|_| {
        Err(InitError(
            "the interpreter manager died while starting Python".to_owned(),
        ))
    })?;
    Ok(Manager { jobs })
}

/// The manager thread's own things.
struct Worker {
    jobs: Sender<Job>,
    host: Host,
    patience: Duration,
    worn_after: u64,
    main: &'static Interp,
    /// The names that main serves.
    main_serves: Vec<&'static str>,
    /// Which table indices are taken.
    slots: Vec<bool>,
    retiring: Vec<Retiring>,
    ended: u64,
}

impl Worker {
    fn initialise(start: Start, jobs: Sender<Job>) -> Result<Self, InitError> {
        // SAFETY: the registry is made once per child, and this thread lives as long as the child.
        unsafe { init::start(&start.settings, start.host.builtins)? };
        // SAFETY: start has attached this thread.
        let (first, state) = unsafe { (PyThreadState_Get(), pyo3_ffi::PyInterpreterState_Main()) };
        let main = Interp::new(0, first, state, true);
        local::adopt(main, first);
        local::replace(Attachment {
            interp: Some(main),
            state: first,
        });
        // SAFETY: as above.
        (start.host.warm_main)(unsafe { Attached::assume() });
        leave();
        for stage in [Stage::Booting, Stage::Ready] {
            main.stage
                .step(stage)
                .map_err(|_| InitError("the main interpreter is in a wrong stage".to_owned()))?;
        }
        (start.host.report)(&Event::Started {
            version: init::running(),
        });
        Ok(Worker {
            jobs,
            host: start.host,
            patience: start.patience,
            worn_after: start.worn_after,
            main,
            main_serves: Vec::new(),
            slots: vec![true],
            retiring: Vec::new(),
            ended: 0,
        })
    }

    fn run(mut self, queue: &Receiver<Job>) {
        loop {
            let next = if self.retiring.is_empty() {
                queue.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                queue.recv_timeout(POLL)
            };
            match next {
                Ok(Job::Stop(groups, until, done)) => {
                    self.stop(groups, until, queue);
                    let _ = done.send(());
                    return;
                }
                Ok(job) => self.work(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.end_what_is_quiet();
        }
    }

    fn work(&mut self, job: Job) {
        match job {
            Job::Build(group) => match group.current() {
                Some(current) => drop(group.publish(Ok(current))),
                None => self.build(group),
            },
            Job::Swap(group) => self.build(group),
            Job::Serve(group, generation) => self.serve(group, generation),
            Job::End(retiring) => self.retiring.push(retiring),
            Job::Stop(..) => {}
        }
    }

    /// Make a generation; what it has to import first runs on a thread of its own.
    fn build(&mut self, group: &'static Group) {
        let generation = match boundary::catch(|| self.make_generation(group)) {
            Ok(Ok(generation)) => Arc::new(generation),
            Ok(Err(reason)) => return self.fail(group, reason),
            Err(panic) => return self.fail(group, format!("internal error: {panic}")),
        };
        if group.spec().imports.is_empty() {
            return self.serve(group, generation);
        }
        let (jobs, warm_up, made) = (self.jobs.clone(), self.host.warm_up, Arc::clone(&generation));
        let spawned = spawn("mod_python import", move || {
            warm(group, &made, warm_up);
            let _ = jobs.send(Job::Serve(group, made));
        });
        if let Err(error) = spawned {
            self.discard(group, &generation);
            self.fail(group, format!("no thread for the imports: {error}"));
        }
    }

    fn serve(&mut self, group: &'static Group, generation: Arc<Generation>) {
        for replica in generation
            .replicas()
            .iter()
            .filter(|replica| !replica.interp().is_main())
        {
            let _ = replica.interp().stage.step(Stage::Ready);
        }
        (self.host.report)(&Event::Ready {
            name: group.name(),
            generation: generation.number(),
            replicas: generation.replicas().len(),
            gil: generation.gil(),
        });
        if let Some(former) = group.publish(Ok(generation)) {
            ending::retire(
                group.name(),
                &former,
                &self.jobs,
                self.host.quiesce,
                self.patience,
            );
        }
    }

    /// End a generation that was made, in part or whole, and will never serve.
    fn discard(&self, group: &'static Group, made: &Generation) {
        ending::retire(group.name(), made, &self.jobs, self.host.quiesce, Duration::ZERO);
    }

    fn fail(&self, group: &'static Group, reason: String) {
        (self.host.report)(&Event::Failed {
            name: group.name(),
            reason: &reason,
        });
        group.publish(Err(reason.into()));
    }

    fn make_generation(&mut self, group: &'static Group) -> Result<Generation, String> {
        let (kind, spec) = (group.kind(), group.spec());
        let count = if kind == Gil::Main {
            1
        } else {
            spec.replicas.max(1)
        };
        let mut replicas = Vec::with_capacity(count);
        for index in 0..u32::try_from(count).unwrap_or(1) {
            let role = Role {
                name: group.name(),
                replica: index,
                spec,
                joins: false,
            };
            let made = match kind {
                Gil::Main => self.join_main(group, role),
                Gil::Shared => self.make_interpreter(GilKind::Shared, &role),
                Gil::Own | Gil::Auto => self.make_interpreter(GilKind::Own, &role),
            };
            match made {
                Ok(interp) => replicas.push(Replica::new(index, interp, spec)),
                Err(reason) => {
                    self.discard(group, &Generation::new(0, kind, replicas));
                    return Err(reason);
                }
            }
        }
        Ok(Generation::new(group.next_number(), kind, replicas))
    }

    /// Make a subinterpreter and set it up. This thread is attached to nothing before and after.
    fn make_interpreter(&mut self, gil: GilKind, role: &Role<'_>) -> Result<&'static Interp, String> {
        let config = init::interpreter_config(gil, role.spec.daemon_threads);
        // SAFETY: this is the manager thread, between two jobs: nothing is attached.
        let first = unsafe { init::new_interpreter(&config) }.map_err(|error| error.to_string())?;
        // SAFETY: `first` is current on this thread.
        let state = unsafe { PyThreadState_GetInterpreter(first) };
        let interp = Interp::new(self.take_slot(), first, state, false);
        local::adopt(interp, first);
        local::replace(Attachment {
            interp: Some(interp),
            state: first,
        });
        let _ = interp.stage.step(Stage::Booting);
        // SAFETY: attached by new_interpreter.
        let booted = boundary::catch(|| (self.host.boot)(unsafe { Attached::assume() }, interp, role))
            .unwrap_or_else(|panic| Err(format!("internal error: {panic}")));
        leave();
        match booted {
            Ok(()) => Ok(interp),
            Err(reason) => {
                let _ = interp.stage.step(Stage::Closing);
                self.retiring
                    .push(Retiring::new(role.name, 0, interp, Vec::new(), self.patience));
                Err(reason)
            }
        }
    }

    /// Let the main interpreter serve a group.
    fn join_main(&mut self, group: &'static Group, role: Role<'_>) -> Result<&'static Interp, String> {
        let joins = !self.main_serves.is_empty();
        if joins && group.spec().gil == Gil::Auto && !self.main_serves.contains(&group.name()) {
            group.unnote_needs_main();
            return Err(main_is_taken(group.name(), &self.main_serves));
        }
        let session = Session::enter(self.main).map_err(|closed| closed.to_string())?;
        (self.host.boot)(session.py(), self.main, &Role { joins, ..role })?;
        drop(session);
        if !self.main_serves.contains(&group.name()) {
            self.main_serves.push(group.name());
        }
        Ok(self.main)
    }

    fn take_slot(&mut self) -> usize {
        let free = self.slots.iter().position(|taken| !taken);
        let slot = free.unwrap_or(self.slots.len());
        if free.is_none() {
            self.slots.push(true);
        }
        self.slots[slot] = true;
        slot
    }

    /// Try to end each closing interpreter; those whose owners have not come by yet stay for the next time.
    fn end_what_is_quiet(&mut self) {
        for retiring in std::mem::take(&mut self.retiring) {
            match ending::try_end(&retiring) {
                ending::Outcome::NotYet => self.retiring.push(retiring),
                ending::Outcome::Ended => self.count_ended(&retiring),
                ending::Outcome::Abandoned => (self.host.report)(&retiring.abandoned()),
            }
        }
    }

    /// One whose set-up failed counts, too: it costs the same memory. `Group` sees to it that such ones are rare.
    fn count_ended(&mut self, retiring: &Retiring) {
        self.slots[retiring.interp().slot] = false;
        self.ended += 1;
        (self.host.report)(&retiring.ended());
        if self.worn_after > 0 && self.ended == self.worn_after {
            (self.host.report)(&Event::Worn { ended: self.ended });
        }
    }

    /// The end of the child: everything at once, until the time is over.
    fn stop(&mut self, groups: Vec<&'static Group>, until: Instant, queue: &Receiver<Job>) {
        let left = until.saturating_duration_since(Instant::now());
        let mut open = 0;
        for (group, generation) in groups
            .iter()
            .filter_map(|group| group.withdraw().map(|g| (group, g)))
        {
            open += ending::retire(group.name(), &generation, &self.jobs, self.host.quiesce, left / 2);
        }
        ending::quiesce_main(self.main, &self.jobs, self.host.quiesce, left / 2);
        open += 1;
        while (open > 0 || !self.retiring.is_empty()) && Instant::now() < until {
            match queue.recv_timeout(POLL) {
                Ok(Job::End(retiring)) => {
                    open -= 1;
                    if !retiring.interp().is_main() {
                        self.retiring.push(retiring);
                    }
                }
                Ok(Job::Build(group) | Job::Swap(group) | Job::Serve(group, _)) => {
                    group.publish(Err("the server is stopping".into()));
                }
                Ok(Job::Stop(..)) | Err(_) => {}
            }
            self.end_what_is_quiet();
        }
    }
}

/// Detach the manager from where it is.
fn leave() {
    // SAFETY: the callers have just been attached on this thread, through a first thread state.
    unsafe { PyEval_SaveThread() };
    local::replace(Attachment::NONE);
}

/// Run a group's imports in each replica, on the calling thread.
fn warm(group: &'static Group, generation: &Generation, warm_up: fn(Attached<'_>, &Role<'_>)) {
    for replica in generation.replicas() {
        if let Ok(session) = Session::enter(replica.interp()) {
            let role = Role {
                name: group.name(),
                replica: replica.index(),
                spec: group.spec(),
                joins: false,
            };
            warm_up(session.py(), &role);
        }
    }
    local::drop_all();
}

fn main_is_taken(name: &str, serves: &[&str]) -> String {
    format!(
        "'{name}' needs the main interpreter (an extension module refuses any other), but that one serves '{}': \
         write `PythonInterpreterOptions {name} gil=main` to let both names share it, or keep them in different \
         server instances",
        serves.join("', '")
    )
}
