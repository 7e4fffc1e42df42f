//! The directory that a handler belongs to: found where its directive stands, made exact for each request.
//!
//! Owns: `hlist.directory`. Attribution runs at configuration time; patterns (`<Directory ~ re>`, `<Directory /a/*>`)
//! are resolved on request threads. Must never touch the file system: directories are compared as text.

use std::hash::{Hash, Hasher};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::naming;
use crate::httpd::directive::Section;
use crate::httpd::{Fnmatch, Regex};

/// Where a handler's directive stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Directory {
    /// Outside of all sections.
    Server,
    /// In this directory of the file system; ends in a slash.
    Path(Box<str>),
    /// In a `<Location>`: its URL path or pattern as written.
    Location(Box<str>),
    /// In a section for all directories that match.
    Pattern(Arc<Pattern>),
}

/// What a `<Directory>` section matches, where it is not one path.
#[derive(Debug)]
pub struct Pattern {
    text: Box<str>,
    matcher: Matcher,
}

#[derive(Debug)]
enum Matcher {
    Fnmatch(Fnmatch),
    Regex(Regex),
}

impl Directory {
    /// The directory of a directive inside `sections` (innermost first), or in the `.htaccess` file of `htaccess`.
    ///
    /// # Errors
    /// A regular expression or a path that cannot be read.
    pub fn around<'c>(
        mut sections: impl Iterator<Item = Section<'c>>,
        htaccess: Option<&Path>,
    ) -> Result<Self, String> {
        match sections.find(|section| section.is("Location") || section.is("Directory")) {
            Some(section) if section.is("Location") => Ok(Self::Location(section.pattern().into())),
            Some(section) if section.is_regex() => Self::regex(section.pattern()),
            Some(section) => Self::path(section.pattern()),
            None => Ok(htaccess.map_or(Self::Server, |dir| Self::Path(canonical(dir)))),
        }
    }

    fn regex(text: &str) -> Result<Self, String> {
        let regex = Regex::new(text).ok_or_else(|| format!("'{text}' is no regular expression"))?;
        Ok(Self::Pattern(Arc::new(Pattern {
            text: text.into(),
            matcher: Matcher::Regex(regex),
        })))
    }

    /// The directory that an application names: a path, never a pattern.
    ///
    /// # Errors
    /// It has no absolute form.
    pub fn named(text: &str) -> Result<Self, String> {
        let absolute = std::path::absolute(text).map_err(|error| format!("'{text}': {error}"))?;
        Ok(Self::Path(canonical(&absolute)))
    }

    fn path(text: &str) -> Result<Self, String> {
        if !text.contains(['*', '?', '[']) {
            return Self::named(text);
        }
        let fnmatch = Fnmatch::new(text).ok_or_else(|| format!("'{text}' is no path"))?;
        Ok(Self::Pattern(Arc::new(Pattern {
            text: text.into(),
            matcher: Matcher::Fnmatch(fnmatch),
        })))
    }

    /// The directory as Python sees it; a pattern that has met no request is its own text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Server => None,
            Self::Path(text) | Self::Location(text) => Some(text),
            Self::Pattern(pattern) => Some(&pattern.text),
        }
    }

    /// The directory that a pattern means for this file: the shortest one above it that matches.
    #[must_use]
    pub(super) fn resolve(&self, filename: Option<&[u8]>) -> Option<Self> {
        let (Self::Pattern(pattern), Some(filename)) = (self, filename) else {
            return None;
        };
        let found = ancestors(filename).find(|directory| pattern.matches(directory))?;
        let slash = if found.ends_with(b"/") { "" } else { "/" };
        Some(Self::Path(format!("{}{slash}", naming::text(found)).into()))
    }
}

impl Pattern {
    /// Whether a directory matches, with or without its last slash.
    fn matches(&self, directory: &[u8]) -> bool {
        let matches = |text: &[u8]| match &self.matcher {
            Matcher::Fnmatch(fnmatch) => fnmatch.matches(text),
            Matcher::Regex(regex) => regex.matches(text),
        };
        let bare = directory.strip_suffix(b"/").unwrap_or(directory);
        matches(directory) || (!bare.is_empty() && matches(bare))
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
            && std::mem::discriminant(&self.matcher) == std::mem::discriminant(&other.matcher)
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// The directories above a file, outermost first, each with its slash; at last the file itself.
fn ancestors(filename: &[u8]) -> impl Iterator<Item = &[u8]> {
    let slashes = filename
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'/')
        .map(|(at, _)| &filename[..=at]);
    slashes.chain((!filename.ends_with(b"/")).then_some(filename))
}

/// The path without `.`, `..` and doubled slashes, as httpd writes its directories, with a slash at its end.
fn canonical(path: &Path) -> Box<str> {
    let plain = path.components().fold(PathBuf::new(), |mut plain, component| {
        match component {
            Component::ParentDir => _ = plain.pop(),
            Component::CurDir => (),
            other => plain.push(other),
        }
        plain
    });
    plain.join("").to_string_lossy().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(sections: &[(&str, &str)], htaccess: Option<&str>) -> Directory {
        let sections = sections
            .iter()
            .filter_map(|(head, args)| Section::parse(head, args));
        Directory::around(sections, htaccess.map(Path::new)).unwrap()
    }

    #[test]
    fn the_nearest_location_or_directory_counts() {
        let files = ("<Files", "x.py>");
        for (sections, wanted) in [
            (&[("<Directory", "/srv//app/./old/.. >")][..], "/srv/app/"),
            (&[("<Directory", "/>")], "/"),
            (&[files, ("<Directory", "\"/srv/my app\">")], "/srv/my app/"),
            (&[files, ("<Location", "/h>")], "/h"),
            (&[("<LocationMatch", "^/a/.*>")], "^/a/.*"),
        ] {
            assert_eq!(around(sections, Some("/not/here")).text(), Some(wanted));
        }
    }

    #[test]
    fn htaccess_and_the_server_stand_in_no_section() {
        assert_eq!(
            around(&[("<Files", "x.py>")], Some("/srv/app")).text(),
            Some("/srv/app/")
        );
        assert_eq!(around(&[("<VirtualHost", "*:80>")], None), Directory::Server);
        assert_eq!(Directory::Server.text(), None);
    }

    #[test]
    fn a_pattern_becomes_the_shortest_directory_that_matches() {
        let homes = around(&[("<Directory", "/home/*/www>")], None);
        let resolved = |filename: &str| homes.resolve(Some(filename.as_bytes()));
        assert_eq!(
            resolved("/home/ann/www/a/x.py").unwrap().text(),
            Some("/home/ann/www/")
        );
        assert_eq!(resolved("/home/ann/www").unwrap().text(), Some("/home/ann/www/"));
        assert_eq!(resolved("/home/ann/public/x.py"), None);
        assert_eq!(homes.text(), Some("/home/*/www"));
        assert_eq!(homes.resolve(None), None);
    }

    #[test]
    fn what_is_no_pattern_needs_no_request() {
        assert_eq!(
            around(&[("<Directory", "/srv>")], None).resolve(Some(b"/srv/x")),
            None
        );
    }
}
