//! Writes one aborting stub per `ap_*` name that apache2-sys declares, compiles the macros, and links the real APR.
//!
//! The list is read from the bindings themselves, so it is never maintained by hand.
#![allow(clippy::print_stdout, reason = "a build script talks to cargo by printing")]

use std::path::Path;
use std::{env, fs};

const MACROS: &str = "../tests/macros.c";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bindings = env::var("DEP_APACHE2_BINDINGS")?;
    println!("cargo::rerun-if-changed={bindings}");
    let stubs: String = fs::read_to_string(bindings)?.lines().filter_map(stub).collect();
    fs::write(Path::new(&env::var("OUT_DIR")?).join("stubs.rs"), stubs)?;
    compile_macros(&env::var("DEP_APACHE2_INCLUDES")?);
    for flag in env::var("DEP_APACHE2_APR_LIBS")?.split_whitespace() {
        link(flag);
    }
    Ok(())
}

/// The stub for one line of the bindings that declares something of httpd's own.
fn stub(line: &str) -> Option<String> {
    let line = line.trim_start();
    if let Some(name) = line.strip_prefix("pub fn ").and_then(ap_name) {
        return Some(format!("function!({name});\n"));
    }
    let data = line
        .strip_prefix("pub static ")
        .map(|rest| rest.strip_prefix("mut ").unwrap_or(rest));
    data.and_then(ap_name).map(|name| format!("data!({name});\n"))
}

fn ap_name(rest: &str) -> Option<&str> {
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    rest.get(..end).filter(|name| name.starts_with("ap_"))
}

/// The C compiler's reading of the macros, which the tests of apache2-sys compare with the ported ones.
fn compile_macros(flags: &str) {
    println!("cargo::rerun-if-changed={MACROS}");
    let mut build = cc::Build::new();
    flags
        .split_whitespace()
        .fold(build.file(MACROS), |build, flag| build.flag(flag))
        .compile("apache2-macros");
}

fn link(flag: &str) {
    if let Some(lib) = flag.strip_prefix("-l") {
        println!("cargo::rustc-link-lib=dylib={lib}");
    } else if let Some(dir) = flag.strip_prefix("-L") {
        println!("cargo::rustc-link-search=native={dir}");
    }
}
