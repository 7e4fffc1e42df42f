//! A part of a configuration value: of its own, or lent by the section that it was merged from.
//!
//! Owns: that merging, which httpd does for every request, counts no references. Counts of what all requests share are
//! changed by all processors, and each of them waits for the others. Any thread; read-only once merged from.

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

/// httpd is merging: the result goes into the slot of a section whose memory lasts no longer than both its sources.
///
/// Only [`super::slot`] makes one, and every request's configuration lies in that request's pool, or in the
/// configuration's own, as the sections it comes from do.
#[derive(Debug, Clone, Copy)]
pub struct Merging(pub(super) ());

#[cfg(test)]
impl Merging {
    /// For tests that keep both sources as long as the result.
    pub(crate) const BY_HAND: Self = Merging(());
}

/// What a section says about something, if it says anything.
pub struct Part<T>(Kept<T>);

enum Kept<T> {
    Nothing,
    Own(Arc<T>),
    Lent(NonNull<T>),
}

// SAFETY: a shared reference to T, or a counted one: as Arc<T>.
unsafe impl<T: Send + Sync> Send for Part<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Part<T> {}

impl<T> Part<T> {
    /// What it says.
    #[inline]
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        match &self.0 {
            Kept::Nothing => None,
            Kept::Own(value) => Some(value),
            // SAFETY: `lend` wants a `Merging`, which slot.rs makes only for a merge of httpd's: httpd keeps both sources as
            // long as the result (their pools), and merges finished sections only, so nobody changes the lender.
            Kept::Lent(value) => Some(unsafe { value.as_ref() }),
        }
    }

    /// The same for a value that is merged from this one.
    #[inline]
    #[must_use]
    pub fn lend(&self, _: Merging) -> Self {
        Part(
            self.get()
                .map_or(Kept::Nothing, |value| Kept::Lent(NonNull::from(value))),
        )
    }
}

impl<T: Clone> Part<T> {
    /// What it says, to be changed while the configuration is read; a copy of `nothing` at first.
    pub fn make_mut(&mut self, nothing: &T) -> &mut T {
        if !matches!(self.0, Kept::Own(_)) {
            self.0 = Kept::Own(Arc::new(self.get().unwrap_or(nothing).clone()));
        }
        match &mut self.0 {
            Kept::Own(value) => Arc::make_mut(value),
            Kept::Nothing | Kept::Lent(_) => unreachable!("just made its own"),
        }
    }
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Part(Kept::Nothing)
    }
}

impl<T> From<Arc<T>> for Part<T> {
    fn from(value: Arc<T>) -> Self {
        Part(Kept::Own(value))
    }
}

impl<T: fmt::Debug> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lent_is_the_lenders() {
        let mut own = Part::default();
        assert_eq!(own.get(), None);
        *own.make_mut(&1) += 1;
        let lent = own.lend(Merging::BY_HAND);
        assert!(std::ptr::eq(
            own.get().unwrap(),
            lent.lend(Merging::BY_HAND).get().unwrap()
        ));
    }

    #[test]
    fn a_change_stays_with_whom_it_was_made() {
        let own = Part::from(Arc::new(1));
        let mut lent = own.lend(Merging::BY_HAND);
        *lent.make_mut(&0) = 2;
        assert_eq!((own.get(), lent.get()), (Some(&1), Some(&2)));
    }
}
