//! What the whole configuration says about the process, and the errors that only the whole shows.
//!
//! Owns: putting the servers' lines together, main server first, virtual hosts in httpd's order. Made in the parent by
//! `check_config`, so `httpd -t` finds every error, and again at child start. Must never be changed after it is made.

use std::path::{Path, PathBuf};

use super::hint;
use super::interpreter::Interpreters;
use super::name::Name;
use super::server::{Import, ServerConfig};
use crate::httpd::Server;

/// What a child needs to know before its first request.
#[derive(Debug, Default)]
pub struct Process {
    interpreters: Interpreters,
    imports: Vec<Import>,
    warm_up: Vec<String>,
    home: Option<PathBuf>,
    optimize: bool,
}

impl Process {
    /// Put together what the main server and its virtual hosts say.
    ///
    /// # Errors
    /// Every contradiction, each as one text for the error log.
    pub fn read(main_server: &Server) -> Result<Self, Vec<String>> {
        Self::collect(main_server.chain().filter_map(Server::config))
    }

    fn collect<'a>(servers: impl Iterator<Item = &'a ServerConfig>) -> Result<Self, Vec<String>> {
        let (mut process, mut lines) = (Self::default(), Vec::new());
        for server in servers {
            lines.extend_from_slice(&server.interpreters);
            process.imports.extend_from_slice(&server.imports);
            process.warm_up.extend_from_slice(&server.warm_up);
            process.home = process.home.or_else(|| server.home.clone());
            process.optimize |= server.optimize.unwrap_or(false);
        }
        Ok(Self {
            interpreters: Interpreters::new(&lines)?,
            ..process
        })
    }

    /// The options of every interpreter name.
    #[must_use]
    pub fn interpreters(&self) -> &Interpreters {
        &self.interpreters
    }

    /// `PythonImport`, in the order of the configuration.
    #[must_use]
    pub fn imports(&self) -> &[Import] {
        &self.imports
    }

    /// `PythonWarmUp`: modules for the main interpreter.
    #[must_use]
    pub fn warm_up(&self) -> &[String] {
        &self.warm_up
    }

    /// `PythonHome`.
    #[must_use]
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// `PythonOptimize`.
    #[must_use]
    pub fn optimize(&self) -> bool {
        self.optimize
    }

    /// Names that only these directives mention and that miss a virtual host's name by a letter or two: for a warning.
    #[must_use]
    pub fn doubtful_names(&self, server_names: &[Name]) -> Vec<String> {
        let known: Vec<_> = server_names.iter().map(|name| name.as_str()).collect();
        let imports = self.imports.iter().map(|import| import.interpreter);
        let mut doubtful: Vec<_> = self
            .interpreters
            .names()
            .chain(imports)
            .map(Name::as_str)
            .collect();
        doubtful.retain(|name| !known.contains(name));
        doubtful.sort_unstable();
        doubtful.dedup();
        let hint = |name: &str| Some(hint::did_you_mean(name, &known)).filter(|hint| !hint.is_empty());
        doubtful
            .iter()
            .filter_map(|name| Some(format!("no virtual host is named '{name}'{}", hint(name)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::interpreter::parse;
    use super::*;

    fn server(lines: &[&[&str]], imports: &[(&str, &str)]) -> ServerConfig {
        let mut server = ServerConfig::default();
        server.interpreters = lines
            .iter()
            .map(|words| parse(words, &|dir| dir.into()).unwrap())
            .collect();
        server.imports = imports
            .iter()
            .map(|(word, name)| Import {
                word: (*word).into(),
                interpreter: Name::intern(name),
            })
            .collect();
        server
    }

    #[test]
    fn servers_are_put_together_in_order() {
        let main = server(&[&["a", "replicas=2"]], &[("one", "a")]);
        let host = server(&[&["a", "gil=own"]], &[("two", "a"), ("three", "b")]);
        let process = Process::collect([&main, &host].into_iter()).unwrap();
        assert_eq!(process.interpreters().of(Name::intern("a")).replicas(), 2);
        assert_eq!(
            process
                .imports()
                .iter()
                .map(|import| &*import.word)
                .collect::<Vec<_>>(),
            ["one", "two", "three"]
        );
    }

    #[test]
    fn contradictions_between_servers_are_errors() {
        let (main, host) = (
            server(&[&["a", "gil=main"]], &[]),
            server(&[&["a", "replicas=2"]], &[]),
        );
        assert_eq!(Process::collect([&main, &host].into_iter()).unwrap_err().len(), 1);
    }

    #[test]
    fn a_misspelt_name_is_doubtful_and_a_strange_one_is_not() {
        let main = server(
            &[&["exmaple.com", "replicas=2"], &["batch", "start=yes"]],
            &[("m", "Example.com")],
        );
        let process = Process::collect([&main].into_iter()).unwrap();
        let doubtful = process.doubtful_names(&[Name::intern("example.com")]);
        assert_eq!(doubtful.len(), 2, "{doubtful:?}");
        assert_eq!(
            doubtful[1],
            "no virtual host is named 'exmaple.com' (did you mean 'example.com'?)"
        );
    }
}
