//! What httpd itself provides, as stubs, so that Rust tests link.
//!
//! A test names this crate (`extern crate apache2_stubs as _;`) and runs on the real libapr; a function of httpd
//! aborts and says its name, a variable of httpd is zero. Must never be linked into the module itself.

use std::io::Write as _;
use std::sync::atomic::AtomicU64;

macro_rules! function {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        extern "C" fn $name() -> ! {
            missing(stringify!($name))
        }
    };
}

macro_rules! data {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        static $name: [AtomicU64; SIZE] = [const { AtomicU64::new(0) }; SIZE];
    };
}

include!(concat!(env!("OUT_DIR"), "/stubs.rs"));

/// As large as httpd's largest variable (a path of `MAX_STRING_LEN`).
const SIZE: usize = 1024;

fn missing(name: &str) -> ! {
    let _ = writeln!(
        std::io::stderr(),
        "{name} was called, but there is no httpd in this process"
    );
    std::process::abort()
}
