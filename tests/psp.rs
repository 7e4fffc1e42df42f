//! Whole pages: `tests/psp/<page>.psp` gives `<page>.code`, line for line.
//!
//! With `BLESS=1` in the environment the present code becomes the expected one; look at the difference before it lands.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that meets an error has failed"
)]

extern crate apache2_stubs as _;

use std::fs;
use std::path::{Path, PathBuf};

use mod_python::psp::{LINE_BITS, Options, Translation, translate_file};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/psp")
}

fn pages() -> Vec<PathBuf> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|e| e == "psp"))
        .collect()
}

fn translated(page: &Path) -> Translation {
    translate_file(page, &folder(), Options::default(), &mut |path| fs::read(path)).unwrap()
}

#[test]
fn pages_give_the_code_beside_them() {
    assert!(pages().len() >= 6);
    for page in pages() {
        let (code, expected) = (translated(&page).code, page.with_extension("code"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &code).unwrap();
        }
        assert_eq!(
            code,
            fs::read_to_string(&expected).unwrap(),
            "{}",
            expected.display()
        );
    }
}

/// Code that is copied is found again in the line that its place names.
#[test]
fn places_lead_back_to_the_source() {
    for page in pages() {
        let Translation { code, places, files } = translated(&page);
        for (line, place) in code.lines().zip(places) {
            let file = fs::read_to_string(&files[(place >> LINE_BITS) as usize]).unwrap();
            let source = file.lines().nth((place as usize & ((1 << LINE_BITS) - 1)) - 1);
            let copied = line.trim();
            let made = copied.contains("\"\"\"") || copied.ends_with('\\');
            if !copied.is_empty() && !made {
                let source = source.unwrap_or_else(|| panic!("{line:?} of {}", page.display()));
                assert!(
                    source.contains(&copied.replace("\\\"", "\"").replace("\\\\", "\\")),
                    "{line:?} is not in {source:?}"
                );
            }
        }
    }
}
