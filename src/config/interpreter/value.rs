//! The kinds of value that a `key=value` of `PythonInterpreterOptions` may have.
//!
//! Owns: text → value, nothing else. Pure but for [`virtualenv`] and [`directories`], which look at the file system.
//! Runs at configuration time in the parent. Must never guess: what is not understood is refused.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a value is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not among what the key allows.
    NotAllowed,
    /// It is, but it does not fit what is found here.
    Because(String),
}

/// What a parser of this file gives.
pub(super) type Parsed<T> = Result<T, Refusal>;

/// The units of a TIME, in microseconds; a number alone counts seconds, as in httpd.
const UNITS: [(&str, u64); 5] = [
    ("us", 1),
    ("ms", 1_000),
    ("s", 1_000_000),
    ("min", 60_000_000),
    ("", 1_000_000),
];

/// `yes` or `no`.
pub(super) fn yes_or_no(text: &str) -> Parsed<bool> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(Refusal::NotAllowed),
    }
}

/// A whole number within `allowed`.
pub(super) fn count(text: &str, allowed: RangeInclusive<usize>) -> Parsed<NonZeroUsize> {
    let number: NonZeroUsize = text.parse().map_err(|_| Refusal::NotAllowed)?;
    if allowed.contains(&number.get()) {
        Ok(number)
    } else {
        Err(Refusal::NotAllowed)
    }
}

/// A number with a unit, within `allowed`.
pub(super) fn time(text: &str, allowed: RangeInclusive<Duration>) -> Parsed<Duration> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let (_, factor) = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .ok_or(Refusal::NotAllowed)?;
    let micros = number
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(*factor))
        .ok_or(Refusal::NotAllowed)?;
    let time = Duration::from_micros(micros);
    if allowed.contains(&time) {
        Ok(time)
    } else {
        Err(Refusal::NotAllowed)
    }
}

/// `NAME=VALUE` of an environment variable; the value may be empty.
pub(super) fn variable(text: &str) -> Parsed<(String, String)> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Refusal::NotAllowed),
    }
}

/// An existing virtual environment.
pub(super) fn virtualenv(dir: PathBuf) -> Parsed<PathBuf> {
    if dir.join("pyvenv.cfg").is_file() {
        return Ok(dir);
    }
    let missing = if dir.is_dir() {
        "has no pyvenv.cfg"
    } else {
        "is no directory"
    };
    Err(Refusal::Because(format!(
        "{} {missing}; python3 -m venv DIR makes a virtual environment",
        dir.display()
    )))
}

/// Existing, readable directories, written as `DIR[:DIR]`.
pub(super) fn directories(text: &str, resolve: &dyn Fn(&str) -> PathBuf) -> Parsed<Vec<PathBuf>> {
    text.split(':')
        .map(|dir| {
            if dir.is_empty() {
                Err(Refusal::NotAllowed)
            } else {
                readable(resolve(dir))
            }
        })
        .collect()
}

fn readable(dir: PathBuf) -> Parsed<PathBuf> {
    match Path::read_dir(&dir) {
        Ok(_) => Ok(dir),
        Err(error) => Err(Refusal::Because(format!("{}: {error}", dir.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: RangeInclusive<Duration> = Duration::ZERO..=Duration::MAX;

    #[test]
    fn times_have_httpds_units() {
        for (text, micros) in [
            ("7us", 7),
            ("2ms", 2_000),
            ("3s", 3_000_000),
            ("1min", 60_000_000),
            ("4", 4_000_000),
        ] {
            assert_eq!(time(text, ANY), Ok(Duration::from_micros(micros)), "{text}");
        }
        for text in [
            "",
            "s",
            "1x",
            "-1s",
            "1.5s",
            "99999999999999999999",
            "18446744073709551615min",
        ] {
            assert_eq!(time(text, ANY), Err(Refusal::NotAllowed), "{text}");
        }
        assert_eq!(
            time("2s", ANY.start().to_owned()..=Duration::from_secs(1)),
            Err(Refusal::NotAllowed)
        );
    }

    #[test]
    fn counts_start_at_one() {
        assert_eq!(count("8", 1..=8).map(NonZeroUsize::get), Ok(8));
        for text in ["0", "9", "-1", "many", ""] {
            assert_eq!(count(text, 1..=8), Err(Refusal::NotAllowed), "{text}");
        }
    }

    #[test]
    fn a_variable_has_a_name() {
        assert_eq!(variable("A=b=c"), Ok(("A".into(), "b=c".into())));
        assert_eq!(variable("A="), Ok(("A".into(), String::new())));
        assert_eq!(variable("A"), Err(Refusal::NotAllowed));
        assert_eq!(variable("=b"), Err(Refusal::NotAllowed));
    }

    #[test]
    fn directories_must_exist() {
        let here = || PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let resolve = |dir: &str| here().join(dir);
        assert_eq!(
            directories("src:tests", &resolve),
            Ok(vec![here().join("src"), here().join("tests")])
        );
        assert_eq!(directories("src:", &resolve), Err(Refusal::NotAllowed));
        assert!(
            matches!(directories("no/such", &resolve), Err(Refusal::Because(text)) if text.contains("no/such"))
        );
        assert!(
            matches!(virtualenv(here()), Err(Refusal::Because(text)) if text.contains("has no pyvenv.cfg"))
        );
    }
}
