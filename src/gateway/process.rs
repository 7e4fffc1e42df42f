//! What holds for a whole child: the process-wide configuration, and the start of Python with it.
//!
//! Read in the parent after each reading of the configuration; used by the child that is forked from there.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::{boot, events};
use crate::apr::Pool;
use crate::config::{self, DirConfig, InterpreterOptions, Name, Process};
use crate::httpd::{Server, global_lock};
use crate::interp::host::{Host, Start};
use crate::interp::{Gil, GroupSpec, Registry};
use crate::objects;
use crate::py::init::{self, InitError, Settings};

/// How long an application's threads may take to stop before their interpreter is left alone.
const PATIENCE: Duration = Duration::from_secs(10);
/// Ends of interpreters that a Python may see which loses memory at each of them.
const WORN_AFTER: u64 = if cfg!(Py_3_14) { 0 } else { 10 };

/// The option of mod_python 3.5 that says where its locks lie.
const MUTEX_DIRECTORY: &str = "mod_python.mutex_directory";

static PROCESS: RwLock<Option<Arc<Process>>> = RwLock::new(None);

/// Look at the configuration that was just read.
///
/// # Errors
/// Its contradictions, and what this Python cannot do, a line each.
pub fn check(main: &Server) -> Result<Process, String> {
    let process = Process::read(main).map_err(|errors| errors.join("\n"))?;
    let names = process.interpreters().names().chain([Name::intern("*")]);
    let daemons = names.filter(|name| !cfg!(Py_3_14) && process.interpreters().of(*name).daemon_threads());
    let refused: Vec<_> = daemons.map(no_daemon_threads).collect();
    if refused.is_empty() {
        Ok(process)
    } else {
        Err(refused.join("\n"))
    }
}

fn no_daemon_threads(name: Name) -> String {
    format!(
        "PythonInterpreterOptions {} daemon-threads=yes: needs Python 3.14, because Python {} ends the whole child \
         when an interpreter ends with such a thread; allowed is daemon-threads=no",
        name.as_str(),
        init::built_for()
    )
}

/// Remember the configuration that was just read, for the children, and make what they share.
///
/// # Errors
/// As for [`check`], and when there is no place for the lock file.
pub fn read(conf: Pool<'_>, main: &Server) -> Result<(), String> {
    let process = check(main)?;
    let options = main
        .dir_config::<DirConfig>()
        .map(|config| config.options().view());
    let directory = options.as_ref().and_then(|options| options.get(MUTEX_DIRECTORY));
    global_lock::prepare(conf, directory.filter(|directory| !directory.is_empty()))?;
    *PROCESS.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(process));
    Ok(())
}

pub(super) fn current() -> Arc<Process> {
    PROCESS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
        .unwrap_or_default()
}

/// Start Python in this child, and every name that asks to be there before its first request.
///
/// # Errors
/// [`InitError`]: every request for Python will be answered with 500.
pub fn start() -> Result<(), InitError> {
    let process = current();
    let registry = Registry::start(settings(&process), spec_of)?;
    for name in first_names(&process) {
        registry.prepare(name.as_str());
    }
    Ok(())
}

fn settings(process: &Process) -> Start {
    let settings = Settings {
        home: process.home().map(Into::into),
        optimize: if process.optimize() { 2 } else { 0 },
        ..Settings::default()
    };
    let host = Host {
        builtins: &[objects::module::BUILTIN],
        warm_main: boot::warm_main,
        boot: boot::boot,
        warm_up: boot::warm_up,
        quiesce: boot::quiesce,
        report: events::report,
    };
    Start {
        settings,
        host,
        patience: PATIENCE,
        worn_after: WORN_AFTER,
    }
}

/// Names with `start=yes` or a `PythonImport`, each once, in the order of the configuration.
fn first_names(process: &Process) -> Vec<Name> {
    let started = process
        .interpreters()
        .names()
        .filter(|name| process.interpreters().of(*name).start());
    let imported = process.imports().iter().map(|import| import.interpreter);
    let mut names = Vec::new();
    for name in started.chain(imported) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// What the configuration asks for under a name.
fn spec_of(name: &str) -> GroupSpec {
    let process = current();
    let name = Name::intern(name);
    let options = process.interpreters().of(name);
    let imports = process
        .imports()
        .iter()
        .filter(|import| import.interpreter == name);
    GroupSpec {
        gil: if name == Name::main() {
            Gil::Main
        } else {
            gil(options)
        },
        replicas: options.replicas(),
        virtualenv: options.virtualenv().map(Into::into),
        python_path: options.python_path().to_vec(),
        env: options.env().to_vec(),
        switch_interval: options.switch_interval(),
        daemon_threads: options.daemon_threads(),
        max_threads: admission(options),
        imports: imports.map(|import| import.word.to_string()).collect(),
    }
}

fn admission(options: &InterpreterOptions) -> Option<(u32, Duration)> {
    let threads = options.max_threads()?;
    Some((
        u32::try_from(threads.get()).unwrap_or(u32::MAX),
        options.queue_timeout(),
    ))
}

fn gil(options: &InterpreterOptions) -> Gil {
    match options.gil() {
        config::Gil::Own => Gil::Own,
        config::Gil::Shared => Gil::Shared,
        config::Gil::Main => Gil::Main,
        config::Gil::Auto => Gil::Auto,
    }
}
