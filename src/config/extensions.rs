//! Which file extensions belong to this module: what `AddHandler` and `RemoveHandler` say, beside what mod_mime does.
//!
//! Owns: the extensions behind `req.get_addhandler_exts()`. httpd gives a directive to every module that has a row for
//! it, so this follows sections and `.htaccess` files as mod_mime does, and asks nothing of mod_mime's own records.
//! Must never decide what serves a file: mod_mime does.

/// Extensions in lower case and without dot, as mod_mime keeps them, each with whether it is ours.
#[derive(Debug, Clone, Default)]
pub(super) struct Extensions(Vec<(Box<str>, bool)>);

impl Extensions {
    /// What nothing is said about.
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// An extension is ours from here on, or somebody else's.
    pub(super) fn set(&mut self, extension: &str, ours: bool) {
        let extension = extension.strip_prefix('.').unwrap_or(extension);
        self.put(extension.to_ascii_lowercase().into(), ours);
    }

    /// Lay the extensions of an inner section over these.
    pub(super) fn overlay(&mut self, inner: &Self) {
        inner
            .0
            .iter()
            .for_each(|(extension, ours)| self.put(extension.clone(), *ours));
    }

    /// Those that are ours.
    pub(super) fn ours(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|row| row.1).map(|row| &*row.0)
    }

    fn put(&mut self, extension: Box<str>, ours: bool) {
        self.0.retain(|row| row.0 != extension);
        self.0.push((extension, ours));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inner_section_adds_and_takes_away() {
        let (mut outer, mut inner) = (Extensions::new(), Extensions::new());
        outer.set(".PY", true);
        outer.set("psp", true);
        outer.set("cgi", false);
        inner.set("psp", false);
        inner.set("mp", true);
        outer.overlay(&inner);
        assert_eq!(outer.ours().collect::<Vec<_>>(), ["py", "mp"]);
    }
}
