//! The C entries of directives: one per argument form.
//!
//! Owns the way from C's words to a safe function and back to C's error text. Runs while configuration is read.
//! A panic is an error of that directive; httpd shows it with file and line.

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

use apache2_sys as sys;

use super::{DirectiveCx, DirectiveResult};
use crate::apr::text;
use crate::boundary;
use crate::httpd::item::item;
use crate::httpd::slot::{self, Config};

type Cmd = *mut sys::cmd_parms;
type Word = *const c_char;

/// `RAW_ARGS`, `TAKE1` and `ITERATE`.
pub(super) unsafe extern "C" fn one<C: Config, F>(cmd: Cmd, dir: *mut c_void, a: Word) -> Word
where
    F: Fn(&DirectiveCx<'_>, &mut C, &str) -> DirectiveResult + Copy + 'static,
{
    // SAFETY: httpd's contract for a directive's function, passed on.
    unsafe { run(cmd, dir, |cx, config| item::<F>()(cx, config, word(a)?)) }
}

/// `TAKE2`.
pub(super) unsafe extern "C" fn two<C: Config, F>(cmd: Cmd, dir: *mut c_void, a: Word, b: Word) -> Word
where
    F: Fn(&DirectiveCx<'_>, &mut C, &str, &str) -> DirectiveResult + Copy + 'static,
{
    // SAFETY: httpd's contract for a directive's function, passed on.
    unsafe { run(cmd, dir, |cx, config| item::<F>()(cx, config, word(a)?, word(b)?)) }
}

/// `TAKE12`.
pub(super) unsafe extern "C" fn one_or_two<C: Config, F>(cmd: Cmd, dir: *mut c_void, a: Word, b: Word) -> Word
where
    F: Fn(&DirectiveCx<'_>, &mut C, &str, Option<&str>) -> DirectiveResult + Copy + 'static,
{
    // SAFETY: httpd's contract for a directive's function, passed on; `b` is null when there is one word.
    unsafe {
        run(cmd, dir, |cx, config| {
            let second = (!b.is_null()).then(|| word(b)).transpose()?;
            item::<F>()(cx, config, word(a)?, second)
        })
    }
}

/// `TAKE_ARGV`.
pub(super) unsafe extern "C" fn argv<C: Config, F>(
    cmd: Cmd,
    dir: *mut c_void,
    count: c_int,
    words: *const *mut c_char,
) -> Word
where
    F: Fn(&DirectiveCx<'_>, &mut C, &[&str]) -> DirectiveResult + Copy + 'static,
{
    // SAFETY: httpd's contract for a directive's function: `count` words that live for the call.
    unsafe {
        run(cmd, dir, |cx, config| {
            let words: &[*mut c_char] = text::slice(words, usize::try_from(count).unwrap_or(0));
            let words = words
                .iter()
                .map(|&one| word(one))
                .collect::<Result<Vec<_>, _>>()?;
            item::<F>()(cx, config, &words)
        })
    }
}

/// `FLAG`.
pub(super) unsafe extern "C" fn flag<C: Config, F>(cmd: Cmd, dir: *mut c_void, on: c_int) -> Word
where
    F: Fn(&DirectiveCx<'_>, &mut C, bool) -> DirectiveResult + Copy + 'static,
{
    // SAFETY: httpd's contract for a directive's function, passed on.
    unsafe { run(cmd, dir, |cx, config| item::<F>()(cx, config, on != 0)) }
}

/// Find the configuration, call the directive's function, hand its error text to httpd.
///
/// # Safety
/// `cmd` and `dir` are what httpd gave a directive's function, and live for the call.
unsafe fn run<C: Config>(
    cmd: Cmd,
    dir: *mut c_void,
    f: impl FnOnce(&DirectiveCx<'_>, &mut C) -> DirectiveResult,
) -> Word {
    // SAFETY: the caller's contract.
    let cx = unsafe { DirectiveCx::from_ptr(cmd) };
    // SAFETY: the caller's contract.
    let changed = boundary::catch(|| unsafe { slot::change(cmd, dir, |config| f(&cx, config)) });
    let result = match changed {
        Ok(Some(result)) => result,
        Ok(None) => Err("there is no configuration of this module here".to_owned()),
        Err(panic) => Err(format!("a defect of the module: {panic}")),
    };
    result.map_or_else(|text| cx.error(&text), |()| ptr::null())
}

/// One word of the configuration as text.
///
/// # Safety
/// `word` is a C string that lives for `'a`.
unsafe fn word<'a>(word: Word) -> Result<&'a str, String> {
    // SAFETY: the caller's contract.
    unsafe { text::borrow_str(word) }.ok_or_else(|| "the argument is not UTF-8".to_owned())
}
