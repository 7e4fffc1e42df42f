//! Which handlers run: the lists of every phase, and the reading of a `Python*Handler` line.
//!
//! Owns: lists per phase and per `| .ext`, their merging, and the look-up that every phase of every request makes.
//! Look-up neither allocates nor locks. Must never enter Python: nothing configured means nothing done.

use std::sync::Arc;

use super::directory::Directory;
use super::entry::HandlerEntry;
use super::live::Layer;
use super::phase::Phase;

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
    rows: Vec<Row>,
}

#[derive(Debug, Clone)]
struct Row {
    phase: Phase,
    extension: Option<Box<str>>,
    list: HandlerList,
}

impl HandlerMap {
    /// The list for a phase of a request: the one of the file's extension, else the plain one.
    #[must_use]
    pub(super) fn find(&self, phase: Phase, filename: Option<&[u8]>) -> Option<Found<'_>> {
        if self.phases & bit(phase) == 0 {
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

    fn row(&self, phase: Phase, extension: Option<&[u8]>) -> Option<&Row> {
        self.rows
            .iter()
            .find(|row| row.phase == phase && row.extension.as_deref().map(str::as_bytes) == extension)
    }

    fn put(&mut self, row: Row) {
        self.rows
            .retain(|old| (old.phase, &old.extension) != (row.phase, &row.extension));
        self.phases |= bit(row.phase);
        self.rows.push(row);
    }
}

impl Layer for HandlerMap {
    const NOTHING: &'static Self = &Self {
        phases: 0,
        rows: Vec::new(),
    };

    /// An inner list replaces the outer list of the same phase and extension, and no other.
    fn merge(base: &Self, add: &Self) -> Self {
        let mut merged = base.clone();
        add.rows.iter().for_each(|row| merged.put(row.clone()));
        merged
    }
}

fn bit(phase: Phase) -> u16 {
    1 << phase as u16
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
    let (words, extensions) = match line.split_once('|') {
        Some((words, extensions)) => (words, Some(extensions)),
        None => (line, None),
    };
    let entries = parse_words(phase, words, directory)?;
    match extensions {
        None => map.append(phase, None, &entries),
        Some(extensions) => {
            for extension in parse_extensions(phase, extensions)? {
                map.append(phase, Some(extension), &entries);
            }
        }
    }
    Ok(())
}

fn parse_words(phase: Phase, words: &str, directory: &Directory) -> Result<Vec<HandlerEntry>, String> {
    let parse = |word| HandlerEntry::parse(word, phase.row().function, directory, false);
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
