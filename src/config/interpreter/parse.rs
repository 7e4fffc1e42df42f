//! The line `PythonInterpreterOptions NAME|* key=value …`.
//!
//! Owns: the table of keys. A new option = a row here, a field and a getter in `options.rs`. Runs at configuration
//! time in the parent, so `httpd -t` finds every error. Must never accept a key or a value it does not understand.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use super::options::{Gil, InterpreterOptions, Replicas};
use super::value::{Parsed, Refusal, count, directories, time, variable, virtualenv, yes_or_no};
use crate::config::hint;
use crate::config::name::{MAIN_INTERPRETER, Name};

/// Whom a line speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `*`: every name, where its own lines say nothing.
    All,
    /// One name.
    One(Name),
}

/// Resolves a path of the configuration against ServerRoot.
pub type Resolve<'a> = &'a dyn Fn(&str) -> PathBuf;

type Set = fn(&mut InterpreterOptions, &str, Resolve<'_>) -> Parsed<()>;

struct Key {
    name: &'static str,
    allowed: &'static str,
    set: Set,
}

const fn key(name: &'static str, allowed: &'static str, set: Set) -> Key {
    Key { name, allowed, set }
}

#[rustfmt::skip]
const KEYS: &[Key] = &[
    key("gil",             "own, shared, main or auto",                  |o, v, _| put(&mut o.gil, gil(v))),
    key("replicas",        "a number from 1 to 256, or cores",           |o, v, _| put(&mut o.replicas, replicas(v))),
    key("start",           "yes or no",                                  |o, v, _| put(&mut o.start, yes_or_no(v))),
    key("virtualenv",      "the directory of a virtual environment",     |o, v, at| put(&mut o.virtualenv, virtualenv(at(v)))),
    key("python-path",     "existing directories, as DIR[:DIR]",         |o, v, at| put(&mut o.python_path, directories(v, at))),
    key("env",             "NAME=VALUE, each name once",                 |o, v, _| add_variable(o, variable(v)?)),
    key("switch-interval", "a time from 10us to 1s (units us, ms, s)",   |o, v, _| put(&mut o.switch_interval, time(v, SWITCH_INTERVAL))),
    key("daemon-threads",  "yes or no",                                  |o, v, _| put(&mut o.daemon_threads, yes_or_no(v))),
    key("max-threads",     "a number from 1 to 100000",                  |o, v, _| put(&mut o.max_threads, count(v, 1..=100_000))),
    key("queue-timeout",   "a time up to 60min (units us, ms, s, min)",  |o, v, _| put(&mut o.queue_timeout, time(v, QUEUE_TIMEOUT))),
];

const SWITCH_INTERVAL: RangeInclusive<Duration> = Duration::from_micros(10)..=Duration::from_secs(1);
const QUEUE_TIMEOUT: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(3600);

/// Read one line, already split into words by httpd's rules of quoting.
///
/// # Errors
/// A text that names the word and what is allowed instead.
pub fn parse(words: &[&str], resolve: Resolve<'_>) -> Result<(Scope, InterpreterOptions), String> {
    let Some((first, pairs)) = words.split_first() else {
        return Err("takes an interpreter name, or * for all, and then options key=value".to_owned());
    };
    let scope = scope(first)?;
    let mut options = InterpreterOptions::default();
    pairs
        .iter()
        .try_for_each(|pair| set(&mut options, pair, resolve))?;
    match impossible(scope, &options) {
        Some(text) => Err(format!("{first}: {text}")),
        None => Ok((scope, options)),
    }
}

/// What contradicts itself in the options of a scope.
#[must_use]
pub(super) fn impossible(scope: Scope, options: &InterpreterOptions) -> Option<&'static str> {
    let of_main = scope == Scope::One(Name::main());
    match options.gil {
        Some(Gil::Own | Gil::Shared | Gil::Auto) if of_main => {
            Some("the main interpreter has the main GIL; choose another name, or gil=main")
        }
        None if of_main && options.wants_several() => Some("there is only one main interpreter; replicas=1"),
        _ => options.conflict(),
    }
}

fn scope(word: &str) -> Result<Scope, String> {
    match word {
        "*" => Ok(Scope::All),
        "" => Err("an interpreter name cannot be empty".to_owned()),
        _ if word.contains('=') => Err(format!(
            "the first word is the interpreter name, or * for all, but it is '{word}'; \
             the main interpreter is {MAIN_INTERPRETER}"
        )),
        _ => Ok(Scope::One(Name::intern(word))),
    }
}

fn set(options: &mut InterpreterOptions, pair: &str, resolve: Resolve<'_>) -> Result<(), String> {
    let (name, value) = pair.split_once('=').ok_or_else(|| no_pair(pair))?;
    let key = KEYS
        .iter()
        .find(|key| key.name == name)
        .ok_or_else(|| unknown_key(name))?;
    (key.set)(options, value, resolve).map_err(|refusal| match refusal {
        Refusal::NotAllowed => format!("{name} is {}, not '{value}'", key.allowed),
        Refusal::Because(why) => format!("{name}={value}: {why}"),
    })
}

fn no_pair(word: &str) -> String {
    format!(
        "'{word}' is not key=value; a value with spaces needs quotes around the whole word, \
         like \"env=GREETING=good morning\""
    )
}

fn unknown_key(name: &str) -> String {
    let keys: Vec<_> = KEYS.iter().map(|key| key.name).collect();
    format!(
        "no option '{name}'{}; there are {}",
        hint::did_you_mean(name, &keys),
        keys.join(", ")
    )
}

fn put<T>(field: &mut Option<T>, value: Parsed<T>) -> Parsed<()> {
    if field.is_some() {
        return Err(Refusal::Because("given twice on one line".into()));
    }
    *field = Some(value?);
    Ok(())
}

fn add_variable(options: &mut InterpreterOptions, variable: (String, String)) -> Parsed<()> {
    if options.env.iter().any(|(name, _)| *name == variable.0) {
        return Err(Refusal::NotAllowed);
    }
    options.env.push(variable);
    Ok(())
}

fn gil(text: &str) -> Parsed<Gil> {
    match text {
        "own" => Ok(Gil::Own),
        "shared" => Ok(Gil::Shared),
        "main" => Ok(Gil::Main),
        "auto" => Ok(Gil::Auto),
        _ => Err(Refusal::NotAllowed),
    }
}

fn replicas(text: &str) -> Parsed<Replicas> {
    if text == "cores" {
        Ok(Replicas::Cores)
    } else {
        count(text, 1..=256).map(Replicas::Count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Result<(Scope, InterpreterOptions), String> {
        let words: Vec<_> = text.split_whitespace().collect();
        parse(&words, &|dir| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(dir))
    }

    #[test]
    fn a_full_line() {
        let (scope, options) = line(
            "app gil=own replicas=2 start=yes python-path=src:tests env=A=1 env=B=x=y switch-interval=500us \
             daemon-threads=no max-threads=4 queue-timeout=1min",
        )
        .unwrap();
        assert_eq!(scope, Scope::One(Name::intern("app")));
        assert_eq!(
            (options.gil(), options.replicas(), options.start()),
            (Gil::Own, 2, true)
        );
        assert_eq!(options.python_path().len(), 2);
        assert_eq!(options.env()[1], ("B".into(), "x=y".into()));
        assert_eq!(options.switch_interval(), Duration::from_micros(500));
        assert_eq!(options.queue_timeout(), Duration::from_secs(60));
    }

    #[test]
    fn the_page_for_administrators_has_every_key() {
        let page = include_str!("../../../docs/directives.md");
        for key in KEYS {
            assert!(
                page.contains(&format!("`{}=", key.name)),
                "docs/directives.md lacks {}=",
                key.name
            );
        }
    }

    #[test]
    fn errors_name_the_value_and_what_is_allowed() {
        for (text, part) in [
            ("", "takes an interpreter name, or *"),
            ("gil=own", "the first word is the interpreter name"),
            ("* gil=mine", "gil is own, shared, main or auto, not 'mine'"),
            (
                "* replicas=0",
                "replicas is a number from 1 to 256, or cores, not '0'",
            ),
            ("* start=On", "start is yes or no, not 'On'"),
            (
                "* replica=2",
                "no option 'replica' (did you mean 'replicas'?); there are gil,",
            ),
            ("* gil", "'gil' is not key=value"),
            ("* gil=own gil=main", "gil=main: given twice on one line"),
            (
                "* env=A=1 env=A=2",
                "env is NAME=VALUE, each name once, not 'A=2'",
            ),
            ("* virtualenv=src", "has no pyvenv.cfg"),
            ("* python-path=nowhere", "nowhere: No such file or directory"),
            (
                "* switch-interval=5",
                "switch-interval is a time from 10us to 1s (units us, ms, s), not '5'",
            ),
            ("a gil=main replicas=2", "a: gil=main with replicas"),
            ("main_interpreter gil=own", "has the main GIL"),
            ("main_interpreter replicas=2", "only one main interpreter"),
        ] {
            let error = line(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
