//! The configuration of a (virtual) server: what is said about the process and its interpreters, not about requests.
//!
//! Owns: the lines as they were given, per server; [`super::process`] puts them together. Filled in the parent while
//! the configuration is read, read-only afterwards. What is said about the process must never inherit: what the main
//! server says stays there, so nothing counts twice. Mounts do, as aliases of httpd's.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::interpreter::{InterpreterOptions, Scope};
use super::mounts::{Mount, Mounts};
use super::name::Name;
use crate::httpd::slot::{Config, Level};
use crate::httpd::{Merging, Server};

/// One `PythonImport`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// `module[::function]`.
    pub word: Box<str>,
    /// Where it is imported at child start.
    pub interpreter: Name,
}

/// What one server says.
#[derive(Debug, Clone, Default)]
pub struct ServerConfig {
    pub(super) interpreters: Vec<(Scope, InterpreterOptions)>,
    pub(super) imports: Vec<Import>,
    pub(super) warm_up: Vec<String>,
    pub(super) home: Option<PathBuf>,
    pub(super) optimize: Option<bool>,
    pub(super) mounts: Mounts,
    name: OnceLock<Name>,
}

impl ServerConfig {
    /// The name that this server's requests have by default: its `ServerName`.
    #[must_use]
    pub fn name(&self, server: &Server) -> Name {
        *self
            .name
            .get_or_init(|| server.hostname().map_or(Name::main(), Name::intern))
    }

    /// The application mounted at a URL path, or above it.
    #[inline]
    #[must_use]
    pub fn mount(&self, uri: &[u8]) -> Option<&Mount> {
        self.mounts.find(uri)
    }
}

impl Config for ServerConfig {
    const LEVEL: Level = Level::Server;

    fn merge(base: &Self, add: &Self, _: Merging) -> Self {
        Self {
            name: OnceLock::new(),
            mounts: Mounts::merge(&base.mounts, &add.mounts),
            ..add.clone()
        }
    }
}
