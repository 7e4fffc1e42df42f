//! Hands the interpreter's and httpd's versions to the crate as cfgs, and says how the `.so` is linked.
#![allow(clippy::print_stdout, reason = "a build script talks to cargo by printing")]

fn main() {
    pyo3_build_config::use_pyo3_cfgs();
    println!("cargo:rerun-if-changed=build.rs");
    let python = pyo3_build_config::get();
    assert!(
        (python.version().major, python.version().minor) >= (3, 12),
        "mod_python needs Python 3.12 or newer, and {} is {}: set PYO3_PYTHON to another python3, or use script/build",
        python.executable().unwrap_or("the Python found"),
        python.version(),
    );
    // httpd unloads and reloads its modules at each restart; the module and the libpython it needs stay.
    println!("cargo:rustc-link-arg-cdylib=-Wl,-z,nodelete");
    println!("cargo:rustc-env=MOD_PYTHON_PYTHON_VERSION={}", python.version());
    println!(
        "cargo:rustc-env=MOD_PYTHON_EXECUTABLE={}",
        python.executable().unwrap_or_default()
    );
    // A libpython outside the loader's own directories is found again at run time.
    if let Some(dir) = python.lib_dir() {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{dir}");
    }
}
