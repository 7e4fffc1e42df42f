//! THE table of directives: one row each, and the small function that takes its argument.
//!
//! Owns: what a line of the configuration changes. Runs in the parent while the configuration is read, and on request
//! threads for `.htaccess`. Must never accept what it does not understand: httpd shows the error with file and line.
//! The page for administrators is `docs/directives.md`.

use std::ffi::CString;
use std::path::PathBuf;

use super::dir::DirConfig;
use super::directory::Directory;
use super::entry::HandlerEntry;
use super::filters::filter_function;
use super::handlers::{self, is_content_handler};
use super::interpreter;
use super::name::Name;
use super::phase::Phase;
use super::server::{Import, ServerConfig};
use super::settings::Flag;
use crate::httpd::Direction;
use crate::httpd::directive::{
    Command, Context, DirectiveCx, DirectiveResult, END, flag, iterate, iterate2, raw_args, take_argv, take1,
    take2, take12,
};
use crate::httpd::filter;
use crate::httpd::process::is_linked;

/// The row of a phase: its directive lists handlers.
macro_rules! phase {
    ($phase:ident, $directive:literal) => {
        raw_args(
            $directive,
            |cx: &DirectiveCx<'_>, dir: &mut DirConfig, line: &str| {
                add_handlers(Phase::$phase, cx, dir, line)
            },
            Phase::$phase.row().context,
            c"handlers of this phase: module[::object] ... [| .ext ...]",
        )
    };
}

/// The row of a direction: its directive names filters.
macro_rules! filter {
    ($direction:ident, $directive:literal) => {
        take12(
            $directive,
            |cx: &DirectiveCx<'_>, dir: &mut DirConfig, word: &str, name: Option<&str>| {
                add_filter(Direction::$direction, cx, dir, word, name)
            },
            Context::SECTIONS,
            c"a filter, module[::object], and its name for Set- and Add*Filter",
        )
    };
}

/// The row of a flag.
macro_rules! switch {
    ($flag:ident, $directive:literal, $help:literal) => {
        flag(
            $directive,
            |_: &DirectiveCx<'_>, dir: &mut DirConfig, on| switch(Flag::$flag, dir, on),
            ANYWHERE,
            $help,
        )
    };
}

const SERVER: Context = Context::SERVER;
const ANYWHERE: Context = Context::ANYWHERE;

/// Every directive of the module, as httpd's command table.
#[rustfmt::skip]
pub static COMMANDS: &[Command] = &[
    phase!(PostReadRequest, c"PythonPostReadRequestHandler"),
    phase!(Trans, c"PythonTransHandler"),
    phase!(HeaderParser, c"PythonHeaderParserHandler"),
    phase!(Init, c"PythonInitHandler"),
    phase!(Access, c"PythonAccessHandler"),
    phase!(Authen, c"PythonAuthenHandler"),
    phase!(Authz, c"PythonAuthzHandler"),
    phase!(Type, c"PythonTypeHandler"),
    phase!(Fixup, c"PythonFixupHandler"),
    phase!(Handler, c"PythonHandler"),
    phase!(Log, c"PythonLogHandler"),
    phase!(Cleanup, c"PythonCleanupHandler"),
    phase!(Connection, c"PythonConnectionHandler"),
    phase!(AuthBasic, c"PythonAuthBasicProvider"),
    phase!(AuthDigest, c"PythonAuthDigestProvider"),
    raw_args(c"PythonHandlerModule", add_modules, ANYWHERE, c"modules with handlers of any phase: module ... [| .ext ...]"),

    take_argv(c"PythonWSGIAlias", add_mount, SERVER, c"a URL path, module[:callable] or the path of a file, and interpreter=name"),

    filter!(Input, c"PythonInputFilter"),
    filter!(Output, c"PythonOutputFilter"),

    take1(c"PythonInterpreter", set_interpreter, ANYWHERE, c"the name of the interpreter that serves these requests"),
    switch!(InterpPerDirectory, c"PythonInterpPerDirectory", c"whether each directory of files has an interpreter of its own"),
    switch!(InterpPerDirective, c"PythonInterpPerDirective", c"whether each section with handlers has an interpreter of its own"),
    take_argv(c"PythonInterpreterOptions", add_interpreter_options, SERVER, c"an interpreter name, or *, and key=value ..."),

    take1(c"PythonPath", set_python_path, ANYWHERE, c"a Python expression whose value becomes sys.path"),
    take12(c"PythonOption", set_option, ANYWHERE, c"a key and its value; without a value the key is taken away"),
    switch!(Debug, c"PythonDebug", c"whether errors of handlers are shown in the browser"),
    switch!(AutoReload, c"PythonAutoReload", c"whether changed modules are loaded again"),
    switch!(EnablePdb, c"PythonEnablePdb", c"whether handlers run under pdb in `httpd -X`"),

    take2(c"PythonImport", add_import, SERVER, c"module[::function] and the interpreter that imports it at child start"),
    flag(c"PythonOptimize", set_optimize, SERVER, c"whether Python compiles without assertions and docstrings"),
    iterate(c"PythonWarmUp", add_warm_up, SERVER, c"modules that the main interpreter imports at child start"),
    take1(c"PythonHome", set_home, SERVER, c"the Python installation or virtual environment of the process"),

    iterate2(c"AddHandler", add_handler, Context::FILE_INFO, c"read beside mod_mime, whose directive it is"),
    iterate(c"RemoveHandler", remove_handler, Context::FILE_INFO, c"read beside mod_mime, whose directive it is"),
    END,
];

fn add_handlers(phase: Phase, cx: &DirectiveCx<'_>, dir: &mut DirConfig, line: &str) -> DirectiveResult {
    let directory = Directory::around(cx.sections(), cx.htaccess_dir())?;
    handlers::parse_line(dir.set_handlers(), phase, line, &directory)
}

/// What nobody outside could have said otherwise is not noted: sections without Python stay without a map.
fn add_handler(cx: &DirectiveCx<'_>, dir: &mut DirConfig, handler: &str, extension: &str) -> DirectiveResult {
    let ours = is_content_handler(handler.to_ascii_lowercase().as_bytes());
    if ours || cx.in_section() || cx.htaccess_dir().is_some() || cx.server().is_virtual() {
        dir.set_handlers().extensions().set(extension, ours);
    }
    of_mod_mime()
}

fn remove_handler(_: &DirectiveCx<'_>, dir: &mut DirConfig, extension: &str) -> DirectiveResult {
    dir.set_handlers().extensions().set(extension, false);
    of_mod_mime()
}

/// Without mod_mime the directive would be unknown.
fn of_mod_mime() -> DirectiveResult {
    if is_linked(c"mod_mime.c") {
        Ok(())
    } else {
        Err("this directive belongs to mod_mime, which is not loaded".to_owned())
    }
}

fn add_modules(cx: &DirectiveCx<'_>, dir: &mut DirConfig, line: &str) -> DirectiveResult {
    let directory = Directory::around(cx.sections(), cx.htaccess_dir())?;
    handlers::parse_modules(dir.set_handlers(), line, &directory)
}

fn add_mount(cx: &DirectiveCx<'_>, server: &mut ServerConfig, words: &[&str]) -> DirectiveResult {
    let resolve = |path: &str| cx.server_root_relative(path);
    server.mounts.add(words, &resolve)
}

/// Name a filter, here and to httpd.
fn add_filter(
    direction: Direction,
    cx: &DirectiveCx<'_>,
    dir: &mut DirConfig,
    word: &str,
    name: Option<&str>,
) -> DirectiveResult {
    let directory = Directory::around(cx.sections(), cx.htaccess_dir())?;
    let entry = HandlerEntry::parse(word, filter_function(direction), &directory, false)?;
    let name = name.unwrap_or(word);
    let known = CString::new(name).map_err(|_| format!("'{name}' is no name"))?;
    filter::register(direction, &known);
    dir.set_filters().put(direction, name, entry);
    Ok(())
}

fn switch(flag: Flag, dir: &mut DirConfig, on: bool) -> DirectiveResult {
    dir.set().switch(flag, on);
    Ok(())
}

fn set_interpreter(_: &DirectiveCx<'_>, dir: &mut DirConfig, name: &str) -> DirectiveResult {
    dir.set().interpreter = Some(interpreter_name(name)?);
    Ok(())
}

fn set_python_path(_: &DirectiveCx<'_>, dir: &mut DirConfig, expression: &str) -> DirectiveResult {
    dir.set().python_path = Some(expression.into());
    Ok(())
}

fn set_option(_: &DirectiveCx<'_>, dir: &mut DirConfig, key: &str, value: Option<&str>) -> DirectiveResult {
    dir.set_options().set(key, value.unwrap_or_default());
    Ok(())
}

fn add_import(_: &DirectiveCx<'_>, server: &mut ServerConfig, word: &str, name: &str) -> DirectiveResult {
    if word.split("::").any(str::is_empty) {
        return Err(format!(
            "'{word}' is no import; it is written module or module::function"
        ));
    }
    server.imports.push(Import {
        word: word.into(),
        interpreter: interpreter_name(name)?,
    });
    Ok(())
}

fn add_interpreter_options(
    cx: &DirectiveCx<'_>,
    server: &mut ServerConfig,
    words: &[&str],
) -> DirectiveResult {
    let resolve = |path: &str| {
        cx.server_root_relative(path)
            .unwrap_or_else(|_| PathBuf::from(path))
    };
    server.interpreters.push(interpreter::parse(words, &resolve)?);
    Ok(())
}

fn set_optimize(_: &DirectiveCx<'_>, server: &mut ServerConfig, on: bool) -> DirectiveResult {
    server.optimize = Some(on);
    Ok(())
}

fn add_warm_up(_: &DirectiveCx<'_>, server: &mut ServerConfig, module: &str) -> DirectiveResult {
    server.warm_up.push(module.to_owned());
    Ok(())
}

fn set_home(cx: &DirectiveCx<'_>, server: &mut ServerConfig, dir: &str) -> DirectiveResult {
    if cx.server().is_virtual() {
        return Err("is for the whole process and stands outside of <VirtualHost>".to_owned());
    }
    let dir = cx.server_root_relative(dir)?;
    if !dir.is_dir() {
        return Err(format!("{} is no directory", dir.display()));
    }
    server.home = Some(dir);
    Ok(())
}

fn interpreter_name(text: &str) -> Result<Name, String> {
    match text {
        "" | "*" => Err(format!(
            "'{text}' is no interpreter name; it names one interpreter"
        )),
        _ => Ok(Name::intern(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::phase::PHASES;
    use super::super::settings::FLAGS;
    use super::*;

    fn names() -> impl Iterator<Item = &'static str> {
        COMMANDS.iter().filter_map(Command::name)
    }

    #[test]
    fn every_phase_has_its_directive_and_no_other_is_a_handler() {
        let handlers: Vec<_> = names()
            .filter(|name| name.starts_with("Python"))
            .filter(|name| name.ends_with("Handler") || name.ends_with("Provider"))
            .collect();
        let phases: Vec<_> = PHASES.iter().map(|row| row.directive).collect();
        assert_eq!(handlers, phases);
    }

    #[test]
    fn every_flag_has_its_directive() {
        assert!(FLAGS.iter().all(|row| names().any(|name| name == row.directive)));
    }

    #[test]
    fn the_page_for_administrators_has_every_directive() {
        let page = include_str!("../../docs/directives.md");
        for name in names() {
            assert!(
                page.contains(&format!("\n## {name}\n")),
                "docs/directives.md lacks {name}"
            );
        }
    }
}
