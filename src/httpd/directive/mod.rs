//! Directives: one row per directive, made by the function that names its argument form.
//!
//! Owns the rows of httpd's command table and the C entries behind them. Runs while httpd reads its configuration
//! (one thread, in the parent) and for each `.htaccess` file of a request. Must never know a directive: the table is
//! in `config`, and a row is `take1(c"PythonPath", set_python_path, Context::ANYWHERE, c"one Python expression")`.

mod cx;
mod entry;
mod section;

use std::ffi::{CStr, c_int};
use std::ptr;

use apache2_sys as sys;

use super::slot::Config;
use crate::apr::text;

pub use cx::DirectiveCx;
pub use section::Section;

/// What a directive's function answers; an error's text is shown behind the directive's name and place.
pub type DirectiveResult = Result<(), String>;

/// Where a directive may stand.
#[derive(Debug, Clone, Copy)]
pub struct Context(c_int);

impl Context {
    /// Server and virtual hosts, outside of sections (`RSRC_CONF`).
    pub const SERVER: Self = Self(sys::RSRC_CONF);
    /// Server, virtual hosts and their sections, not `.htaccess` (`RSRC_CONF | ACCESS_CONF`).
    pub const SECTIONS: Self = Self(sys::RSRC_CONF | sys::ACCESS_CONF);
    /// Everywhere, also in `.htaccess` when any override is allowed (`OR_ALL`).
    pub const ANYWHERE: Self = Self(sys::OR_ALL);
}

/// One row of the command table.
#[repr(transparent)]
pub struct Command(sys::command_rec);

// SAFETY: a row is constant; httpd only reads it.
unsafe impl Sync for Command {}

impl Command {
    /// The directive; `None` for the row that ends the table.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        // SAFETY: null, or one of the constants that the functions below take.
        unsafe { text::borrow_str(self.0.name) }
    }
}

/// The row that ends a command table.
pub const END: Command = row(
    ptr::null(),
    sys::cmd_func { raw_args: None },
    sys::RAW_ARGS,
    Context(0),
    c"",
);

/// A directive that parses the rest of its line itself.
#[must_use]
pub const fn raw_args<C: Config, F>(
    name: &'static CStr,
    _: F,
    context: Context,
    help: &'static CStr,
) -> Command
where
    F: Fn(&DirectiveCx<'_>, &mut C, &str) -> DirectiveResult + Copy + 'static,
{
    let func = sys::cmd_func {
        raw_args: Some(entry::one::<C, F>),
    };
    row(name.as_ptr(), func, sys::RAW_ARGS, context, help)
}

/// A directive with one argument.
#[must_use]
pub const fn take1<C: Config, F>(name: &'static CStr, _: F, context: Context, help: &'static CStr) -> Command
where
    F: Fn(&DirectiveCx<'_>, &mut C, &str) -> DirectiveResult + Copy + 'static,
{
    row(
        name.as_ptr(),
        sys::cmd_func {
            take1: Some(entry::one::<C, F>),
        },
        sys::TAKE1,
        context,
        help,
    )
}

/// A directive whose function is called once per argument.
#[must_use]
pub const fn iterate<C: Config, F>(
    name: &'static CStr,
    _: F,
    context: Context,
    help: &'static CStr,
) -> Command
where
    F: Fn(&DirectiveCx<'_>, &mut C, &str) -> DirectiveResult + Copy + 'static,
{
    row(
        name.as_ptr(),
        sys::cmd_func {
            take1: Some(entry::one::<C, F>),
        },
        sys::ITERATE,
        context,
        help,
    )
}

/// A directive with two arguments.
#[must_use]
pub const fn take2<C: Config, F>(name: &'static CStr, _: F, context: Context, help: &'static CStr) -> Command
where
    F: Fn(&DirectiveCx<'_>, &mut C, &str, &str) -> DirectiveResult + Copy + 'static,
{
    row(
        name.as_ptr(),
        sys::cmd_func {
            take2: Some(entry::two::<C, F>),
        },
        sys::TAKE2,
        context,
        help,
    )
}

/// A directive with one or two arguments.
#[must_use]
pub const fn take12<C: Config, F>(name: &'static CStr, _: F, context: Context, help: &'static CStr) -> Command
where
    F: Fn(&DirectiveCx<'_>, &mut C, &str, Option<&str>) -> DirectiveResult + Copy + 'static,
{
    let func = sys::cmd_func {
        take2: Some(entry::one_or_two::<C, F>),
    };
    row(name.as_ptr(), func, sys::TAKE12, context, help)
}

/// A directive with any number of arguments.
#[must_use]
pub const fn take_argv<C: Config, F>(
    name: &'static CStr,
    _: F,
    context: Context,
    help: &'static CStr,
) -> Command
where
    F: Fn(&DirectiveCx<'_>, &mut C, &[&str]) -> DirectiveResult + Copy + 'static,
{
    let func = sys::cmd_func {
        take_argv: Some(entry::argv::<C, F>),
    };
    row(name.as_ptr(), func, sys::TAKE_ARGV, context, help)
}

/// A directive that is `On` or `Off`.
#[must_use]
pub const fn flag<C: Config, F>(name: &'static CStr, _: F, context: Context, help: &'static CStr) -> Command
where
    F: Fn(&DirectiveCx<'_>, &mut C, bool) -> DirectiveResult + Copy + 'static,
{
    row(
        name.as_ptr(),
        sys::cmd_func {
            flag: Some(entry::flag::<C, F>),
        },
        sys::FLAG,
        context,
        help,
    )
}

const fn row(
    name: *const std::ffi::c_char,
    func: sys::cmd_func,
    args_how: sys::cmd_how,
    context: Context,
    help: &'static CStr,
) -> Command {
    Command(sys::command_rec {
        name,
        func,
        cmd_data: ptr::null_mut(),
        req_override: context.0,
        args_how,
        errmsg: help.as_ptr(),
    })
}
