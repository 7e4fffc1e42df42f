//! The configuration of a directory, location or file section, and the merge that httpd makes for every request.
//!
//! Owns: what sections lay over each other. Each part is shared by reference count where a section says nothing about
//! it, so merging and dropping cost a few counts. Runs on request threads; read-only but for the live tables.
//! Must never know how a directive is written: `directives` fills it.

use std::sync::Arc;

use super::entry::HandlerEntry;
use super::filters::FilterMap;
use super::handlers::{Found, HandlerMap};
use super::live::{Layer, Live, View, merge_shared};
use super::name::{Name, TooManyNames};
use super::naming::{self, Situation};
use super::options::Options;
use super::phase::Phase;
use super::settings::Settings;
use crate::httpd::Direction;
use crate::httpd::slot::{Config, Level};

/// The option that leaves requests of a `<Location>` with handlers without a file.
const NO_STORAGE: &str = "mod_python.location_no_storage";

/// The merged configuration of a request, or one section's part of it.
#[derive(Debug, Default)]
pub struct DirConfig {
    settings: Live<Settings>,
    options: Live<Options>,
    handlers: Option<Arc<HandlerMap>>,
    filters: Option<Arc<FilterMap>>,
}

impl DirConfig {
    /// The handlers of a phase for a file; `None` means that Python has nothing to do.
    #[must_use]
    pub fn handlers(&self, phase: Phase, filename: Option<&[u8]>) -> Option<Found<'_>> {
        self.handlers.as_ref()?.find(phase, filename)
    }

    /// Whether a phase has handlers at all: one bit, for the many requests that have none.
    #[inline]
    #[must_use]
    pub fn has(&self, phase: Phase) -> bool {
        self.handlers.as_ref().is_some_and(|handlers| handlers.has(phase))
    }

    /// Whether requests with handlers in a `<Location>` are to be left without a file, as in mod_python 3.5.
    #[must_use]
    pub fn without_storage(&self) -> bool {
        let in_location = self
            .handlers
            .as_ref()
            .is_some_and(|handlers| handlers.in_location());
        in_location && self.options.view().get(NO_STORAGE) == Some("1")
    }

    /// The function of the filter that httpd knows as `name`.
    #[must_use]
    pub fn filter(&self, direction: Direction, name: &str) -> Option<HandlerEntry> {
        self.filters.as_ref()?.find(direction, name)
    }

    /// The file extensions that `AddHandler` gives to this module, without dots.
    pub fn extensions(&self) -> impl Iterator<Item = &str> {
        self.handlers
            .iter()
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
        Arc::make_mut(
            self.filters
                .get_or_insert_with(|| Arc::new(FilterMap::NOTHING.clone())),
        )
    }

    pub(super) fn set_handlers(&mut self) -> &mut HandlerMap {
        Arc::make_mut(
            self.handlers
                .get_or_insert_with(|| Arc::new(HandlerMap::NOTHING.clone())),
        )
    }
}

impl Config for DirConfig {
    const LEVEL: Level = Level::Directory;

    fn merge(base: &Self, add: &Self) -> Self {
        Self {
            settings: Live::merge(&base.settings, &add.settings),
            options: Live::merge(&base.options, &add.options),
            handlers: merge_shared(base.handlers.clone(), add.handlers.clone()),
            filters: merge_shared(base.filters.clone(), add.filters.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_section_without_python_shares_everything() {
        let outer = configured();
        let merged = DirConfig::merge(&outer, &DirConfig::default());
        assert!(Arc::ptr_eq(
            merged.handlers.as_ref().unwrap(),
            outer.handlers.as_ref().unwrap()
        ));
        assert!(merged.settings().is(Flag::Debug));
        assert_eq!(merged.options().view().get("key"), Some("outer"));
    }

    #[test]
    fn an_inner_section_overrides_what_it_names() {
        let mut inner = DirConfig::default();
        inner.set_options().set("other", "inner");
        parse_line(inner.set_handlers(), Phase::Handler, "inner", &Directory::Server).unwrap();
        let merged = DirConfig::merge(&configured(), &inner);
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
        let earlier = DirConfig::merge(&server, &DirConfig::default());
        server.options().write(|options| options.set("key", "written"));
        server.write_setting("PythonDebug", Some("0"));
        let later = DirConfig::merge(&server, &DirConfig::default());
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
