//! Tags in pages that mod_include reads: `<!--#python eval="…"-->` and `<!--#python exec="…"-->`.
//!
//! Owns the tag's C entry, the reading of its argument and the error text in the page. The tag is made known when the
//! configuration is final, if mod_include is loaded; it runs inside mod_include's filter, on the request's thread.
//! What the script does is decided by a function of a higher floor.

use std::ffi::{CStr, c_int};
use std::mem;
use std::ptr;
use std::sync::OnceLock;

use apache2_sys as sys;

use super::filter::{Filter, Flow};
use super::log::{self, Level};
use super::log_number;
use crate::apr::{Brigade, text};
use crate::boundary;

/// What a tag wants done.
#[derive(Debug, Clone, Copy)]
pub enum Script<'t> {
    /// Put the value of an expression into the page.
    Eval(&'t CStr),
    /// Execute statements, which write to the page.
    Exec(&'t CStr),
}

/// Works on one tag; whether all went well.
type Run = fn(&Filter, &Flow<'_>, Script<'_>) -> bool;

static RUN: OnceLock<Run> = OnceLock::new();

/// Make the tag known to mod_include, if it is there. Runs in the parent when the configuration is final.
pub fn run_with(run: Run) {
    let _ = RUN.set(run);
    // SAFETY: mod_include registers a function of this type under this name; it only reads the tag's name, which is
    // static, as is the entry.
    unsafe {
        let register = mem::transmute::<sys::apr_opt_fn_t, sys::apr_OFN_ap_register_include_handler_t>(
            sys::apr_dynamic_fn_retrieve(c"ap_register_include_handler".as_ptr()),
        );
        if let Some(register) = register {
            register(c"python".as_ptr().cast_mut(), Some(tag));
        }
    }
}

unsafe extern "C" fn tag(
    ctx: *mut sys::include_ctx_t,
    f: *mut sys::ap_filter_t,
    bb: *mut sys::apr_bucket_brigade,
) -> sys::apr_status_t {
    // SAFETY: mod_include's contract: all three live and are ours for the call.
    let (tag, filter, page) = unsafe { (Tag(ctx), Filter::from_ptr(f), Brigade::from_ptr(bb)) };
    if tag.is_printing() && !tag.succeeds(filter, page) {
        tag.put_error_text(page);
    }
    sys::APR_SUCCESS
}

/// A tag that mod_include has come to.
struct Tag(*mut sys::include_ctx_t);

impl Tag {
    fn flags(&self) -> c_int {
        // SAFETY: mod_include lends the context for the call.
        unsafe { (*self.0).flags }
    }

    /// Not: inside an `if` that is false.
    fn is_printing(&self) -> bool {
        self.flags() & sys::SSI_FLAG_PRINTING != 0
    }

    fn succeeds(&self, filter: &Filter, page: &Brigade<'static>) -> bool {
        boundary::catch(|| self.run(filter, page)).unwrap_or_else(|panic| {
            log::log(Level::Crit, log_number::PANIC, filter.request(), panic);
            false
        })
    }

    fn run(&self, filter: &Filter, page: &Brigade<'static>) -> bool {
        let r = filter.request();
        let script = match self.script() {
            Ok(script) => script,
            Err(what) => {
                let file = r.filename().unwrap_or_default().to_string_lossy();
                log::log(
                    Level::Error,
                    log_number::TAG_REFUSED,
                    r,
                    format_args!("{what} in {file}"),
                );
                return false;
            }
        };
        Brigade::with(r.pool(), r.bucket_alloc(), |nothing| {
            RUN.get()
                .is_some_and(|run| run(filter, &Flow::of_tag(filter, nothing, page), script))
        })
    }

    /// The tag's one argument.
    fn script(&self) -> Result<Script<'_>, String> {
        if self.flags() & sys::SSI_FLAG_NO_EXEC != 0 {
            return Err("#python used but not allowed".to_owned());
        }
        let mut script = None;
        while let Some((name, value)) = self.next_argument() {
            let known = match name.to_bytes() {
                b"eval" => Script::Eval(value.unwrap_or_default()),
                b"exec" => Script::Exec(value.unwrap_or_default()),
                other => return Err(wrong("unexpected", &String::from_utf8_lossy(other))),
            };
            if value.is_none_or(CStr::is_empty) {
                return Err(format!(
                    "empty value for '{}' parameter to tag 'python'",
                    name.to_string_lossy()
                ));
            }
            if script.replace(known).is_some() {
                return Err(wrong("multiple", "eval/exec"));
            }
        }
        script.ok_or_else(|| wrong("missing", "eval/exec"))
    }

    /// The next argument's name and value, its entities decoded; both live in the context's pool.
    fn next_argument(&self) -> Option<(&CStr, Option<&CStr>)> {
        let (mut name, mut value) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: mod_include registers a function of this type under this name, and called us.
        unsafe {
            let next = mem::transmute::<sys::apr_opt_fn_t, sys::apr_OFN_ap_ssi_get_tag_and_value_t>(
                sys::apr_dynamic_fn_retrieve(c"ap_ssi_get_tag_and_value".as_ptr()),
            )?;
            next(self.0, &raw mut name, &raw mut value, sys::SSI_VALUE_DECODED);
            Some((text::borrow(name)?, text::borrow(value)))
        }
    }

    /// `SSI_CREATE_ERROR_BUCKET`.
    fn put_error_text(&self, page: &Brigade<'_>) {
        // SAFETY: mod_include lends the context for the call, and sets its error text.
        let error = unsafe { text::borrow((*self.0).error_str) };
        page.push_heap(error.unwrap_or_default().to_bytes());
    }
}

fn wrong(what: &str, which: &str) -> String {
    format!("{what} '{which}' parameter to tag 'python'")
}
