//! APR tables: headers, notes, environment; multi-valued, compared without case.
//!
//! Owns the safe view of `apr_table_t`. A table belongs to its pool; keys and values are copied into it.
//! Runs on the pool's thread. Must never check what a header may contain: see [`super::text::is_header_safe`].

use std::ffi::{CStr, c_int};
use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;

use apache2_sys as sys;

use super::{Pool, text};

/// A table that lives for `'t`, the life of its pool.
#[derive(Clone, Copy)]
pub struct Table<'t> {
    raw: NonNull<sys::apr_table_t>,
    pool: PhantomData<Pool<'t>>,
}

impl<'t> Table<'t> {
    /// An empty table in `pool`, with room for `room` entries before it grows.
    #[must_use]
    pub fn new(pool: Pool<'t>, room: u16) -> Self {
        // SAFETY: the pool lives for 't.
        unsafe { Self::from_ptr(sys::apr_table_make(pool.as_ptr(), c_int::from(room))) }
    }

    /// Borrow httpd's table.
    ///
    /// # Safety
    /// `raw` is a table whose pool lives for `'t` and is used by this thread alone meanwhile.
    #[must_use]
    pub unsafe fn from_ptr(raw: *mut sys::apr_table_t) -> Self {
        // SAFETY: a table is never null, by the caller's contract.
        let raw = unsafe { NonNull::new_unchecked(raw) };
        Self {
            raw,
            pool: PhantomData,
        }
    }

    /// The table for a C call.
    #[must_use]
    pub fn as_ptr(self) -> *mut sys::apr_table_t {
        self.raw.as_ptr()
    }

    /// The first value of `key`.
    #[must_use]
    pub fn get(self, key: &CStr) -> Option<&'t CStr> {
        // SAFETY: the table lives; values stay in its pool even when their entry is replaced.
        unsafe { text::borrow(sys::apr_table_get(self.as_ptr(), key.as_ptr())) }
    }

    /// Replace every value of `key` by one.
    pub fn set(self, key: &CStr, value: &CStr) {
        // SAFETY: the table lives; both texts are copied into its pool.
        unsafe { sys::apr_table_set(self.as_ptr(), key.as_ptr(), value.as_ptr()) }
    }

    /// Append a value, whether or not `key` is there already.
    pub fn add(self, key: &CStr, value: &CStr) {
        // SAFETY: the table lives; both texts are copied into its pool.
        unsafe { sys::apr_table_add(self.as_ptr(), key.as_ptr(), value.as_ptr()) }
    }

    /// Append to the present value of `key` behind a comma.
    pub fn merge(self, key: &CStr, value: &CStr) {
        // SAFETY: the table lives; both texts are copied into its pool.
        unsafe { sys::apr_table_merge(self.as_ptr(), key.as_ptr(), value.as_ptr()) }
    }

    /// Remove every value of `key`.
    pub fn unset(self, key: &CStr) {
        // SAFETY: the table lives; the key is only compared.
        unsafe { sys::apr_table_unset(self.as_ptr(), key.as_ptr()) }
    }

    /// Remove everything.
    pub fn clear(self) {
        // SAFETY: the table lives.
        unsafe { sys::apr_table_clear(self.as_ptr()) }
    }

    /// How many entries there are, repeated keys counted each.
    #[must_use]
    pub fn len(self) -> usize {
        self.entries().len()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// A copy of the entries in `pool`; the texts are copied too.
    #[must_use]
    pub fn copy<'p>(self, pool: Pool<'p>) -> Table<'p> {
        // SAFETY: both live; apr_table_clone copies every key and value into the new pool.
        unsafe { Table::from_ptr(sys::apr_table_clone(pool.as_ptr(), self.as_ptr())) }
    }

    /// The entry at `index`, in the order of the table; a value is `None` where C stored null.
    #[must_use]
    pub fn entry(self, index: usize) -> Option<(&'t CStr, Option<&'t CStr>)> {
        let entry = self.entries().get(index)?;
        // SAFETY: httpd and APR store C strings that live as long as the pool.
        unsafe { text::borrow(entry.key).map(|key| (key, text::borrow(entry.val))) }
    }

    /// Every entry in order; an entry added meanwhile is seen, a table shortened meanwhile just ends.
    pub fn iter(self) -> impl Iterator<Item = (&'t CStr, Option<&'t CStr>)> {
        (0..).map_while(move |index| self.entry(index))
    }

    /// Every value of `key`, in order.
    pub fn get_all(self, key: &CStr) -> impl Iterator<Item = &'t CStr> {
        self.iter()
            .filter(|(k, _)| k.to_bytes().eq_ignore_ascii_case(key.to_bytes()))
            .filter_map(|(_, v)| v)
    }

    /// The entries as they are now; not kept across a change of the table.
    fn entries(&self) -> &[sys::apr_table_entry_t] {
        // SAFETY: the table lives, and its array holds `nelts` entries. The borrow ends before anything changes it:
        // no caller in this file holds it across another call.
        unsafe {
            let array = sys::apr_table_elts(self.as_ptr());
            text::slice((*array).elts.cast(), usize::try_from((*array).nelts).unwrap_or(0))
        }
    }
}

impl fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apr::OwnedPool;

    fn values<'t>(table: Table<'t>, key: &CStr) -> Vec<&'t CStr> {
        table.get_all(key).collect()
    }

    #[test]
    fn keys_are_compared_without_case() {
        let owner = OwnedPool::unmanaged();
        let table = Table::new(owner.pool(), 1);
        table.add(c"Accept", c"a");
        table.add(c"accept", c"b");
        assert_eq!((table.get(c"ACCEPT"), table.len()), (Some(c"a"), 2));
        assert_eq!(values(table, c"Accept"), [c"a", c"b"]);
        table.set(c"aCCept", c"c");
        assert_eq!(values(table, c"Accept"), [c"c"]);
    }

    #[test]
    fn merging_joins_with_a_comma() {
        let owner = OwnedPool::unmanaged();
        let table = Table::new(owner.pool(), 1);
        table.merge(c"Vary", c"Cookie");
        table.merge(c"Vary", c"Accept");
        assert_eq!(table.get(c"Vary"), Some(c"Cookie, Accept"));
    }

    #[test]
    fn a_copy_stands_alone() {
        let (one, two) = (OwnedPool::unmanaged(), OwnedPool::unmanaged());
        let table = Table::new(one.pool(), 1);
        table.set(c"k", c"v");
        let copy = table.copy(two.pool());
        table.clear();
        drop(one);
        assert_eq!((copy.get(c"k"), copy.len()), (Some(c"v"), 1));
    }

    #[test]
    fn removing_while_walking_just_ends() {
        let owner = OwnedPool::unmanaged();
        let table = Table::new(owner.pool(), 4);
        for key in [c"a", c"b", c"c"] {
            table.add(key, c"1");
        }
        let seen: Vec<&CStr> = table
            .iter()
            .map(|(key, _)| key)
            .inspect(|_| table.unset(c"c"))
            .collect();
        assert_eq!(seen, [c"a", c"b"]);
        assert!(!table.is_empty() && table.entry(2).is_none());
    }
}
