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
    /// Everywhere, in `.htaccess` as part of `FileInfo` (`OR_FILEINFO`).
    pub const FILE_INFO: Self = Self(sys::OR_FILEINFO);
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

/// Whether the table ends where httpd stops reading.
pub(super) const fn is_ended(commands: &[Command]) -> bool {
    matches!(commands, [.., last] if last.0.name.is_null())
}

macro_rules! forms {
    ($($(#[$doc:meta])* $name:ident($($arg:ty),+) => $how:ident, $field:ident: $entry:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub const fn $name<C: Config, F>(name: &'static CStr, _: F, context: Context, help: &'static CStr) -> Command
        where
            F: Fn(&DirectiveCx<'_>, &mut C, $($arg),+) -> DirectiveResult + Copy + 'static,
        {
            let func = sys::cmd_func { $field: Some(entry::$entry::<C, F>) };
            row(name.as_ptr(), func, sys::$how, context, help)
        }
    )*};
}

forms! {
    /// A directive that parses the rest of its line itself.
    raw_args(&str) => RAW_ARGS, raw_args: one;
    /// A directive with one argument.
    take1(&str) => TAKE1, take1: one;
    /// A directive whose function is called once per argument.
    iterate(&str) => ITERATE, take1: one;
    /// A directive with two arguments.
    take2(&str, &str) => TAKE2, take2: two;
    /// A directive whose function is called with the first argument and each further one.
    iterate2(&str, &str) => ITERATE2, take2: two;
    /// A directive with one or two arguments.
    take12(&str, Option<&str>) => TAKE12, take2: one_or_two;
    /// A directive with any number of arguments.
    take_argv(&[&str]) => TAKE_ARGV, take_argv: argv;
    /// A directive that is `On` or `Off`.
    flag(bool) => FLAG, flag: flag;
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

#[cfg(test)]
mod tests {
    use std::ffi::c_char;

    use super::*;
    use crate::apr::text;
    use crate::httpd::fake::{Dir, Fake, Srv};

    fn word(cx: &DirectiveCx<'_>, dir: &mut Dir, word: &str) -> DirectiveResult {
        match word {
            "refused" => return Err("is not allowed here".to_owned()),
            "panics" => panic!("asked to"),
            "args" => dir.words.push(cx.args().to_owned()),
            _ => dir.words.push(word.to_owned()),
        }
        Ok(())
    }

    fn pair(cx: &DirectiveCx<'_>, server: &mut Srv, first: &str, second: Option<&str>) -> DirectiveResult {
        assert_eq!(cx.server().config::<Srv>(), Some(&Srv::default()));
        server.word = Some([first, second.unwrap_or("-")].concat());
        Ok(())
    }

    fn on_off(_: &DirectiveCx<'_>, dir: &mut Dir, on: bool) -> DirectiveResult {
        dir.flag = Some(on);
        Ok(())
    }

    fn every(_: &DirectiveCx<'_>, dir: &mut Dir, words: &[&str]) -> DirectiveResult {
        dir.words.extend(words.iter().map(|&word| word.to_owned()));
        Ok(())
    }

    static WORD: Command = take1(c"PythonX", word, Context::ANYWHERE, c"a word");
    static PAIR: Command = take12(c"PythonY", pair, Context::SERVER, c"one or two words");
    static SWITCH: Command = flag(c"PythonZ", on_off, Context::ANYWHERE, c"On or Off");
    static EVERY: Command = take_argv(c"PythonW", every, Context::SECTIONS, c"words");

    /// Call the row as httpd does; what it answers as text.
    fn call(
        fake: &Fake,
        row: &Command,
        call: impl Fn(sys::cmd_func, *mut sys::cmd_parms) -> *const c_char,
    ) -> String {
        let mut cmd = fake.cmd(&raw const row.0, c"the args", &[]);
        // SAFETY: the answer is null or a text in the fake's pool.
        let answer = unsafe { text::borrow_str(call(row.0.func, &raw mut cmd)) };
        answer.unwrap_or("ok").to_owned()
    }

    fn set_word(fake: &Fake, word: &'static CStr) -> String {
        // SAFETY: httpd's contract: the row's form, its own slot.
        call(fake, &WORD, |func, cmd| unsafe {
            func.take1.unwrap()(cmd, fake.dir_slot(), word.as_ptr())
        })
    }

    #[test]
    fn a_word_reaches_its_configuration() {
        let fake = Fake::new().configured(c"/");
        assert_eq!(
            (set_word(&fake, c"a"), set_word(&fake, c"args")),
            ("ok".to_owned(), "ok".to_owned())
        );
        assert_eq!(
            fake.request().dir_config::<Dir>().unwrap().words,
            ["a", "the args"]
        );
    }

    #[test]
    fn an_error_names_the_directive() {
        let fake = Fake::new().configured(c"/");
        assert_eq!(set_word(&fake, c"refused"), "PythonX: is not allowed here");
        assert_eq!(set_word(&fake, c"\xff"), "PythonX: the argument is not UTF-8");
        assert!(set_word(&fake, c"panics").starts_with("PythonX: a defect of the module: asked to"));
        assert_eq!(
            set_word(&Fake::new(), c"a"),
            "PythonX: there is no configuration of this module here"
        );
    }

    #[test]
    fn one_or_two_words_for_the_server() {
        for (second, expected) in [(c"b".as_ptr(), "ab"), (ptr::null(), "a-")] {
            let fake = Fake::new().configured(c"/");
            // SAFETY: httpd's contract: the row's form.
            let said = call(&fake, &PAIR, |func, cmd| unsafe {
                func.take2.unwrap()(cmd, ptr::null_mut(), c"a".as_ptr(), second)
            });
            let word = fake.server().config::<Srv>().unwrap().word.as_deref();
            assert_eq!((said.as_str(), word), ("ok", Some(expected)));
        }
    }

    #[test]
    fn a_switch_and_many_words() {
        let fake = Fake::new().configured(c"/");
        let words = [c"a".as_ptr().cast_mut(), c"b".as_ptr().cast_mut()];
        // SAFETY: httpd's contract: the rows' forms, our own slot.
        unsafe {
            call(&fake, &SWITCH, |func, cmd| {
                func.flag.unwrap()(cmd, fake.dir_slot(), 1)
            });
            call(&fake, &EVERY, |func, cmd| {
                func.take_argv.unwrap()(cmd, fake.dir_slot(), 2, words.as_ptr())
            });
        }
        let dir = fake.request().dir_config::<Dir>().unwrap();
        assert_eq!(
            (dir.flag, dir.words.as_slice()),
            (Some(true), ["a".to_owned(), "b".to_owned()].as_slice())
        );
    }

    #[test]
    fn a_directive_knows_where_it_stands() {
        let fake = Fake::new();
        let around: [(&CStr, &CStr); 2] = [(c"<Files", c"*.py>"), (c"<DirectoryMatch", c"\"^/srv\">")];
        let mut cmd = fake.cmd(&raw const WORD.0, c"a b", &around);
        // SAFETY: lives to the end of the test.
        let cx = unsafe { DirectiveCx::from_ptr(&raw mut cmd) };
        assert_eq!(
            (cx.name(), cx.args(), cx.place()),
            ("PythonX", "a b", ("x.conf", 7))
        );
        let sections: Vec<_> = cx
            .sections()
            .map(|s| (s.is("Files"), s.is_regex(), s.pattern()))
            .collect();
        assert_eq!(sections, [(true, false, "*.py"), (false, true, "^/srv")]);
        assert!(!cx.in_section() && cx.htaccess_dir().is_none());
    }

    #[test]
    fn an_htaccess_file_is_known_by_its_one_pool() {
        let fake = Fake::new();
        let mut cmd = fake.cmd(&raw const WORD.0, c"", &[]);
        cmd.pool = cmd.temp_pool;
        // SAFETY: lives to the end of the test.
        let cx = unsafe { DirectiveCx::from_ptr(&raw mut cmd) };
        assert_eq!(cx.htaccess_dir(), Some(std::path::Path::new("")));
    }

    #[test]
    fn only_a_whole_table_is_taken() {
        assert!(is_ended(&[END]) && !is_ended(&[]));
        assert!(!is_ended(&[take1(c"PythonX", word, Context::ANYWHERE, c"")]));
    }
}
