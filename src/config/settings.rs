//! The directives with one value each: the flags, `PythonInterpreter` and `PythonPath`.
//!
//! Owns: the table of flags, and what `get_config()` shows of a configuration. Pure data; runs on any thread, in any
//! phase. Must never hold a default as a value: unset is `None`, so that an outer section shines through.

use std::sync::Arc;

use super::live::Layer;
use super::name::Name;
use super::options::Options;

/// A directive that is `On` or `Off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is described by its row in FLAGS")]
pub enum Flag {
    Debug,
    AutoReload,
    EnablePdb,
    InterpPerDirective,
    InterpPerDirectory,
}

/// What is fixed about one flag.
#[derive(Debug)]
pub(super) struct FlagRow {
    /// The flag itself.
    flag: Flag,
    /// Its directive.
    pub(super) directive: &'static str,
    /// What holds where nothing is configured.
    default: bool,
}

/// Every flag, in the order of the enum.
pub(super) const FLAGS: [FlagRow; 5] = [
    FlagRow {
        flag: Flag::Debug,
        directive: "PythonDebug",
        default: false,
    },
    FlagRow {
        flag: Flag::AutoReload,
        directive: "PythonAutoReload",
        default: true,
    },
    FlagRow {
        flag: Flag::EnablePdb,
        directive: "PythonEnablePdb",
        default: false,
    },
    FlagRow {
        flag: Flag::InterpPerDirective,
        directive: "PythonInterpPerDirective",
        default: false,
    },
    FlagRow {
        flag: Flag::InterpPerDirectory,
        directive: "PythonInterpPerDirectory",
        default: false,
    },
];

/// The values of one section, or of several laid over each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    flags: [Option<bool>; FLAGS.len()],
    /// `PythonInterpreter`.
    pub interpreter: Option<Name>,
    /// `PythonPath`: the expression as written.
    pub python_path: Option<Arc<str>>,
    extra: Options,
}

impl Settings {
    /// Whether the flag is on, here or by default.
    #[must_use]
    pub fn is(&self, flag: Flag) -> bool {
        self.flags[flag as usize].unwrap_or(FLAGS[flag as usize].default)
    }

    /// Switch a flag.
    pub fn switch(&mut self, flag: Flag, on: bool) {
        self.flags[flag as usize] = Some(on);
    }

    /// What `get_config()` shows: directive and value of everything that was set, flags as `1` and `0`.
    #[must_use]
    pub fn entries(&self) -> Options {
        let mut shown = Options::EMPTY;
        for row in &FLAGS {
            if let Some(on) = self.flags[row.flag as usize] {
                shown.add(row.directive, if on { "1" } else { "0" });
            }
        }
        let texts = [
            ("PythonInterpreter", self.interpreter.map(Name::as_str)),
            ("PythonPath", self.python_path.as_deref()),
        ];
        texts
            .iter()
            .for_each(|(directive, text)| text.iter().for_each(|text| shown.add(directive, text)));
        self.extra.iter().for_each(|(key, value)| shown.add(key, value));
        shown
    }

    /// A write through `get_config()`; `None` unsets. A key that is no directive is kept for whoever reads it.
    pub fn write(&mut self, key: &str, value: Option<&str>) {
        if let Some(row) = FLAGS.iter().find(|row| row.directive.eq_ignore_ascii_case(key)) {
            self.flags[row.flag as usize] = value.map(|text| !matches!(text, "" | "0"));
        } else if key.eq_ignore_ascii_case("PythonInterpreter") {
            self.interpreter = value.map(Name::intern);
        } else if key.eq_ignore_ascii_case("PythonPath") {
            self.python_path = value.map(Into::into);
        } else {
            write_extra(&mut self.extra, key, value);
        }
    }
}

fn write_extra(extra: &mut Options, key: &str, value: Option<&str>) {
    match value {
        Some(value) => extra.set(key, value),
        None => {
            extra.remove(key);
        }
    }
}

impl Layer for Settings {
    const NOTHING: &'static Self = &Self {
        flags: [None; FLAGS.len()],
        interpreter: None,
        python_path: None,
        extra: Options::EMPTY,
    };

    fn merge(base: &Self, add: &Self) -> Self {
        Self {
            flags: std::array::from_fn(|flag| add.flags[flag].or(base.flags[flag])),
            interpreter: add.interpreter.or(base.interpreter),
            python_path: add.python_path.clone().or_else(|| base.python_path.clone()),
            extra: Options::merge(&base.extra, &add.extra),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_enum() {
        for (index, row) in FLAGS.iter().enumerate() {
            assert_eq!(row.flag as usize, index, "{}", row.directive);
        }
    }

    #[test]
    fn unset_means_the_default() {
        let unset = Settings::default();
        assert!(!unset.is(Flag::Debug));
        assert!(unset.is(Flag::AutoReload));
        assert!(unset.entries().is_empty());
    }

    #[test]
    fn off_inside_overrides_on_outside() {
        let (mut base, mut add) = (Settings::default(), Settings::default());
        base.switch(Flag::Debug, true);
        base.interpreter = Some(Name::intern("outer"));
        add.switch(Flag::Debug, false);
        let merged = Settings::merge(&base, &add);
        assert!(!merged.is(Flag::Debug));
        assert_eq!(merged.interpreter, base.interpreter);
    }

    #[test]
    fn entries_show_what_was_set_and_take_writes() {
        let mut settings = Settings::default();
        settings.write("pythondebug", Some("1"));
        settings.write("PythonPath", Some("sys.path"));
        settings.write("my.own", Some("x"));
        assert!(settings.is(Flag::Debug));
        let rows: Vec<_> = [("PythonDebug", "1"), ("PythonPath", "sys.path"), ("my.own", "x")].into();
        assert_eq!(settings.entries().iter().collect::<Vec<_>>(), rows);
        rows.iter().for_each(|(key, _)| settings.write(key, None));
        assert_eq!(settings, Settings::default());
    }
}
