//! Finds the installed httpd and APR, binds their headers, and tells dependents which httpd it was.
//!
//! Runs at build time only. Asks `apxs` (or `$APXS`) and the `apr-1-config` it names; never guesses paths.
//! Exports `DEP_APACHE2_{MMN,VERSION,INCLUDES,BINDINGS,APR_LIBS}` to the build scripts of dependents.
#![allow(clippy::print_stdout, reason = "a build script talks to cargo by printing")]
#![allow(
    clippy::disallowed_methods,
    reason = "a failed build script exits; no httpd is near"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::{env, fs, panic};

const WRAPPER: &str = "build/wrapper.h";
const MISSING: &str = "\
Debian, Ubuntu: apt-get install apache2-dev libclang-dev
Fedora, RHEL:   dnf install httpd-devel apr-devel apr-util-devel clang-devel
elsewhere:      set APXS=/path/to/apxs of the httpd to build for";

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-env-changed=APXS");
    // bindgen panics where libclang is missing; its text says so.
    panic::set_hook(Box::new(|info| explain(&info.to_string())));
    let httpd = Httpd::find();
    let bindings = bind(&httpd.flags);
    let out = out_dir().join("bindings.rs");
    or_stop(fs::write(&out, &bindings), "write the bindings");
    httpd.export(&bindings, &out);
}

/// What `apxs` and the configuration scripts of APR say.
struct Httpd {
    flags: Vec<String>,
    apr_libs: String,
}

impl Httpd {
    fn find() -> Self {
        let apxs = apxs();
        let ask = |name| run(&apxs, &["-q", name]);
        let (apr, apu) = (ask("APR_CONFIG"), ask("APU_CONFIG"));
        let text = [
            format!("-I{}", ask("INCLUDEDIR")),
            run(&apr, &["--includes", "--cppflags"]),
            run(&apu, &["--includes"]),
        ]
        .join(" ");
        let flags = words(&text);
        let apr_libs = [run(&apu, &["--link-ld"]), run(&apr, &["--link-ld"])].join(" ");
        require_header("httpd.h", &flags);
        require_header("apr.h", &flags);
        Self { flags, apr_libs }
    }

    fn export(&self, bindings: &str, out: &Path) {
        let constant = |name| constant(bindings, name);
        let major = constant("MODULE_MAGIC_NUMBER_MAJOR");
        if major != "20120211" {
            stop(&format!(
                "these headers are not httpd 2.4's (their module magic number is {major})"
            ));
        }
        let version = ["MAJORVERSION", "MINORVERSION", "PATCHLEVEL"]
            .map(|part| self::constant(bindings, &format!("AP_SERVER_{part}_NUMBER")));
        println!(
            "cargo::metadata=MMN={major}:{}",
            constant("MODULE_MAGIC_NUMBER_MINOR")
        );
        println!("cargo::metadata=VERSION={}", version.join("."));
        println!("cargo::metadata=INCLUDES={}", self.flags.join(" "));
        println!("cargo::metadata=APR_LIBS={}", self.apr_libs);
        println!("cargo::metadata=BINDINGS={}", out.display());
    }
}

fn bind(flags: &[String]) -> String {
    let built = bindgen::builder()
        .header(WRAPPER)
        .clang_args(flags)
        .allowlist_function("(ap|apr)_.*")
        .allowlist_type(
            "(ap|apr|APR|authn|authz)_.*|(include|request|conn|server|process|command|cmd)_.*|module(_struct)?",
        )
        .allowlist_var("(AP|APR|APLOG|HTTP|M|MODULE|OR|REMOTE|RSRC|ACCESS|EXEC|PROXYREQ|REQUEST|SSI)_.*")
        .allowlist_var("(ap|apr)_.*|OK|DECLINED|DONE|SUSPENDED|APLOG.*|DEFAULT_.*|ENABLE_.*")
        // Ported in src/macros.rs, as httpd's headers replace these functions by macros.
        .blocklist_function("ap_[gs]et_module_config|ap_get_(server|conn|request)_module_loglevel")
        .default_macro_constant_type(bindgen::MacroTypeVariation::Signed)
        .default_enum_style(bindgen::EnumVariation::Consts)
        .prepend_enum_name(false)
        .merge_extern_blocks(true)
        .wrap_unsafe_ops(true)
        .use_core()
        .rust_edition(bindgen::RustEdition::Edition2024)
        .generate_comments(false)
        // Not rustfmt: it may be missing, and `constant` reads the text line by line.
        .formatter(bindgen::Formatter::Prettyplease)
        .generate();
    or_stop(
        built,
        "bind the headers (is libclang installed, with its own headers?)",
    )
    .to_string()
}

fn apxs() -> String {
    if let Ok(path) = env::var("APXS") {
        return path;
    }
    let found = ["apxs", "apxs2"]
        .into_iter()
        .find(|name| output(name, &["-q", "INCLUDEDIR"]).is_some());
    found
        .unwrap_or_else(|| stop("neither apxs nor apxs2 is on the PATH"))
        .to_owned()
}

fn require_header(name: &str, flags: &[String]) {
    let dirs = flags.iter().filter_map(|flag| flag.strip_prefix("-I"));
    if !dirs.map(Path::new).any(|dir| dir.join(name).is_file()) {
        stop(&format!(
            "apxs works, but its header {name} is not installed (looked in {})",
            flags.join(" ")
        ));
    }
}

/// The value of `pub const NAME: T = value;` in the bindings.
fn constant(bindings: &str, name: &str) -> String {
    let start = format!("pub const {name}:");
    let line = bindings.lines().find(|line| line.starts_with(&start));
    let value = line
        .and_then(|line| line.split('=').nth(1))
        .map(|v| v.trim().trim_end_matches(';'));
    value
        .unwrap_or_else(|| stop(&format!("the headers do not define {name}")))
        .to_owned()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn run(program: &str, args: &[&str]) -> String {
    output(program, args).unwrap_or_else(|| stop(&format!("`{program} {}` failed", args.join(" "))))
}

fn output(program: &str, args: &[&str]) -> Option<String> {
    let out = Command::new(program)
        .args(args)
        .output()
        .ok()
        .filter(|out| out.status.success())?;
    Some(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

fn out_dir() -> PathBuf {
    env::var_os("OUT_DIR").map_or_else(|| stop("cargo did not set OUT_DIR"), PathBuf::from)
}

fn or_stop<T, E: std::fmt::Display>(result: Result<T, E>, what: &str) -> T {
    result.unwrap_or_else(|error| stop(&format!("cannot {what}: {error}")))
}

/// Ends the build with one readable message instead of a backtrace.
fn stop(why: &str) -> ! {
    explain(why);
    exit(1)
}

fn explain(why: &str) {
    for line in format!("{why}\n{MISSING}").lines() {
        println!("cargo::error={line}");
    }
}
