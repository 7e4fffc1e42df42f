//! The configuration as it was written: httpd's tree of directives.
//!
//! Owns the safe view of `ap_directive_t`. httpd builds the tree in the parent and leaves it alone in the children, so
//! any thread of a child may read it; `.htaccess` files are not part of it.

use std::ffi::CStr;
use std::iter;

use apache2_sys as sys;

use crate::apr::text;

/// A directive, or the beginning of a section.
#[repr(transparent)]
pub struct Node(sys::ap_directive_t);

/// The directives outside of all sections, in the order of the files.
pub fn config_tree() -> impl Iterator<Item = &'static Node> {
    // SAFETY: httpd sets the root before it forks, and a child has one configuration for life.
    siblings(unsafe { sys::ap_conftree })
}

impl Node {
    /// The directive's name; a section's begins with `<`.
    #[must_use]
    pub fn name(&self) -> Option<&CStr> {
        // SAFETY: a text of the configuration's pool, as the node itself.
        unsafe { text::borrow(self.0.directive) }
    }

    /// What stands behind the name.
    #[must_use]
    pub fn args(&self) -> Option<&CStr> {
        // SAFETY: a text of the configuration's pool, as the node itself.
        unsafe { text::borrow(self.0.args) }
    }

    /// The directives of a section.
    pub fn children(&self) -> impl Iterator<Item = &'static Self> {
        siblings(self.0.first_child)
    }
}

fn siblings(first: *const sys::ap_directive_t) -> impl Iterator<Item = &'static Node> {
    // SAFETY: null or a node of the tree, which stays as long as the child.
    let node = |raw: *const sys::ap_directive_t| unsafe { raw.cast::<Node>().as_ref() };
    iter::successors(node(first), move |this| node(this.0.next))
}
