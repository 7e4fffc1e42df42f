//! Which handlers run: the lists of every phase, and the reading of a `Python*Handler` line.
//!
//! Owns: lists per phase and per `| .ext`, their merging, and the look-up that every phase of every request makes.
//! Look-up neither allocates nor locks. Must never enter Python: nothing configured means nothing done.

use std::sync::Arc;

use super::directory::Directory;
use super::entry::HandlerEntry;
use super::extensions::Extensions;
use super::live::Layer;
use super::phase::{PHASES, Phase};

/// The names under which `SetHandler` and `AddHandler` know this module.
const CONTENT_HANDLERS: [&[u8]; 2] = [b"mod_python", b"python-program"];

/// Whether a content handler's name means this module.
#[must_use]
pub fn is_content_handler(name: &[u8]) -> bool {
    CONTENT_HANDLERS.contains(&name)
}

/// The handlers of one directive, in order.
pub type HandlerList = Arc<[HandlerEntry]>;

/// What one request finds for one phase.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The list to run; never empty.
    pub list: &'a HandlerList,
    /// The extension that chose it, with its dot: the value of `req.extension`.
    pub extension: Option<&'a str>,
}

/// The lists of a section, or of several laid over each other.
#[derive(Debug, Clone, Default)]
pub(super) struct HandlerMap {
    /// A bit for each phase that has a row: most phases of most requests have none.
    phases: u16,
    /// Whether a handler stands in a `<Location>`.
    in_location: bool,
    rows: Vec<Row>,
    extensions: Extensions,
}

#[derive(Debug, Clone)]
struct Row {
    phase: Phase,
    extension: Option<Box<str>>,
    list: HandlerList,
}

impl HandlerMap {
    /// Whether a phase has a list at all: one bit.
    #[inline]
    #[must_use]
    pub(super) fn has(&self, phase: Phase) -> bool {
        self.phases & phase.bit() != 0
    }

    /// Whether a handler stands in a `<Location>`.
    #[must_use]
    pub(super) fn in_location(&self) -> bool {
        self.in_location
    }

    /// The list for a phase of a request: the one of the file's extension, else the plain one.
    #[must_use]
    pub(super) fn find(&self, phase: Phase, filename: Option<&[u8]>) -> Option<Found<'_>> {
        if !self.has(phase) {
            return None;
        }
        let extension = filename.and_then(extension);
        let by_extension = extension.and_then(|extension| self.row(phase, Some(extension)));
        let row = by_extension.or_else(|| self.row(phase, None))?;
        Some(Found {
            list: &row.list,
            extension: row.extension.as_deref(),
        })
    }

    /// Append handlers to the list of a phase, or of a phase and an extension.
    pub(super) fn append(&mut self, phase: Phase, extension: Option<&str>, entries: &[HandlerEntry]) {
        phase.note_use();
        let list = match self.row(phase, extension.map(str::as_bytes)) {
            Some(row) => row.list.iter().chain(entries).copied().collect(),
            None => entries.into(),
        };
        self.put(Row {
            phase,
            extension: extension.map(Into::into),
            list,
        });
    }

    /// What `AddHandler` says.
    pub(super) fn extensions(&mut self) -> &mut Extensions {
        &mut self.extensions
    }

    /// The extensions that `AddHandler` gives to this module.
    pub(super) fn own_extensions(&self) -> impl Iterator<Item = &str> {
        self.extensions.ours()
    }

    fn row(&self, phase: Phase, extension: Option<&[u8]>) -> Option<&Row> {
        self.rows
            .iter()
            .find(|row| row.phase == phase && row.extension.as_deref().map(str::as_bytes) == extension)
    }

    fn put(&mut self, row: Row) {
        self.rows
            .retain(|old| (old.phase, &old.extension) != (row.phase, &row.extension));
        self.phases |= row.phase.bit();
        self.in_location |= row.list.iter().any(|entry| entry.is_location());
        self.rows.push(row);
    }
}

impl Layer for HandlerMap {
    const NOTHING: &'static Self = &Self {
        phases: 0,
        in_location: false,
        rows: Vec::new(),
        extensions: Extensions::new(),
    };

    /// An inner list replaces the outer list of the same phase and extension, and no other.
    fn merge(base: &Self, add: &Self) -> Self {
        let mut merged = base.clone();
        add.rows.iter().for_each(|row| merged.put(row.clone()));
        merged.extensions.overlay(&add.extensions);
        merged
    }
}

/// Everything after the first dot of the last path component, with a dot: `/d/x.tar.gz` has `.tar.gz`.
fn extension(filename: &[u8]) -> Option<&[u8]> {
    let start = filename
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or(0, |slash| slash + 1);
    let name = &filename[start..];
    let dot = name.iter().position(|byte| *byte == b'.')?;
    let more = name[dot..].iter().position(|byte| *byte != b'.')?;
    Some(&name[dot + more - 1..])
}

/// Read the words of a `Python*Handler` line into `map`: `handler … [| .ext …]`.
///
/// # Errors
/// What is wrong with the line.
pub(super) fn parse_line(
    map: &mut HandlerMap,
    phase: Phase,
    line: &str,
    directory: &Directory,
) -> Result<(), String> {
    let (words, extensions) = split(line);
    let entries = parse_words(phase, words, directory, false)?;
    append(map, phase, extensions, &entries)
}

/// Read the words of a `PythonHandlerModule` line into `map`: handlers of every phase, whose absence is no error.
///
/// # Errors
/// What is wrong with the line.
pub(super) fn parse_modules(map: &mut HandlerMap, line: &str, directory: &Directory) -> Result<(), String> {
    let (modules, extensions) = split(line);
    if let Some(word) = modules.split_ascii_whitespace().find(|word| word.contains("::")) {
        return Err(format!(
            "'{word}': names modules, whose functions are found by their phase's name"
        ));
    }
    for row in PHASES.iter().filter(|row| row.in_module) {
        let entries = parse_words(row.phase, modules, directory, true)?;
        if extensions.is_none() || row.extensions {
            append(map, row.phase, extensions, &entries)?;
        }
    }
    Ok(())
}

/// The handlers that `Require python` names, as a list for the authorization phase.
///
/// # Errors
/// What is wrong with the words.
pub fn required(words: &str) -> Result<HandlerList, String> {
    parse_words(Phase::Authz, words, &Directory::Server, false).map(Into::into)
}

/// The words of a line, and what follows its `|`.
fn split(line: &str) -> (&str, Option<&str>) {
    line.split_once('|')
        .map_or((line, None), |(words, extensions)| (words, Some(extensions)))
}

fn append(
    map: &mut HandlerMap,
    phase: Phase,
    extensions: Option<&str>,
    entries: &[HandlerEntry],
) -> Result<(), String> {
    let Some(extensions) = extensions else {
        map.append(phase, None, entries);
        return Ok(());
    };
    for extension in parse_extensions(phase, extensions)? {
        map.append(phase, Some(extension), entries);
    }
    Ok(())
}

fn parse_words(
    phase: Phase,
    words: &str,
    directory: &Directory,
    silent: bool,
) -> Result<Vec<HandlerEntry>, String> {
    let parse = |word| HandlerEntry::parse(word, phase.row().function, directory, silent);
    let entries: Vec<_> = words
        .split_ascii_whitespace()
        .map(parse)
        .collect::<Result<_, _>>()?;
    if entries.is_empty() {
        Err("takes one handler or more".to_owned())
    } else {
        Ok(entries)
    }
}

fn parse_extensions(phase: Phase, extensions: &str) -> Result<Vec<&str>, String> {
    if !phase.row().extensions {
        return Err("cannot be restricted by '|': the file is not known in this phase".to_owned());
    }
    let extensions: Vec<_> = extensions.split_ascii_whitespace().collect();
    match extensions.iter().find(|extension| !extension.starts_with('.')) {
        Some(other) => Err(format!(
            "'{other}' is no extension; it is written with its dot, like .py"
        )),
        None if extensions.is_empty() => Err("'|' is followed by one extension or more".to_owned()),
        None => Ok(extensions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(phase: Phase, lines: &[&str]) -> HandlerMap {
        let mut map = HandlerMap::default();
        lines
            .iter()
            .for_each(|line| parse_line(&mut map, phase, line, &Directory::Server).unwrap());
        map
    }

    fn found(map: &HandlerMap, filename: &str) -> Option<(Vec<&'static str>, Option<String>)> {
        let found = map.find(Phase::Handler, Some(filename.as_bytes()))?;
        Some((
            found.list.iter().map(|entry| entry.word()).collect(),
            found.extension.map(str::to_owned),
        ))
    }

    #[test]
    fn the_extension_begins_at_the_first_dot_of_the_last_component() {
        for (filename, wanted) in [
            ("/d.x/x.tar.gz", Some(".tar.gz")),
            ("x..foo", Some(".foo")),
            ("/d/.htaccess", Some(".htaccess")),
            ("/d.x/plain", None),
            ("/d/x.", None),
            ("/d/", None),
            ("", None),
        ] {
            assert_eq!(
                extension(filename.as_bytes()),
                wanted.map(str::as_bytes),
                "{filename}"
            );
        }
    }

    #[test]
    fn a_list_for_the_extension_replaces_the_plain_one() {
        let map = map(Phase::Handler, &["plain", "a b | .py .pyc", "c | .py", "also"]);
        assert_eq!(
            found(&map, "/d/x.py"),
            Some((vec!["a", "b", "c"], Some(".py".into())))
        );
        assert_eq!(
            found(&map, "/d/x.pyc"),
            Some((vec!["a", "b"], Some(".pyc".into())))
        );
        assert_eq!(found(&map, "/d/x.PY"), Some((vec!["plain", "also"], None)));
        assert!(map.find(Phase::Log, None).is_none());
    }

    #[test]
    fn inner_lists_replace_outer_ones_key_by_key() {
        let merged = HandlerMap::merge(
            &map(Phase::Handler, &["outer", "a | .py"]),
            &map(Phase::Handler, &["inner one"]),
        );
        assert_eq!(found(&merged, "x.html"), Some((vec!["inner", "one"], None)));
        assert_eq!(found(&merged, "x.py"), Some((vec!["a"], Some(".py".into()))));
    }

    #[test]
    fn only_an_extension_list_leaves_other_files_alone() {
        assert_eq!(found(&map(Phase::Handler, &["a | .py"]), "x.html"), None);
    }

    #[test]
    fn a_module_gives_handlers_to_every_phase_of_a_request() {
        let mut map = HandlerMap::default();
        parse_modules(&mut map, "m", &Directory::Location("/l".into())).unwrap();
        for row in PHASES {
            let found = map.find(row.phase, None).map(|found| found.list[0]);
            assert_eq!(found.is_some(), row.in_module, "{}", row.directive);
            assert!(found.is_none_or(|entry| entry.is_silent() && entry.object() == row.function));
        }
        assert!(map.in_location() && parse_modules(&mut map, "m::f", &Directory::Server).is_err());
    }

    #[test]
    fn a_module_for_some_files_is_in_the_phases_that_know_the_file() {
        let mut map = HandlerMap::default();
        parse_modules(&mut map, "m | .py", &Directory::Server).unwrap();
        assert!(!map.has(Phase::Trans) && map.find(Phase::Log, Some(b"x.py")).is_some());
    }

    #[test]
    fn errors_say_what_is_wrong() {
        for (phase, line, part) in [
            (Phase::Handler, "", "takes one handler or more"),
            (Phase::Handler, "| .py", "takes one handler or more"),
            (Phase::Handler, "a |", "'|' is followed by one extension"),
            (Phase::Handler, "a | py", "'py' is no extension"),
            (Phase::Handler, "a::", "'a::' is no handler"),
            (Phase::Trans, "a | .py", "cannot be restricted"),
        ] {
            let error = parse_line(&mut HandlerMap::default(), phase, line, &Directory::Server).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
