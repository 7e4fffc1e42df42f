//! What a directive's function may know: which directive, where it stands, and for whom.
//!
//! Owns the safe view of `cmd_parms`. Lives for one call while configuration is read.

use std::ffi::{CStr, c_char};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use apache2_sys as sys;

use super::Section;
use crate::apr::{Pool, text};
use crate::httpd::Server;

/// The directive being read and its surroundings.
pub struct DirectiveCx<'c> {
    raw: *mut sys::cmd_parms,
    call: PhantomData<&'c sys::cmd_parms>,
}

impl<'c> DirectiveCx<'c> {
    /// # Safety
    /// `raw` is what httpd gave a directive's function, and lives for `'c`.
    pub(super) unsafe fn from_ptr(raw: *mut sys::cmd_parms) -> Self {
        Self {
            raw,
            call: PhantomData,
        }
    }

    /// The directive's name as its row writes it.
    #[must_use]
    pub fn name(&self) -> &'c str {
        // SAFETY: httpd sets the row before it calls; names are constants of ours.
        unsafe { text::borrow_str((*self.raw().cmd).name).unwrap_or_default() }
    }

    /// The rest of the directive's line as written.
    #[must_use]
    pub fn args(&self) -> &'c str {
        // SAFETY: the directive's node and its text live in the configuration's pool.
        self.node()
            .and_then(|node| unsafe { text::borrow_str(node.args) })
            .unwrap_or_default()
    }

    /// The server being configured.
    #[must_use]
    pub fn server(&self) -> &'c Server {
        // SAFETY: httpd sets the server before it calls.
        unsafe { Server::from_ptr(self.raw().server) }
    }

    /// Whether the directive stands inside a section (or in `.htaccess`) and not at a server's own level.
    #[must_use]
    pub fn in_section(&self) -> bool {
        !self.raw().path.is_null()
    }

    /// The directory of the `.htaccess` file the directive stands in.
    #[must_use]
    pub fn htaccess_dir(&self) -> Option<&'c Path> {
        // httpd tells the two apart in the same way (`ap_check_cmd_context`): only .htaccess has one pool for both.
        let in_htaccess = std::ptr::eq(self.raw().pool, self.raw().temp_pool);
        in_htaccess.then(|| Path::new(self.place().0).parent()).flatten()
    }

    /// The file and line the directive stands at.
    #[must_use]
    pub fn place(&self) -> (&'c str, u32) {
        let Some(node) = self.node() else { return ("", 0) };
        // SAFETY: the node's text lives in the configuration's pool.
        let file = unsafe { text::borrow_str(node.filename) };
        (
            file.unwrap_or_default(),
            u32::try_from(node.line_num).unwrap_or(0),
        )
    }

    /// The sections around the directive, innermost first.
    pub fn sections(&self) -> impl Iterator<Item = Section<'c>> {
        // SAFETY: httpd links each node of the tree to its parent; the tree lives in the configuration's pool.
        let parent = |node: &&'c sys::ap_directive_t| unsafe { node.parent.as_ref() };
        let first = self.node().and_then(|node| parent(&node));
        // SAFETY: as above, for the node's texts.
        std::iter::successors(first, parent).filter_map(|node| unsafe { Section::of(node) })
    }

    /// `path` made absolute below `ServerRoot`.
    ///
    /// # Errors
    /// The path when httpd cannot make sense of it.
    pub fn server_root_relative(&self, path: &str) -> Result<PathBuf, String> {
        let pool = self.temp_pool();
        let path = pool.dup(path.as_bytes());
        // SAFETY: both live for the call; the result lives in the pool.
        let full = unsafe { text::borrow_str(sys::ap_server_root_relative(pool.as_ptr(), path.as_ptr())) };
        full.map(PathBuf::from)
            .ok_or_else(|| format!("{} is not a valid path", path.to_string_lossy()))
    }

    /// A pool that is cleared when the configuration (or the `.htaccess` file's request) is done.
    #[must_use]
    pub fn temp_pool(&self) -> Pool<'c> {
        // SAFETY: httpd sets it before it calls.
        unsafe { Pool::from_ptr(self.raw().temp_pool) }
    }

    /// An error as httpd shows it, behind "Syntax error on line ... of ...:".
    pub(super) fn error(&self, text: &str) -> *const c_char {
        // SAFETY: httpd sets the pool before it calls.
        let pool: Pool<'c> = unsafe { Pool::from_ptr(self.raw().pool) };
        let whole: &'c CStr = pool.dup(format!("{}: {text}", self.name()).as_bytes());
        whole.as_ptr()
    }

    fn raw(&self) -> &'c sys::cmd_parms {
        // SAFETY: from_ptr's contract; httpd changes nothing in it during the call.
        unsafe { &*self.raw }
    }

    fn node(&self) -> Option<&'c sys::ap_directive_t> {
        // SAFETY: null or a node of the tree, which lives in the configuration's pool.
        unsafe { self.raw().directive.as_ref() }
    }
}
