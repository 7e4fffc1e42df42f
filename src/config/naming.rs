//! Which interpreter serves a call: the one rule behind `PythonInterpreter` and its sisters.
//!
//! Owns: the order of the five ways to choose a name. Pure but for the table of names; runs on request threads before
//! Python is entered. Must never read httpd: what it needs to know of the request is in [`Situation`].

use std::borrow::Cow;

use super::entry::HandlerEntry;
use super::name::{Name, TooManyNames};
use super::settings::{Flag, Settings};

/// What the choice of a name may depend on.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The file of the request, once httpd knows it.
    pub filename: Option<&'a [u8]>,
    /// Whether that file is a directory.
    pub is_directory: bool,
    /// The first handler of the list, its directory already that of this request.
    pub first: Option<HandlerEntry>,
    /// The name of the virtual host.
    pub server: Name,
}

/// The name of the interpreter for a call.
///
/// # Errors
/// [`TooManyNames`] when the name would be one directory too many.
pub(super) fn interpreter(settings: &Settings, at: Situation<'_>) -> Result<Name, TooManyNames> {
    if let Some(name) = at
        .first
        .and_then(HandlerEntry::interpreter)
        .or(settings.interpreter)
    {
        Ok(name)
    } else if settings.is(Flag::InterpPerDirectory) {
        at.filename.map_or(Ok(Name::main()), |filename| {
            Name::of_directory(&directory_of(filename, at.is_directory))
        })
    } else if settings.is(Flag::InterpPerDirective) {
        at.first
            .and_then(HandlerEntry::directory)
            .filter(|directory| !directory.is_empty())
            .map_or(Ok(Name::main()), Name::of_directory)
    } else {
        Ok(at.server)
    }
}

/// The directory that `filename` lies in, or is, with a slash at its end.
fn directory_of(filename: &[u8], is_directory: bool) -> Cow<'_, str> {
    if is_directory && !filename.ends_with(b"/") {
        return Cow::Owned(format!("{}/", text(filename)));
    }
    let end = filename
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or(0, |slash| slash + 1);
    text(&filename[..end])
}

/// Names are text: a byte that is no UTF-8 is written `\xNN`, so that two directories never share a name by accident.
pub(super) fn text(path: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(path) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(path.utf8_chunks().fold(String::new(), |text, chunk| {
            text + chunk.valid() + &chunk.invalid().escape_ascii().to_string()
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::super::directory::Directory;
    use super::*;

    fn named(set: impl FnOnce(&mut Settings), filename: Option<&str>, is_directory: bool) -> &'static str {
        let mut settings = Settings::default();
        set(&mut settings);
        let here = Directory::Path("/srv/app/".into());
        let first = HandlerEntry::parse("m", "handler", &here, false).unwrap();
        let (filename, server) = (filename.map(str::as_bytes), Name::intern("example.com"));
        interpreter(
            &settings,
            Situation {
                filename,
                is_directory,
                first: Some(first),
                server,
            },
        )
        .unwrap()
        .as_str()
    }

    fn per_directory(settings: &mut Settings) {
        settings.switch(Flag::InterpPerDirectory, true);
        settings.switch(Flag::InterpPerDirective, true);
    }

    #[test]
    fn the_virtual_host_is_the_default() {
        assert_eq!(named(|_| (), Some("/srv/app/x.py"), false), "example.com");
    }

    #[test]
    fn a_name_comes_before_everything() {
        let both = |settings: &mut Settings| {
            per_directory(settings);
            settings.interpreter = Some(Name::intern("mine"));
        };
        assert_eq!(named(both, Some("/srv/app/x.py"), false), "mine");
    }

    #[test]
    fn per_directory_follows_the_file() {
        assert_eq!(
            named(per_directory, Some("/srv/app/sub/x.py"), false),
            "/srv/app/sub/"
        );
        assert_eq!(named(per_directory, Some("/srv/app/sub"), true), "/srv/app/sub/");
        assert_eq!(named(per_directory, Some("/srv/app/sub/"), true), "/srv/app/sub/");
        assert_eq!(named(per_directory, None, false), "main_interpreter");
    }

    #[test]
    fn per_directive_follows_the_first_handler() {
        let per_directive = |settings: &mut Settings| settings.switch(Flag::InterpPerDirective, true);
        assert_eq!(
            named(per_directive, Some("/srv/app/sub/x.py"), false),
            "/srv/app/"
        );
    }

    #[test]
    fn bytes_that_are_no_text_stay_apart() {
        assert_eq!(directory_of(b"/d\xe9/x", false), "/d\\xe9/");
        assert_ne!(text(b"/\xe9/"), text(b"/\xe8/"));
    }
}
