//! One handler of a list: what to call, and for which directory.
//!
//! Owns: the one table of entries. Entries of equal content share one number, also when `.htaccess` is read again for
//! every request, so a replica can keep what it resolved in a plain vector. Entries are made at configuration time,
//! while `.htaccess` is read, and by `req.add_handler`; they live as long as the process and are copied as a pointer.
//! Must never import anything: what `module` and `object` mean is Python's business.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use dashmap::DashMap;

use super::directory::Directory;
use super::name::Name;
use super::phase::Phase;

static ENTRIES: LazyLock<DashMap<&'static Content, HandlerEntry>> = LazyLock::new(DashMap::new);
static NEXT_KEY: AtomicU32 = AtomicU32::new(0);

/// The number of an entry's content, counted from 0 in this process as contents turn up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryKey(u32);

impl EntryKey {
    /// The number as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A handler of a list.
#[derive(Debug, Clone, Copy)]
pub struct HandlerEntry {
    content: &'static Content,
    key: EntryKey,
}

/// How Python is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Calling {
    /// `handler(req)`.
    Handler,
    /// `application(environ, start_response)`, mounted at the entry's URL path.
    Application,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Content {
    word: Box<str>,
    module: Box<str>,
    object: Box<str>,
    directory: Directory,
    silent: bool,
    calling: Calling,
    interpreter: Option<Name>,
}

impl HandlerEntry {
    /// The entry for `word`, which is `module[::object]`; without `::object` it stands for `function`.
    ///
    /// # Errors
    /// What is wrong with the word.
    pub fn parse(word: &str, function: &str, directory: &Directory, silent: bool) -> Result<Self, String> {
        if word.contains(['"', '\'']) {
            return Err(format!("'{word}': a handler is written without quotes"));
        }
        let (module, object) = word.split_once("::").unwrap_or((word, function));
        if module.is_empty() || object.is_empty() {
            return Err(format!(
                "'{word}' is no handler; it is written module or module::object"
            ));
        }
        Ok(Self::intern(Content {
            word: word.into(),
            module: module.into(),
            object: object.into(),
            directory: directory.clone(),
            silent,
            calling: Calling::Handler,
            interpreter: None,
        }))
    }

    /// The WSGI application `object` of `module`, written as `word`, at a URL path; `interpreter` names who runs it.
    #[must_use]
    pub(super) fn application(
        word: &str,
        module: &str,
        object: &str,
        path: &str,
        interpreter: Option<Name>,
    ) -> Self {
        Self::intern(Content {
            word: word.into(),
            module: module.into(),
            object: object.into(),
            directory: Directory::Location(path.into()),
            silent: false,
            calling: Calling::Application,
            interpreter,
        })
    }

    fn intern(content: Content) -> Self {
        if let Some(known) = ENTRIES.get(&content) {
            return *known;
        }
        let content: &'static Content = Box::leak(Box::new(content));
        *ENTRIES.entry(content).or_insert_with(|| Self::number(content))
    }

    fn number(content: &'static Content) -> Self {
        Self {
            content,
            key: EntryKey(NEXT_KEY.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// The entry for this request: a directory pattern becomes the directory that `filename` lies in.
    #[must_use]
    pub fn for_file(self, filename: Option<&[u8]>) -> Self {
        match self.content.directory.resolve(filename) {
            Some(directory) => Self::intern(Content {
                directory,
                ..self.content.clone()
            }),
            None => self,
        }
    }

    /// The number of this content.
    #[must_use]
    pub fn key(self) -> EntryKey {
        self.key
    }

    /// The handler as it was written.
    #[must_use]
    pub fn word(self) -> &'static str {
        &self.content.word
    }

    /// The module.
    #[must_use]
    pub fn module(self) -> &'static str {
        &self.content.module
    }

    /// The object in the module; may be dotted.
    #[must_use]
    pub fn object(self) -> &'static str {
        &self.content.object
    }

    /// How it is called.
    #[inline]
    #[must_use]
    pub fn calling(self) -> Calling {
        self.content.calling
    }

    /// The interpreter that its directive names.
    #[must_use]
    pub fn interpreter(self) -> Option<Name> {
        self.content.interpreter
    }

    /// The directive that brought it into a phase, for messages.
    #[must_use]
    pub fn directive(self, phase: Phase) -> &'static str {
        match self.content.calling {
            Calling::Handler => phase.directive(),
            Calling::Application => "PythonWSGIAlias",
        }
    }

    /// Where the directive stood.
    #[must_use]
    pub fn place(self) -> &'static Directory {
        &self.content.directory
    }

    /// The directory that the directive stood in, as Python sees it.
    #[must_use]
    pub fn directory(self) -> Option<&'static str> {
        self.content.directory.text()
    }

    /// Whether that directory is the URL path of a `<Location>`.
    #[must_use]
    pub fn is_location(self) -> bool {
        matches!(self.content.directory, Directory::Location(_))
    }

    /// Whether a missing object is no error.
    #[must_use]
    pub fn is_silent(self) -> bool {
        self.content.silent
    }
}

impl PartialEq for HandlerEntry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for HandlerEntry {}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(word: &str, directory: &Directory) -> HandlerEntry {
        HandlerEntry::parse(word, "handler", directory, false).unwrap()
    }

    #[test]
    fn a_word_is_a_module_and_perhaps_an_object() {
        let short = entry("pkg.mod", &Directory::Server);
        assert_eq!(
            (short.module(), short.object(), short.word()),
            ("pkg.mod", "handler", "pkg.mod")
        );
        let long = entry("pkg.mod::Class.method", &Directory::Server);
        assert_eq!((long.module(), long.object()), ("pkg.mod", "Class.method"));
    }

    #[test]
    fn what_is_no_handler_is_refused() {
        for word in ["", "::object", "module::", "\"module\""] {
            assert!(
                HandlerEntry::parse(word, "handler", &Directory::Server, false).is_err(),
                "{word}"
            );
        }
    }

    #[test]
    fn equal_contents_share_a_number() {
        let here = Directory::Path("/srv/here/".into());
        assert_eq!(entry("same", &here).key(), entry("same", &here.clone()).key());
        let others = [
            entry("same", &Directory::Server),
            entry("same", &Directory::Location("/srv/here/".into())),
            entry("same::handler", &here),
            HandlerEntry::parse("same", "handler", &here, true).unwrap(),
        ];
        others
            .iter()
            .for_each(|other| assert_ne!(other.key(), entry("same", &here).key(), "{other:?}"));
    }

    #[test]
    fn numbers_are_dense_under_threads() {
        let keys: Vec<EntryKey> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| entry("raced", &Directory::Server).key()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert!(keys[0].index() < ENTRIES.len() + 8);
    }
}
