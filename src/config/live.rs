//! Configuration that Python may change while requests read it.
//!
//! Owns: the copy-on-write cell behind `get_options()` and `get_config()`. What the configuration files said is an
//! immutable, read without a lock; the first write from Python puts a locked copy in front of it. Merging lends it
//! where one side says nothing, so a section without Python directives costs next to nothing.
//! Runs on any thread, in any phase. Must never call out (into httpd or Python) while it holds its lock.

use std::ops::Deref;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::httpd::{Merging, Part};

/// A part of the configuration that sections lay over each other.
pub trait Layer: Clone + 'static {
    /// What holds where nothing is configured.
    const NOTHING: &'static Self;

    /// What holds where `add` is laid over `base`.
    #[must_use]
    fn merge(base: &Self, add: &Self) -> Self;
}

/// What holds where `add` is laid over `base` and either may say nothing.
#[must_use]
pub(super) fn merge_parts<T: Layer>(base: &Part<T>, add: &Part<T>, merging: Merging) -> Part<T> {
    match (base.get(), add.get()) {
        (Some(base), Some(add)) => Arc::new(T::merge(base, add)).into(),
        (_, None) => base.lend(merging),
        (None, _) => add.lend(merging),
    }
}

/// A part of the configuration that can still be written, safely from several interpreters at once.
#[derive(Debug)]
pub struct Live<T> {
    configured: Part<T>,
    written: OnceLock<RwLock<Arc<T>>>,
}

impl<T> Default for Live<T> {
    fn default() -> Self {
        Self {
            configured: Part::default(),
            written: OnceLock::new(),
        }
    }
}

/// One consistent view of a [`Live`] value.
#[derive(Debug)]
pub enum View<'a, T> {
    /// As configured.
    Configured(&'a T),
    /// As Python left it.
    Written(Arc<T>),
}

impl<T> Deref for View<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Configured(value) => value,
            Self::Written(value) => value,
        }
    }
}

impl<T: Layer> Live<T> {
    /// The value to change while the configuration is read.
    pub fn configure(&mut self) -> &mut T {
        self.configured.make_mut(T::NOTHING)
    }

    /// The value as it is now.
    #[must_use]
    pub fn view(&self) -> View<'_, T> {
        match self.written() {
            Some(value) => View::Written(value),
            None => View::Configured(self.configured()),
        }
    }

    /// Change the value while requests read it; they keep the view they have.
    pub fn write<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let cell = self
            .written
            .get_or_init(|| RwLock::new(Arc::new(self.configured().clone())));
        change(Arc::make_mut(
            &mut cell.write().unwrap_or_else(PoisonError::into_inner),
        ))
    }

    /// What holds where `add` is laid over `base`. Later writes to either do not reach the result, nor the reverse.
    #[must_use]
    pub fn merge(base: &Self, add: &Self, merging: Merging) -> Self {
        Self {
            configured: merge_parts(&base.part(merging), &add.part(merging), merging),
            written: OnceLock::new(),
        }
    }

    fn configured(&self) -> &T {
        self.configured.get().unwrap_or(T::NOTHING)
    }

    fn part(&self, merging: Merging) -> Part<T> {
        self.written()
            .map_or_else(|| self.configured.lend(merging), Part::from)
    }

    fn written(&self) -> Option<Arc<T>> {
        let cell = self.written.get()?;
        Some(Arc::clone(&cell.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Words(Vec<&'static str>);

    impl Layer for Words {
        const NOTHING: &'static Self = &Self(Vec::new());

        fn merge(base: &Self, add: &Self) -> Self {
            Self([base.0.clone(), add.0.clone()].concat())
        }
    }

    fn live(word: &'static str) -> Live<Words> {
        let mut live = unset();
        live.configure().0.push(word);
        live
    }

    fn merge(base: &Live<Words>, add: &Live<Words>) -> Live<Words> {
        Live::merge(base, add, Merging::BY_HAND)
    }

    fn unset() -> Live<Words> {
        Live::default()
    }

    #[test]
    fn a_side_that_says_nothing_is_shared_not_copied() {
        let base = live("base");
        let merged = merge(&base, &unset());
        assert!(ptr::eq(merged.configured(), base.configured()));
        assert!(merge(&unset(), &unset()).configured.get().is_none());
    }

    #[test]
    fn both_sides_are_laid_over_each_other() {
        assert_eq!(merge(&live("base"), &live("add")).view().0, ["base", "add"]);
    }

    #[test]
    fn a_write_is_seen_by_later_views_and_merges_only() {
        let base = live("base");
        let unset = unset();
        let (before, merged) = (base.view(), merge(&base, &unset));
        base.write(|words| words.0.push("written"));
        assert_eq!(before.0, ["base"]);
        assert_eq!(merged.view().0, ["base"]);
        assert_eq!(base.view().0, ["base", "written"]);
        assert_eq!(merge(&base, &unset).view().0, ["base", "written"]);
    }

    #[test]
    fn threads_write_without_losing_each_other() {
        let shared = unset();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| shared.write(|words| words.0.push("w"))));
            }
        });
        assert_eq!(shared.view().0.len(), 400);
    }
}
