//! The configuration of a directory, location or file section, and the merge that httpd makes for every request.
//!
//! Owns: what sections lay over each other. Each part is lent by the outer one where a section says nothing about it.
//! Runs on request threads; read-only but for the live tables.
//! Must never know how a directive is written: `directives` fills it.

use super::entry::HandlerEntry;
use super::filters::FilterMap;
use super::handlers::{Found, HandlerMap};
use super::live::{Layer, Live, View, merge_parts};
use super::name::{Name, TooManyNames};
use super::naming::{self, Situation};
use super::options::Options;
use super::phase::Phase;
use super::settings::Settings;
use crate::httpd::slot::{Config, Level};
use crate::httpd::{Direction, Merging, Part};

/// The option that leaves requests of a `<Location>` with handlers without a file.
const NO_STORAGE: &str = "mod_python.location_no_storage";

/// The merged configuration of a request, or one section's part of it.
#[derive(Debug, Default)]
pub struct DirConfig {
    settings: Live<Settings>,
    options: Live<Options>,
    handlers: Part<HandlerMap>,
    filters: Part<FilterMap>,
}

impl DirConfig {
    /// The handlers of a phase for a file; `None` means that Python has nothing to do.
    #[must_use]
    pub fn handlers(&self, phase: Phase, filename: Option<&[u8]>) -> Option<Found<'_>> {
        self.handlers.get()?.find(phase, filename)
    }

    /// Whether a phase has handlers at all: one bit, for the many requests that have none.
    #[inline]
    #[must_use]
    pub fn has(&self, phase: Phase) -> bool {
        self.handlers.get().is_some_and(|handlers| handlers.has(phase))
    }

    /// Whether requests with handlers in a `<Location>` are to be left without a file, as in mod_python 3.5.
    #[must_use]
    pub fn without_storage(&self) -> bool {
        let in_location = self.handlers.get().is_some_and(|handlers| handlers.in_location());
        in_location && self.says_no_storage()
    }

    #[inline(never)]
    fn says_no_storage(&self) -> bool {
        self.options.view().get(NO_STORAGE) == Some("1")
    }

    /// The function of the filter that httpd knows as `name`.
    #[must_use]
    pub fn filter(&self, direction: Direction, name: &str) -> Option<HandlerEntry> {
        self.filters.get()?.find(direction, name)
    }

    /// The file extensions that `AddHandler` gives to this module, without dots.
    pub fn extensions(&self) -> impl Iterator<Item = &str> {
        self.handlers
            .get()
            .into_iter()
            .flat_map(|handlers| handlers.own_extensions())
    }

    /// The flags, `PythonInterpreter` and `PythonPath`.
    #[must_use]
    pub fn settings(&self) -> View<'_, Settings> {
        self.settings.view()
    }

    /// A write through `get_config()`; `None` unsets.
    pub fn write_setting(&self, key: &str, value: Option<&str>) {
        self.settings.write(|settings| settings.write(key, value));
    }

    /// The live table behind `get_options()`.
    #[must_use]
    pub fn options(&self) -> &Live<Options> {
        &self.options
    }

    /// The name of the interpreter for a call.
    ///
    /// # Errors
    /// [`TooManyNames`] when the name would be one directory too many.
    pub fn interpreter(&self, at: Situation<'_>) -> Result<Name, TooManyNames> {
        naming::interpreter(&self.settings.view(), at)
    }

    pub(super) fn set_options(&mut self) -> &mut Options {
        self.options.configure()
    }

    pub(super) fn set(&mut self) -> &mut Settings {
        self.settings.configure()
    }

    pub(super) fn set_filters(&mut self) -> &mut FilterMap {
        self.filters.make_mut(FilterMap::NOTHING)
    }

    pub(super) fn set_handlers(&mut self) -> &mut HandlerMap {
        self.handlers.make_mut(HandlerMap::NOTHING)
    }
}

impl Config for DirConfig {
    const LEVEL: Level = Level::Directory;

    fn merge(base: &Self, add: &Self, merging: Merging) -> Self {
        Self {
            settings: Live::merge(&base.settings, &add.settings, merging),
            options: Live::merge(&base.options, &add.options, merging),
            handlers: merge_parts(&base.handlers, &add.handlers, merging),
            filters: merge_parts(&base.filters, &add.filters, merging),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::super::directory::Directory;
    use super::super::handlers::parse_line;
    use super::super::settings::Flag;
    use super::*;

    fn configured() -> DirConfig {
        let mut dir = DirConfig::default();
        dir.set().switch(Flag::Debug, true);
        dir.set_options().set("key", "outer");
        parse_line(dir.set_handlers(), Phase::Handler, "outer", &Directory::Server).unwrap();
        dir
    }

    fn merge(base: &DirConfig, add: &DirConfig) -> DirConfig {
        DirConfig::merge(base, add, Merging::BY_HAND)
    }

    #[test]
    fn a_section_without_python_shares_everything() {
        let outer = configured();
        let nothing = DirConfig::default();
        let merged = merge(&outer, &nothing);
        assert!(ptr::eq(
            merged.handlers.get().unwrap(),
            outer.handlers.get().unwrap()
        ));
        assert!(merged.settings().is(Flag::Debug));
        assert_eq!(merged.options().view().get("key"), Some("outer"));
    }

    #[test]
    fn an_inner_section_overrides_what_it_names() {
        let mut inner = DirConfig::default();
        inner.set_options().set("other", "inner");
        parse_line(inner.set_handlers(), Phase::Handler, "inner", &Directory::Server).unwrap();
        let outer = configured();
        let merged = merge(&outer, &inner);
        assert_eq!(
            merged.handlers(Phase::Handler, None).unwrap().list[0].word(),
            "inner"
        );
        assert_eq!(merged.options().view().len(), 2);
        assert!(merged.settings().is(Flag::Debug));
    }

    #[test]
    fn writes_reach_the_level_they_were_made_on_and_requests_that_merge_later() {
        let server = configured();
        let nothing = DirConfig::default();
        let earlier = merge(&server, &nothing);
        server.options().write(|options| options.set("key", "written"));
        server.write_setting("PythonDebug", Some("0"));
        let later = merge(&server, &nothing);
        assert_eq!(earlier.options().view().get("key"), Some("outer"));
        assert_eq!(later.options().view().get("key"), Some("written"));
        assert!(earlier.settings().is(Flag::Debug) && !later.settings().is(Flag::Debug));
    }

    #[test]
    fn nothing_configured_is_nothing_to_do() {
        assert!(
            DirConfig::default()
                .handlers(Phase::Handler, Some(b"/x.py"))
                .is_none()
        );
    }
}
