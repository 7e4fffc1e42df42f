//! Names of interpreters.
//!
//! Owns: the one table of names. Equal texts share one [`Name`], which lives as long as the process and is copied as
//! a pointer, so a request that has its name from the configuration allocates and locks nothing. Names are made at
//! configuration time and, for `PythonInterpPerDirectory` and pattern directories, on request threads.
//! Must never know what a group is: a higher floor keeps its own in the name's cell.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, OnceLock};

use dashmap::DashMap;

/// The name of the process's first interpreter.
pub const MAIN_INTERPRETER: &str = "main_interpreter";

/// So many directories of requests may become names; each stands for an interpreter of several megabytes.
const DIRECTORY_LIMIT: usize = 4096;

static NAMES: LazyLock<DashMap<&'static str, Name>> = LazyLock::new(DashMap::new);
static MAIN: LazyLock<Name> = LazyLock::new(|| Name::intern(MAIN_INTERPRETER));
static DIRECTORIES: AtomicUsize = AtomicUsize::new(0);

/// The name of an interpreter.
#[derive(Clone, Copy)]
pub struct Name(&'static Interned);

struct Interned {
    text: Box<str>,
    group: OnceLock<&'static (dyn Any + Send + Sync)>,
}

/// More directories asked for an interpreter of their own than a process can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyNames;

impl Name {
    /// The one name of this text.
    #[must_use]
    pub fn intern(text: &str) -> Self {
        if let Some(known) = NAMES.get(text) {
            return *known;
        }
        let made: &'static Interned = Box::leak(Box::new(Interned {
            text: text.into(),
            group: OnceLock::new(),
        }));
        *NAMES.entry(&made.text).or_insert(Self(made))
    }

    /// The name of a directory that a request brought; a process takes only so many new ones.
    ///
    /// # Errors
    /// [`TooManyNames`] when the limit is reached and `text` is not a name yet.
    pub fn of_directory(text: &str) -> Result<Self, TooManyNames> {
        if let Some(known) = NAMES.get(text) {
            return Ok(*known);
        }
        if DIRECTORIES.fetch_add(1, Ordering::Relaxed) >= DIRECTORY_LIMIT {
            return Err(TooManyNames);
        }
        Ok(Self::intern(text))
    }

    /// The name of the process's first interpreter.
    #[must_use]
    pub fn main() -> Self {
        *MAIN
    }

    /// The text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        &self.0.text
    }

    /// What a higher floor keeps for this name; `find` runs once per process and name.
    ///
    /// Every caller asks with the same `T`: another one would get its own `find` at each call.
    pub fn group<T: Any + Send + Sync>(self, find: impl Fn() -> &'static T) -> &'static T {
        let kept: &'static (dyn Any + Send + Sync) = *self.0.group.get_or_init(|| find());
        kept.downcast_ref().unwrap_or_else(find)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.0, other.0)
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        ptr::hash(self.0, state);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({:?})", self.as_str())
    }
}

impl fmt::Display for TooManyNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "more than {DIRECTORY_LIMIT} directories have an interpreter of their own; \
             name one with PythonInterpreter, or switch PythonInterpPerDirectory off"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_one_name() {
        let one = Name::intern("example.com");
        assert_eq!(one, Name::intern(&String::from("example.com")));
        assert_ne!(one, Name::intern("Example.com"), "names are case-sensitive");
        assert_eq!(Name::main().as_str(), MAIN_INTERPRETER);
    }

    #[test]
    fn threads_agree_on_a_name() {
        let names: Vec<Name> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| Name::intern("raced"))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(names.iter().all(|name| *name == names[0]));
    }

    #[test]
    fn the_group_is_found_once() {
        static GROUP: u32 = 7;
        let finds = AtomicUsize::new(0);
        let find = || {
            finds.fetch_add(1, Ordering::Relaxed);
            &GROUP
        };
        let name = Name::intern("grouped");
        assert_eq!(name.group(find), &7);
        assert_eq!(name.group(find), &7);
        assert_eq!(finds.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn known_directories_do_not_count_against_the_limit() {
        let known = Name::intern("/srv/known/");
        let before = DIRECTORIES.load(Ordering::Relaxed);
        assert_eq!(Name::of_directory("/srv/known/"), Ok(known));
        assert_eq!(DIRECTORIES.load(Ordering::Relaxed), before);
    }
}
