//! The options of all names, put together once the whole configuration is read.
//!
//! Owns: the order in which lines count (`*` below every name, later over earlier) and the errors that only the whole
//! shows. Pure; made in the parent for the check and again in each child. Must never be changed after it is made.

use std::collections::HashMap;

use super::options::{Gil, InterpreterOptions};
use super::parse::{Scope, impossible};
use crate::config::name::Name;

/// The directive, for errors that no single line shows.
const DIRECTIVE: &str = "PythonInterpreterOptions";

/// What `PythonInterpreterOptions` says, by name.
#[derive(Debug, Clone, Default)]
pub struct Interpreters {
    all: InterpreterOptions,
    main: InterpreterOptions,
    named: HashMap<&'static str, InterpreterOptions>,
}

impl Interpreters {
    /// Put the lines together, in the order they are written.
    ///
    /// # Errors
    /// Every contradiction between lines, each with the directive and the names.
    pub fn new(lines: &[(Scope, InterpreterOptions)]) -> Result<Self, Vec<String>> {
        let mut scopes = Self::default();
        for (scope, line) in lines {
            let options = scopes.scope(*scope);
            *options = InterpreterOptions::merge(options, line);
        }
        let mut errors = [scopes.contradictions(), scopes.idle_timeouts()].concat();
        scopes.lay_over_all();
        errors.extend(scopes.quarrel_over_main());
        if errors.is_empty() {
            Ok(scopes)
        } else {
            Err(errors)
        }
    }

    /// What holds for an interpreter name.
    #[must_use]
    pub fn of(&self, name: Name) -> &InterpreterOptions {
        let unnamed = if name == Name::main() {
            &self.main
        } else {
            &self.all
        };
        self.named.get(name.as_str()).unwrap_or(unnamed)
    }

    /// What holds for the process's first interpreter, which every name with `gil=main` stands for.
    #[must_use]
    pub fn main_interpreter(&self) -> &InterpreterOptions {
        self.mains().next().map_or(&self.main, |(_, options)| options)
    }

    /// The names whose interpreters are made at child start.
    pub fn starting(&self) -> impl Iterator<Item = Name> {
        self.sorted()
            .filter(|(_, options)| options.start())
            .map(|(name, _)| Name::intern(name))
    }

    /// The names that have a line of their own.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        self.sorted().map(|(name, _)| Name::intern(name))
    }

    fn scope(&mut self, scope: Scope) -> &mut InterpreterOptions {
        match scope {
            Scope::All => &mut self.all,
            Scope::One(name) => self.named.entry(name.as_str()).or_default(),
        }
    }

    fn sorted(&self) -> impl Iterator<Item = (&'static str, &InterpreterOptions)> {
        let mut rows: Vec<_> = self
            .named
            .iter()
            .map(|(name, options)| (*name, options))
            .collect();
        rows.sort_by_key(|(name, _)| *name);
        rows.into_iter()
    }

    fn contradictions(&self) -> Vec<String> {
        let all = impossible(Scope::All, &self.all).map(|text| ("*", text));
        let named = self
            .sorted()
            .filter_map(|(name, options)| Some((name, impossible(Scope::One(Name::intern(name)), options)?)));
        all.into_iter()
            .chain(named)
            .map(|(name, text)| format!("{DIRECTIVE} {name}: {text}"))
            .collect()
    }

    /// From here on each row is complete, and the main interpreter's name stands for the main interpreter.
    fn lay_over_all(&mut self) {
        for options in self.named.values_mut() {
            *options = InterpreterOptions::merge(&self.all, options);
        }
        self.main = InterpreterOptions {
            gil: Some(Gil::Main),
            ..self.all.clone()
        };
        if let Some(main) = self.named.get_mut(Name::main().as_str()) {
            main.gil = Some(Gil::Main);
        }
    }

    fn idle_timeouts(&self) -> Vec<String> {
        let limit = |options: &InterpreterOptions| options.max_threads.or(self.all.max_threads);
        let idle = self
            .sorted()
            .filter(|(_, options)| options.queue_timeout.is_some() && limit(options).is_none());
        idle.map(|(name, _)| format!("{DIRECTIVE} {name}: queue-timeout counts only with max-threads=N"))
            .collect()
    }

    fn mains(&self) -> impl Iterator<Item = (&'static str, &InterpreterOptions)> {
        self.sorted()
            .chain([("*", &self.all)])
            .filter(|(_, options)| options.gil() == Gil::Main)
    }

    /// Names that share the main interpreter on purpose must agree on what there is only one of.
    fn quarrel_over_main(&self) -> Option<String> {
        let mut mains = self.mains();
        let (first, agreed) = mains.next()?;
        let (other, _) = mains.find(|(_, options)| !options.same_interpreter(agreed))?;
        Some(format!(
            "{DIRECTIVE}: '{first}' and '{other}' both have gil=main, so they share one interpreter and must agree on \
             virtualenv, python-path, env and switch-interval; give one of them gil=own or gil=shared"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    fn table(lines: &[&str]) -> Result<Interpreters, Vec<String>> {
        let parse =
            |line: &&str| parse(&line.split_whitespace().collect::<Vec<_>>(), &|dir| dir.into()).unwrap();
        Interpreters::new(&lines.iter().map(parse).collect::<Vec<_>>())
    }

    fn name(text: &str) -> Name {
        Name::intern(text)
    }

    #[test]
    fn a_name_comes_before_all_wherever_the_lines_stand() {
        let table = table(&["a replicas=2", "* replicas=3 env=X=1", "a env=Y=2", "a start=yes"]).unwrap();
        assert_eq!(
            (table.of(name("a")).replicas(), table.of(name("b")).replicas()),
            (2, 3)
        );
        assert_eq!(table.of(name("a")).env().len(), 2);
        assert_eq!(table.starting().collect::<Vec<_>>(), [name("a")]);
    }

    #[test]
    fn a_later_line_replaces_an_earlier_one() {
        let table = table(&["a replicas=2 gil=own", "a replicas=4"]).unwrap();
        assert_eq!(
            (table.of(name("a")).replicas(), table.of(name("a")).gil()),
            (4, Gil::Own)
        );
    }

    #[test]
    fn the_main_interpreter_is_always_itself() {
        for lines in [
            &[][..],
            &["* gil=own replicas=4"],
            &["* replicas=4", "main_interpreter env=A=1"],
        ] {
            let table = table(lines).unwrap();
            assert_eq!(
                (table.of(Name::main()).gil(), table.of(Name::main()).replicas()),
                (Gil::Main, 1),
                "{lines:?}"
            );
        }
    }

    #[test]
    fn contradictions_between_lines_are_found() {
        for (lines, part) in [
            (&["a gil=main", "a replicas=2"][..], "a: gil=main with replicas"),
            (
                &["* gil=shared", "* replicas=cores"],
                "*: gil=shared with replicas",
            ),
            (
                &["a queue-timeout=5s"],
                "a: queue-timeout counts only with max-threads",
            ),
            (
                &["a gil=main env=X=1", "b gil=main"],
                "'a' and 'b' both have gil=main",
            ),
            (&["* gil=main", "a env=X=1"], "'a' and '*' both have gil=main"),
        ] {
            let errors = table(lines).unwrap_err();
            assert!(
                errors.len() == 1 && errors[0].contains(part),
                "{lines:?}: {errors:?}"
            );
        }
        assert!(table(&["* max-threads=4", "a queue-timeout=5s"]).is_ok());
        assert!(table(&["* queue-timeout=5s", "a replicas=2", "b max-threads=4"]).is_ok());
    }

    #[test]
    fn names_that_agree_share_the_main_interpreter() {
        let table = table(&["a gil=main env=X=1", "b gil=main env=X=1"]).unwrap();
        assert_eq!(table.main_interpreter().env(), [("X".into(), "1".into())]);
        assert!(table.of(name("c")).env().is_empty());
    }
}
