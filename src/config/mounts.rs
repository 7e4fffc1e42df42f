//! WSGI applications by URL path: `PythonWSGIAlias`.
//!
//! Owns: the reading of a line, the laying of a virtual host's mounts over those of the main server, and the look-up
//! that every request makes. Filled while the configuration is read; looking up neither allocates nor locks.
//! Must never look at the file system: whether there is such an application is found out by the first request.

use std::path::{Path, PathBuf};

use super::entry::HandlerEntry;
use super::handlers::HandlerList;
use super::name::Name;

/// The name that `r->handler` has for a mounted application.
pub const MOUNT_HANDLER: &std::ffi::CStr = c"mod_python.wsgi";

/// What a word without a callable stands for.
const CALLABLE: &str = "application";

/// An application and where it answers.
#[derive(Debug, Clone)]
pub struct Mount {
    list: HandlerList,
}

/// The mounts of a server, the longest path first.
#[derive(Debug, Clone, Default)]
pub(super) struct Mounts(Vec<Mount>);

impl Mount {
    /// The application, as the one entry of a list that the content phase can run.
    #[must_use]
    pub fn list(&self) -> &HandlerList {
        &self.list
    }

    /// The URL path without a slash at its end; the root is empty. It is the application's `SCRIPT_NAME`.
    #[inline]
    #[must_use]
    pub fn path(&self) -> &str {
        self.entry().and_then(HandlerEntry::directory).unwrap_or_default()
    }

    /// The file that the application was named by; `None` when it was named by module.
    #[must_use]
    pub fn file(&self) -> Option<&'static Path> {
        let module = self.entry()?.module();
        module.starts_with('/').then(|| Path::new(module))
    }

    fn entry(&self) -> Option<HandlerEntry> {
        self.list.first().copied()
    }

    /// Whether a path is this one, or lies below it.
    #[inline]
    fn covers(&self, uri: &[u8]) -> bool {
        uri.strip_prefix(self.path().as_bytes())
            .is_some_and(|rest| matches!(rest, [] | [b'/', ..]))
    }
}

impl Mounts {
    /// Read `URL-path application [interpreter=name]`; `resolve` makes a path absolute.
    ///
    /// # Errors
    /// What is wrong with the words.
    pub(super) fn add(
        &mut self,
        words: &[&str],
        resolve: &dyn Fn(&str) -> Result<PathBuf, String>,
    ) -> Result<(), String> {
        let [path, word, options @ ..] = words else {
            return Err("takes a URL path and an application: module[:callable] or a file's path".to_owned());
        };
        let path = url_path(path)?;
        if let Some(other) = self.0.iter().find(|mount| mount.path() == path) {
            let other = other.entry().map_or("", HandlerEntry::word);
            return Err(format!("'{path}/' has an application already: {other}"));
        }
        let (module, callable) = application(word, resolve)?;
        let entry = HandlerEntry::application(word, &module, callable, path, interpreter(options)?);
        self.put(Mount { list: [entry].into() });
        Ok(())
    }

    /// The mount with the longest path that covers `uri`.
    #[inline]
    pub(super) fn find(&self, uri: &[u8]) -> Option<&Mount> {
        self.0.iter().find(|mount| mount.covers(uri))
    }

    /// A virtual host has the main server's mounts too, but for the paths of its own.
    pub(super) fn merge(base: &Self, add: &Self) -> Self {
        let mut merged = add.clone();
        for mount in &base.0 {
            if !add.0.iter().any(|own| own.path() == mount.path()) {
                merged.put(mount.clone());
            }
        }
        merged
    }

    fn put(&mut self, mount: Mount) {
        let longer = |other: &Mount| other.path().len() >= mount.path().len();
        let at = self.0.partition_point(longer);
        self.0.insert(at, mount);
    }
}

/// `/shop/` and `/shop` are one path, and `/` is the empty one.
fn url_path(word: &str) -> Result<&str, String> {
    if !word.starts_with('/') || word.contains("//") {
        return Err(format!(
            "'{word}' is no URL path; it begins with one slash, like /shop"
        ));
    }
    Ok(word.strip_suffix('/').unwrap_or(word))
}

/// `pkg.module:callable`, or `/srv/app.wsgi:callable`: the module (a path with its slashes) and the callable.
fn application<'a>(
    word: &'a str,
    resolve: &dyn Fn(&str) -> Result<PathBuf, String>,
) -> Result<(Box<str>, &'a str), String> {
    let (module, callable) = split(word);
    let is_name = |text: &str| !text.is_empty() && text.split('.').all(is_identifier);
    if !is_name(callable) {
        return Err(format!("'{word}': '{callable}' is no name of a callable"));
    }
    if module.contains('/') {
        let path = resolve(module)?;
        return Ok((path.to_string_lossy().into(), callable));
    }
    if !is_name(module) {
        return Err(format!(
            "'{word}' is no application; it is written module, module:callable or /path/of/file.wsgi"
        ));
    }
    Ok((module.into(), callable))
}

/// At the last colon, of which there may be two, as in the words of handlers.
fn split(word: &str) -> (&str, &str) {
    word.rsplit_once(':')
        .map_or((word, CALLABLE), |(module, callable)| {
            (module.strip_suffix(':').unwrap_or(module), callable)
        })
}

fn is_identifier(part: &str) -> bool {
    part.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && part.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn interpreter(options: &[&str]) -> Result<Option<Name>, String> {
    let mut name = None;
    for option in options {
        match option.split_once('=') {
            Some(("interpreter", "" | "*")) => {
                return Err(format!("'{option}' names no interpreter"));
            }
            Some(("interpreter", text)) => name = Some(Name::intern(text)),
            _ => return Err(format!("'{option}' is no option; allowed is interpreter=name")),
        }
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mounts(lines: &[&[&str]]) -> Mounts {
        let mut mounts = Mounts::default();
        for line in lines {
            mounts.add(line, &resolve).unwrap();
        }
        mounts
    }

    fn resolve(path: &str) -> Result<PathBuf, String> {
        Ok(Path::new("/root").join(path))
    }

    fn found(mounts: &Mounts, uri: &str) -> Option<(String, &'static str)> {
        let mount = mounts.find(uri.as_bytes())?;
        Some((mount.path().to_owned(), mount.entry()?.word()))
    }

    #[test]
    fn the_longest_path_wins_and_ends_at_a_slash() {
        let mounts = mounts(&[&["/shop", "a"], &["/", "root"], &["/shop/admin/", "b"]]);
        for (uri, wanted) in [
            ("/shop", ("/shop", "a")),
            ("/shop/", ("/shop", "a")),
            ("/shop/x", ("/shop", "a")),
            ("/shopping", ("", "root")),
            ("/shop/admin", ("/shop/admin", "b")),
            ("/shop/admin/x", ("/shop/admin", "b")),
            ("/", ("", "root")),
        ] {
            let (path, word) = found(&mounts, uri).unwrap();
            assert_eq!((path.as_str(), word), wanted, "{uri}");
        }
        assert!(mounts.find(b"*").is_none());
    }

    #[test]
    fn a_virtual_host_has_its_own_before_those_of_the_main_server() {
        let main = mounts(&[&["/a", "main"], &["/b", "main"]]);
        let host = mounts(&[&["/b", "host"], &["/", "host"]]);
        let merged = Mounts::merge(&main, &host);
        let word = |uri| found(&merged, uri).unwrap().1;
        assert_eq!([word("/a"), word("/b"), word("/c")], ["main", "host", "host"]);
    }

    #[test]
    fn an_application_is_a_module_or_a_file() {
        let read =
            |word| application(word, &resolve).map(|(module, callable)| (module.into_string(), callable));
        for (word, module, callable) in [
            ("shop", "shop", "application"),
            ("shop.wsgi:app", "shop.wsgi", "app"),
            ("shop.wsgi::app", "shop.wsgi", "app"),
            ("shop:sites.main", "shop", "sites.main"),
            ("/srv/shop.wsgi", "/srv/shop.wsgi", "application"),
            ("/srv/shop.wsgi:app", "/srv/shop.wsgi", "app"),
            ("conf/shop.wsgi", "/root/conf/shop.wsgi", "application"),
        ] {
            assert_eq!(read(word), Ok((module.to_owned(), callable)), "{word}");
        }
    }

    #[test]
    fn errors_say_what_is_wrong() {
        for (words, part) in [
            (&["/a"][..], "takes a URL path and an application"),
            (&["a", "m"], "'a' is no URL path"),
            (&["/a//b", "m"], "'/a//b' is no URL path"),
            (&["/a", "m:"], "'' is no name of a callable"),
            (&["/a", "m:f()"], "'f()' is no name of a callable"),
            (&["/a", "m-n"], "'m-n' is no application"),
            (&["/a", ".m"], "'.m' is no application"),
            (&["/a", "m", "interpreter="], "names no interpreter"),
            (&["/a", "m", "threads=2"], "'threads=2' is no option"),
            (&["/taken/", "m"], "'/taken/' has an application already: first"),
        ] {
            let error = mounts(&[&["/taken", "first"]]).add(words, &resolve).unwrap_err();
            assert!(error.contains(part), "{words:?}: {error}");
        }
    }

    #[test]
    fn an_option_names_the_interpreter() {
        let mounts = mounts(&[&["/a", "m", "interpreter=shop"]]);
        let mount = mounts.find(b"/a").unwrap();
        assert_eq!(mount.entry().unwrap().interpreter(), Some(Name::intern("shop")));
        assert_eq!(mount.file(), None);
    }
}
