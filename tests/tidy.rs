//! Reads the sources and holds the rules that no compiler knows: floors, fences, heads and sizes.
//!
//! Runs as an ordinary test and needs nothing but the files. Each rule is one function; what it finds says what to do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Folder (or file) of `src/`, its floor, and its column where it has one. Whatever is on floor 0 is for all.
const FLOORS: &[(&str, u8, &str)] = &[
    ("boundary", 0, ""),
    ("metrics", 0, ""),
    ("psp", 0, ""),
    ("apr", 1, "httpd"),
    ("httpd", 2, "httpd"),
    ("py", 2, "python"),
    ("config", 3, "httpd"),
    ("interp", 3, "python"),
    ("objects", 4, ""),
    ("gateway", 5, ""),
    ("status", 5, ""),
    ("hooks", 6, ""),
];

/// Names that only some folders may write.
const FENCES: &[(&str, &[&str])] = &[
    ("apache2_sys", &["apr", "httpd"]),
    ("pyo3_ffi", &["py", "interp", "objects"]),
    ("unsafe", UNSAFE),
];
const UNSAFE: &[&str] = &["apr", "httpd", "py", "interp", "objects"];

const MOST_LINES: usize = 600;
/// Tables may be longer: a row per directive, constant or number.
const TABLES: &[&str] = &[
    "src/config/directives.rs",
    "src/objects/constants.rs",
    "src/httpd/log_number.rs",
];

struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The part of `src/` this file belongs to; the crate's root is a part of its own.
    fn part(&self) -> &str {
        let inside = self.path.trim_start_matches("src/");
        inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
    }

    /// Code outside comments and tests, each line with its place.
    fn code(&self) -> impl Iterator<Item = (String, &str)> {
        let code = self.text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
        let code = (1..)
            .zip(code)
            .filter(|(_, line)| !line.trim_start().starts_with("//"));
        code.map(|(number, line)| (format!("{}:{number}", self.path), line))
    }
}

fn read(folder: &str, extension: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    for entry in entries.into_iter().flatten().flatten() {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(read(&path, extension));
        } else if path.ends_with(extension) {
            found.push(Source {
                text: fs::read_to_string(entry.path()).unwrap_or_default(),
                path,
            });
        }
    }
    found
}

fn rust() -> Vec<Source> {
    ["src", "ffi/src", "ffi/build", "ffi/tests", "tests", "perf"]
        .iter()
        .flat_map(|f| read(f, ".rs"))
        .collect()
}

/// What follows `word` in `line`, wherever it stands alone.
fn after<'a>(line: &'a str, word: &str) -> impl Iterator<Item = &'a str> {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    let places = line
        .match_indices(word)
        .map(|(at, _)| (&line[..at], &line[at + word.len()..]));
    places
        .filter(move |(left, right)| !left.ends_with(joins) && !right.starts_with(joins))
        .map(|(_, right)| right)
}

fn hold(rule: &str, mut broken: Vec<String>) {
    broken.sort();
    assert!(broken.is_empty(), "{rule}\n  {}\n", broken.join("\n  "));
}

/// Why `from` may not name `to`, if it may not.
fn crosses(from: &str, to: &str) -> Option<String> {
    let floor = |part: &str| FLOORS.iter().find(|row| row.0 == part);
    let (Some((_, height, column)), Some((_, depth, other))) = (floor(from), floor(to)) else {
        return None;
    };
    let up = *depth > 0 && depth >= height;
    let across = !column.is_empty() && !other.is_empty() && column != other;
    (from != to && (up || across)).then(|| format!("{from} (floor {height}) names {to} (floor {depth})"))
}

#[test]
fn every_part_has_a_floor() {
    let known = |source: &Source| source.part() == "lib" || FLOORS.iter().any(|row| row.0 == source.part());
    let broken = read("src", ".rs")
        .into_iter()
        .filter(|source| !known(source))
        .map(|source| source.path)
        .collect();
    hold(
        "Give these a row in FLOORS (tests/tidy.rs) and in ARCHITECTURE.md.",
        broken,
    );
}

#[test]
fn imports_go_down_only() {
    let mut broken = Vec::new();
    for source in read("src", ".rs") {
        for (place, line) in source.code() {
            let named = after(line, "crate").filter_map(|rest| rest.strip_prefix("::"));
            let parts =
                named.filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next());
            broken.extend(
                parts
                    .filter_map(|to| crosses(source.part(), to))
                    .map(|why| format!("{place}: {why}")),
            );
        }
    }
    hold(
        "Imports go down; the httpd and the Python column do not know each other. Pass a function in.",
        broken,
    );
}

#[test]
fn fenced_names_stay_in_their_folders() {
    let mut broken = Vec::new();
    for source in read("src", ".rs") {
        for (name, inside) in FENCES
            .iter()
            .filter(|(_, inside)| !inside.contains(&source.part()))
        {
            let lines = source
                .code()
                .filter(|(_, line)| after(line, name).next().is_some());
            broken.extend(lines.map(|(place, _)| format!("{place}: {name} only in {inside:?}")));
        }
    }
    hold(
        "Raw names stay behind the safe layers. Give the layer below a safe function.",
        broken,
    );
}

#[test]
fn parts_without_unsafe_say_so() {
    let head = |s: &Source| !UNSAFE.contains(&s.part()) && s.path == format!("src/{}/mod.rs", s.part());
    let silent = |s: &Source| head(s) && !s.text.contains("#![deny(unsafe_code)]");
    let broken = read("src", ".rs")
        .into_iter()
        .filter(silent)
        .map(|source| source.path)
        .collect();
    hold("Put #![deny(unsafe_code)] below the head of these files.", broken);
}

/// Let chains came with Rust 1.88; a newer compiler does not tell, and no lint does.
#[test]
fn the_oldest_compiler_understands_every_line() {
    let chained = |line: &str| after(line, "&&").any(|rest| rest.trim_start().starts_with("let "));
    let mut broken = Vec::new();
    for source in read("src", ".rs") {
        let lines = source.code().filter(|(_, line)| chained(line));
        broken.extend(lines.map(|(place, _)| place));
    }
    hold("Write these without `&& let`: Rust 1.85 refuses it.", broken);
}

#[test]
fn files_open_with_their_purpose() {
    let broken = rust()
        .into_iter()
        .filter(|s| !s.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    hold(
        "A file opens with //!: what it owns, on which thread and in which phase, what it must never do.",
        broken,
    );
}

#[test]
fn files_stay_small() {
    let lines = |s: &Source| s.code().filter(|(_, line)| !line.trim().is_empty()).count();
    let long = |s: &&Source| lines(s) > MOST_LINES && !TABLES.contains(&&*s.path);
    let broken = rust()
        .iter()
        .filter(long)
        .map(|s| format!("{}: {} lines", s.path, lines(s)))
        .collect();
    hold(
        "Split these files by what they own; 150 lines are the aim, 600 the end.",
        broken,
    );
}

#[test]
fn log_numbers_mean_one_thing() {
    let table = read("src/httpd", "log_number.rs").remove(0);
    let rows = table
        .code()
        .filter_map(|(_, line)| line.split_once(" = ")?.1.split_once(", \"")?.0.parse().ok());
    let mut known = BTreeSet::<u16>::new();
    let mut broken: Vec<_> = rows
        .filter(|row| !known.insert(*row))
        .map(|row| format!("MPY{row:04}: twice"))
        .collect();
    for source in read("src", ".rs").into_iter().chain(read("python", ".py")) {
        for (place, line) in source.code() {
            let named = line
                .match_indices("MPY")
                .filter_map(|(at, _)| line.get(at + 3..at + 7)?.parse().ok());
            broken.extend(
                named
                    .filter(|n| !known.contains(n))
                    .map(|n| format!("{place}: MPY{n:04} has no row")),
            );
        }
    }
    hold("Every log number has one row in src/httpd/log_number.rs.", broken);
}

#[test]
fn python_modules_open_with_a_docstring() {
    let opens = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    let silent = |s: &Source| {
        s.text
            .lines()
            .find(opens)
            .is_some_and(|l| !l.trim_start_matches('r').starts_with("\"\"\""))
    };
    let broken = read("python", ".py")
        .into_iter()
        .filter(silent)
        .map(|source| source.path)
        .collect();
    hold("A Python module opens with a docstring: what it is for.", broken);
}

#[test]
fn python_has_one_door_to_the_native_module() {
    let forms = ["import _apache", "from _apache ", "from . import _apache"];
    let inside = |s: &Source| s.path.ends_with("/_native.py");
    let imports = |s: &Source| {
        s.text
            .lines()
            .any(|line| forms.iter().any(|form| line.trim().starts_with(form)))
    };
    let broken = read("python/mod_python", ".py")
        .into_iter()
        .filter(|s| !inside(s) && imports(s));
    hold(
        "Only python/mod_python/_native.py imports _apache; import from there.",
        broken.map(|s| s.path).collect(),
    );
}
