//! Configuration that Python may change while requests read it.
//!
//! Owns: the copy-on-write cell behind `get_options()` and `get_config()`. What the configuration files said is an
//! immutable `Arc`, read without a lock; the first write from Python puts a locked copy in front of it. Merging
//! shares the `Arc` where one side says nothing, so a section without Python directives costs one reference count.
//! Runs on any thread, in any phase. Must never call out (into httpd or Python) while it holds its lock.

use std::ops::Deref;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

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
pub(super) fn merge_shared<T: Layer>(base: Option<Arc<T>>, add: Option<Arc<T>>) -> Option<Arc<T>> {
    match (base, add) {
        (Some(base), Some(add)) => Some(Arc::new(T::merge(&base, &add))),
        (base, add) => add.or(base),
    }
}

/// A part of the configuration that can still be written, safely from several interpreters at once.
#[derive(Debug)]
pub struct Live<T> {
    configured: Option<Arc<T>>,
    written: OnceLock<RwLock<Arc<T>>>,
}

impl<T> Default for Live<T> {
    fn default() -> Self {
        Self {
            configured: None,
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
        Arc::make_mut(
            self.configured
                .get_or_insert_with(|| Arc::new(T::NOTHING.clone())),
        )
    }

    /// The value as it is now.
    #[must_use]
    pub fn view(&self) -> View<'_, T> {
        match (self.written(), &self.configured) {
            (Some(value), _) => View::Written(value),
            (None, Some(value)) => View::Configured(value),
            (None, None) => View::Configured(T::NOTHING),
        }
    }

    /// Change the value while requests read it; they keep the view they have.
    pub fn write<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let cell = self
            .written
            .get_or_init(|| RwLock::new(self.configured.clone().unwrap_or_else(nothing)));
        change(Arc::make_mut(
            &mut cell.write().unwrap_or_else(PoisonError::into_inner),
        ))
    }

    /// What holds where `add` is laid over `base`. Later writes to either do not reach the result, nor the reverse.
    #[must_use]
    pub fn merge(base: &Self, add: &Self) -> Self {
        Self {
            configured: merge_shared(base.share(), add.share()),
            written: OnceLock::new(),
        }
    }

    fn share(&self) -> Option<Arc<T>> {
        self.written().or_else(|| self.configured.clone())
    }

    fn written(&self) -> Option<Arc<T>> {
        let cell = self.written.get()?;
        Some(Arc::clone(&cell.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn nothing<T: Layer>() -> Arc<T> {
    Arc::new(T::NOTHING.clone())
}

#[cfg(test)]
mod tests {
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

    fn unset() -> Live<Words> {
        Live::default()
    }

    #[test]
    fn a_side_that_says_nothing_is_shared_not_copied() {
        let base = live("base");
        let merged = Live::merge(&base, &unset());
        assert!(Arc::ptr_eq(
            merged.configured.as_ref().unwrap(),
            base.configured.as_ref().unwrap()
        ));
        assert!(Live::merge(&unset(), &unset()).configured.is_none());
    }

    #[test]
    fn both_sides_are_laid_over_each_other() {
        assert_eq!(Live::merge(&live("base"), &live("add")).view().0, ["base", "add"]);
    }

    #[test]
    fn a_write_is_seen_by_later_views_and_merges_only() {
        let base = live("base");
        let (before, merged) = (base.view(), Live::merge(&base, &unset()));
        base.write(|words| words.0.push("written"));
        assert_eq!(before.0, ["base"]);
        assert_eq!(merged.view().0, ["base"]);
        assert_eq!(base.view().0, ["base", "written"]);
        assert_eq!(Live::merge(&base, &unset()).view().0, ["base", "written"]);
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
