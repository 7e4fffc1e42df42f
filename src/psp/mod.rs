//! PSP pages: from text with `<% … %>` in it to the Python code that writes the page.
//!
//! ```text
//! source ──> scan (elements) ──> emit (code, and where each of its lines comes from)
//!                                  └─> text (what stands between the elements, as a string literal)
//! ```
//!
//! Std only, pure: runs detached on whatever thread asks, and reads included files through the function it is given. Any
//! text gives code or an [`Error`]; whether the code is Python is for CPython to say. The language and its rules of
//! indentation are those of mod_python 3.5 (docs/psp.md); the shape of the code is part of it.
#![deny(unsafe_code)]

mod emit;
mod scan;
mod text;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use emit::Emitter;
use scan::{Element, Elements};

/// A [`Place`] holds the line in so many bits, the file's number above them.
pub const LINE_BITS: u32 = 20;
/// Includes inside includes.
const DEEPEST: usize = 20;

/// A line of a source file: `file << LINE_BITS | line`, lines counted from 1; the page is file 0.
pub type Place = u32;

/// What may differ from page to page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// `<%= … %>` writes its value through `__escape__` instead of `str`.
    pub escape: bool,
    /// Backslashes in text are only text.
    pub literal: bool,
}

/// A page as Python code.
#[derive(Debug, PartialEq, Eq)]
pub struct Translation {
    /// The code.
    pub code: String,
    /// Where each line of it comes from.
    pub places: Vec<Place>,
    /// The page and what it includes, in the order of their numbers.
    pub files: Vec<PathBuf>,
}

/// Why a page is no page.
#[derive(Debug)]
pub enum Error {
    /// The page itself cannot be read.
    Unreadable(io::Error),
    /// An element that cannot be understood, or an include that cannot be had.
    Syntax {
        /// The file.
        file: PathBuf,
        /// Its line.
        line: u32,
        /// What is wrong.
        text: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => error.fmt(f),
            Self::Syntax { file, line, text } => write!(f, "{}:{line}: {text}", file.display()),
        }
    }
}

/// Reads a file.
pub type Read<'a> = &'a mut dyn FnMut(&Path) -> io::Result<Vec<u8>>;

/// Translate the file `page`.
///
/// Included files are relative to `directory`, wherever the include stands.
///
/// # Errors
/// [`Error`].
pub fn translate_file(
    page: &Path,
    directory: &Path,
    options: Options,
    read: Read<'_>,
) -> Result<Translation, Error> {
    let source = read(page).map_err(Error::Unreadable)?;
    translate(page, &source, directory, options, read)
}

/// Translate a page at hand, which `name` names in messages.
///
/// # Errors
/// [`Error::Syntax`].
pub fn translate(
    name: &Path,
    source: &[u8],
    directory: &Path,
    options: Options,
    read: Read<'_>,
) -> Result<Translation, Error> {
    let mut run = Run {
        directory,
        read,
        files: Vec::new(),
        emitter: Emitter::new(options),
    };
    run.page(name, source)?;
    let (code, places) = run.emitter.finish();
    Ok(Translation {
        code,
        places,
        files: run.files,
    })
}

/// One translation on its way.
struct Run<'a> {
    directory: &'a Path,
    read: Read<'a>,
    files: Vec<PathBuf>,
    emitter: Emitter,
}

impl Run<'_> {
    fn page(&mut self, name: &Path, source: &[u8]) -> Result<(), Error> {
        let file = self.enter(name);
        let source = self.decode(file, source)?;
        if !source.is_empty() {
            self.emitter.begin();
        }
        self.elements(file, &source, 0)
    }

    /// A file's number.
    fn enter(&mut self, name: &Path) -> usize {
        self.files.push(name.to_owned());
        self.files.len() - 1
    }

    fn decode(&self, file: usize, source: &[u8]) -> Result<String, Error> {
        match std::str::from_utf8(source) {
            Ok(text) => Ok(text.replace("\r\n", "\n")),
            Err(error) => {
                let before = &source[..error.valid_up_to()];
                let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                Err(self.syntax(file, line, "the file is not UTF-8".to_owned()))
            }
        }
    }

    fn elements(&mut self, file: usize, source: &str, depth: usize) -> Result<(), Error> {
        for found in Elements::new(source) {
            let (line, element) = found.map_err(|(line, text)| self.syntax(file, line, text))?;
            self.emitter.at(place(file, line));
            match element {
                Element::Text(text) => self.emitter.text(text),
                Element::Comment => {}
                Element::Expression(expression) => self.emitter.expression(expression),
                Element::Code(code) => self.emitter.code(code),
                Element::Unfinished(code) if depth == 0 => self.emitter.last_code(code),
                Element::Unfinished(code) => self.emitter.code(code),
                Element::Include(name) => self.include(file, line, name, depth + 1)?,
            }
        }
        Ok(())
    }

    fn include(&mut self, file: usize, line: usize, name: &str, depth: usize) -> Result<(), Error> {
        if depth > DEEPEST {
            let text = format!("cannot include '{name}': includes are nested more than {DEEPEST} deep");
            return Err(self.syntax(file, line, text));
        }
        let path = self.directory.join(name);
        let source = (self.read)(&path)
            .map_err(|error| self.syntax(file, line, format!("cannot include '{name}': {error}")))?;
        let file = self.enter(&path);
        let source = self.decode(file, &source)?;
        self.elements(file, &source, depth)
    }

    fn syntax(&self, file: usize, line: usize, text: String) -> Error {
        Error::Syntax {
            file: self.files.get(file).cloned().unwrap_or_default(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            text,
        }
    }
}

/// Lines and files beyond what a place holds are taken for the last one it holds.
fn place(file: usize, line: usize) -> Place {
    let fit = |number: usize, bits: u32| u32::try_from(number).unwrap_or(u32::MAX).min((1 << bits) - 1);
    fit(file, u32::BITS - 1 - LINE_BITS) << LINE_BITS | fit(line, LINE_BITS)
}

#[cfg(test)]
mod tests;
