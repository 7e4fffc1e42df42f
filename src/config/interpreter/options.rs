//! What can be said about one interpreter name, and what holds when nothing is said.
//!
//! Owns: the values of `PythonInterpreterOptions`, their defaults, their merging, and which of them exclude each other.
//! Pure; read by child start and by the manager of interpreters. Must never ask Python or httpd anything.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Duration;

/// Which GIL an interpreter runs under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gil {
    /// One of its own.
    Own,
    /// The main interpreter's, in an interpreter of its own.
    Shared,
    /// The main interpreter itself.
    Main,
    /// Own, until an extension module refuses; then the main interpreter.
    Auto,
}

/// How many interpreters serve one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replicas {
    /// So many.
    Count(NonZeroUsize),
    /// One for each core that this process may use.
    Cores,
}

/// The options of one name; `None` is unset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InterpreterOptions {
    pub(super) gil: Option<Gil>,
    pub(super) replicas: Option<Replicas>,
    pub(super) start: Option<bool>,
    pub(super) virtualenv: Option<PathBuf>,
    pub(super) python_path: Option<Vec<PathBuf>>,
    pub(super) env: Vec<(String, String)>,
    pub(super) switch_interval: Option<Duration>,
    pub(super) daemon_threads: Option<bool>,
    pub(super) max_threads: Option<NonZeroUsize>,
    pub(super) queue_timeout: Option<Duration>,
}

impl InterpreterOptions {
    /// `gil=`; default `auto`.
    #[must_use]
    pub fn gil(&self) -> Gil {
        self.gil.unwrap_or(Gil::Auto)
    }

    /// `replicas=`; default 1, and always 1 where there is only one interpreter to have.
    #[must_use]
    pub fn replicas(&self) -> usize {
        match (self.gil(), self.replicas) {
            (Gil::Own | Gil::Auto, Some(Replicas::Count(count))) => count.get(),
            (Gil::Own | Gil::Auto, Some(Replicas::Cores)) => {
                available_parallelism().map_or(1, NonZeroUsize::get)
            }
            _ => 1,
        }
    }

    /// `start=`: whether the interpreters are made at child start; default no.
    #[must_use]
    pub fn start(&self) -> bool {
        self.start.unwrap_or(false)
    }

    /// `virtualenv=`; default none.
    #[must_use]
    pub fn virtualenv(&self) -> Option<&Path> {
        self.virtualenv.as_deref()
    }

    /// `python-path=`: directories for `sys.path`; default none.
    #[must_use]
    pub fn python_path(&self) -> &[PathBuf] {
        self.python_path.as_deref().unwrap_or_default()
    }

    /// `env=`: variables for `os.environ`; default none.
    #[must_use]
    pub fn env(&self) -> &[(String, String)] {
        &self.env
    }

    /// `switch-interval=`; default 1 ms.
    #[must_use]
    pub fn switch_interval(&self) -> Duration {
        self.switch_interval.unwrap_or(Duration::from_millis(1))
    }

    /// `daemon-threads=`; default no.
    #[must_use]
    pub fn daemon_threads(&self) -> bool {
        self.daemon_threads.unwrap_or(false)
    }

    /// `max-threads=`: how many requests may be inside at once; default no limit.
    #[must_use]
    pub fn max_threads(&self) -> Option<NonZeroUsize> {
        self.max_threads
    }

    /// `queue-timeout=`: how long a request over that limit waits; default 30 s.
    #[must_use]
    pub fn queue_timeout(&self) -> Duration {
        self.queue_timeout.unwrap_or(Duration::from_secs(30))
    }

    /// What holds where `add` refines `base`. Variables add up; everything else is replaced.
    #[must_use]
    pub fn merge(base: &Self, add: &Self) -> Self {
        Self {
            gil: add.gil.or(base.gil),
            replicas: add.replicas.or(base.replicas),
            start: add.start.or(base.start),
            virtualenv: add.virtualenv.clone().or_else(|| base.virtualenv.clone()),
            python_path: add.python_path.clone().or_else(|| base.python_path.clone()),
            env: merge_env(&base.env, &add.env),
            switch_interval: add.switch_interval.or(base.switch_interval),
            daemon_threads: add.daemon_threads.or(base.daemon_threads),
            max_threads: add.max_threads.or(base.max_threads),
            queue_timeout: add.queue_timeout.or(base.queue_timeout),
        }
    }

    /// The two options that exclude each other, if there are such, and what to do.
    #[must_use]
    pub(super) fn conflict(&self) -> Option<&'static str> {
        match self.gil {
            Some(Gil::Main) if self.wants_several() => {
                Some("gil=main with replicas: there is only one main interpreter; use gil=own, or replicas=1")
            }
            Some(Gil::Shared) if self.wants_several() => {
                Some("gil=shared with replicas: they would wait for one GIL; use gil=own, or replicas=1")
            }
            _ => None,
        }
    }

    /// Whether more than one replica is asked for.
    pub(super) fn wants_several(&self) -> bool {
        match self.replicas {
            Some(Replicas::Count(count)) => count.get() > 1,
            Some(Replicas::Cores) => true,
            None => false,
        }
    }

    /// Whether `other` can live in the same interpreter.
    pub(super) fn same_interpreter(&self, other: &Self) -> bool {
        self.virtualenv == other.virtualenv
            && self.python_path == other.python_path
            && self.env == other.env
            && self.switch_interval() == other.switch_interval()
    }
}

fn merge_env(base: &[(String, String)], add: &[(String, String)]) -> Vec<(String, String)> {
    let kept = base
        .iter()
        .filter(|(name, _)| !add.iter().any(|(new, _)| new == name));
    kept.chain(add).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(n: usize) -> Option<Replicas> {
        NonZeroUsize::new(n).map(Replicas::Count)
    }

    #[test]
    fn defaults() {
        let unset = InterpreterOptions::default();
        assert_eq!(
            (unset.gil(), unset.replicas(), unset.start()),
            (Gil::Auto, 1, false)
        );
        assert_eq!(unset.switch_interval(), Duration::from_millis(1));
        assert_eq!(unset.queue_timeout(), Duration::from_secs(30));
        assert_eq!((unset.max_threads(), unset.daemon_threads()), (None, false));
        assert!(unset.virtualenv().is_none() && unset.python_path().is_empty() && unset.env().is_empty());
    }

    #[test]
    fn a_later_line_refines() {
        let var = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let base = InterpreterOptions {
            gil: Some(Gil::Own),
            env: vec![var("A", "1"), var("B", "2")],
            ..InterpreterOptions::default()
        };
        let add = InterpreterOptions {
            replicas: count(3),
            env: vec![var("A", "3")],
            ..InterpreterOptions::default()
        };
        let merged = InterpreterOptions::merge(&base, &add);
        assert_eq!((merged.gil(), merged.replicas()), (Gil::Own, 3));
        assert_eq!(merged.env(), [var("B", "2"), var("A", "3")]);
    }

    #[test]
    fn replicas_need_a_gil_each() {
        for gil in [Gil::Main, Gil::Shared] {
            let options = InterpreterOptions {
                gil: Some(gil),
                replicas: count(2),
                ..InterpreterOptions::default()
            };
            assert!(options.conflict().is_some());
            assert_eq!(options.replicas(), 1);
        }
        let cores = InterpreterOptions {
            replicas: Some(Replicas::Cores),
            ..InterpreterOptions::default()
        };
        assert!(cores.conflict().is_none() && cores.replicas() >= 1);
    }
}
