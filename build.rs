//! Hands the interpreter's and httpd's versions to the crate as cfgs, and says how the `.so` is linked.

fn main() {
    pyo3_build_config::use_pyo3_cfgs();
    println!("cargo:rerun-if-changed=build.rs");
    // httpd unloads and reloads its modules at each restart; the module and the libpython it needs stay.
    println!("cargo:rustc-link-arg-cdylib=-Wl,-z,nodelete");
    // A libpython outside the loader's own directories is found again at run time.
    if let Some(dir) = pyo3_build_config::get().lib_dir() {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{dir}");
    }
}
