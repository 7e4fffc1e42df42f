//! What a group is to be: the resolved options of its name, as plain values.
//!
//! Made by the floor that reads the configuration; never changes afterwards.

use std::path::PathBuf;
use std::time::Duration;

/// The kind of interpreter that a name asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gil {
    /// A GIL of its own.
    Own,
    /// A subinterpreter under the main GIL.
    Shared,
    /// The main interpreter itself.
    Main,
    /// Own, until an extension module refuses; then main.
    Auto,
}

impl std::fmt::Display for Gil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Gil::Own => "own",
            Gil::Shared => "shared",
            Gil::Main => "main",
            Gil::Auto => "auto",
        })
    }
}

/// The resolved options of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSpec {
    /// Kind of interpreter.
    pub gil: Gil,
    /// How many replicas (1 for `main`).
    pub replicas: usize,
    /// Virtual environment whose packages this name sees.
    pub virtualenv: Option<PathBuf>,
    /// Directories put in front of `sys.path`.
    pub python_path: Vec<PathBuf>,
    /// Variables added to its `os.environ`.
    pub env: Vec<(String, String)>,
    /// `sys.setswitchinterval`.
    pub switch_interval: Duration,
    /// Whether `Thread(daemon=True)` may be started.
    pub daemon_threads: bool,
    /// Admission: threads per replica, and how long others wait.
    pub max_threads: Option<(u32, Duration)>,
    /// `module[::function]` to import before the first request.
    pub imports: Vec<String>,
}

impl Default for GroupSpec {
    fn default() -> Self {
        GroupSpec {
            gil: Gil::Auto,
            replicas: 1,
            virtualenv: None,
            python_path: Vec::new(),
            env: Vec::new(),
            switch_interval: Duration::from_millis(1),
            daemon_threads: false,
            max_threads: None,
            imports: Vec::new(),
        }
    }
}
