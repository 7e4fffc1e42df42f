//! The phases of httpd in which Python may run, as one table.
//!
//! Owns: what is fixed about a phase: its directive, its default function, where the directive may stand, and when
//! the list of handlers goes on. Pure data, read at configuration time and on every request thread.
//! Must never know a hook: floor 6 maps a [`Phase`] to httpd's hooks.

use std::sync::atomic::{AtomicU16, Ordering};

use crate::httpd::Outcome;
use crate::httpd::directive::Context;

/// A phase of httpd with a list of handlers of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each variant is described by its row in PHASES")]
pub enum Phase {
    PostReadRequest,
    Trans,
    HeaderParser,
    Init,
    Access,
    Authen,
    Authz,
    Type,
    Fixup,
    Handler,
    Log,
    Cleanup,
    Connection,
    AuthBasic,
    AuthDigest,
}

/// A bit for each phase that has been used; never taken back.
static USED: AtomicU16 = AtomicU16::new(0);

/// What is fixed about one phase.
#[derive(Debug)]
pub struct Row {
    /// The phase itself.
    pub phase: Phase,
    /// The directive, which is also the text of `req.phase`.
    pub directive: &'static str,
    /// The object that a handler word without `::object` stands for.
    pub function: &'static str,
    /// Where the directive may stand.
    pub context: Context,
    /// After which outcomes the next handler of the list is called.
    pub goes_on_after: &'static [Outcome],
    /// Whether `req.add_handler` may name this phase.
    pub addable: bool,
    /// Whether `| .ext` may follow: only where httpd knows the file by then.
    pub extensions: bool,
    /// Whether `PythonHandlerModule` looks for its function.
    pub in_module: bool,
}

const OK: Outcome = Outcome::Ok;
const DECLINED: Outcome = Outcome::Declined;

macro_rules! phases {
    ($($phase:ident $directive:literal $function:literal $context:ident $goes_on_after:tt $addable:literal $extensions:literal $in_module:literal;)*) => {
        &[$(Row {
            phase: Phase::$phase,
            directive: $directive,
            function: $function,
            context: Context::$context,
            goes_on_after: &$goes_on_after,
            addable: $addable,
            extensions: $extensions,
            in_module: $in_module,
        }),*]
    };
}

/// Every phase, in the order of the enum.
#[rustfmt::skip]
pub const PHASES: &[Row] = phases! {
//  phase           directive                      default function          context  goes on after  add_handler  | .ext  module
    PostReadRequest "PythonPostReadRequestHandler" "postreadrequesthandler"  SERVER   [OK, DECLINED] true         false true;
    Trans           "PythonTransHandler"           "transhandler"            SERVER   [DECLINED]     true         false true;
    HeaderParser    "PythonHeaderParserHandler"    "headerparserhandler"     ANYWHERE [OK, DECLINED] true         true  true;
    Init            "PythonInitHandler"            "inithandler"             ANYWHERE [OK, DECLINED] true         true  true;
    Access          "PythonAccessHandler"          "accesshandler"           ANYWHERE [OK, DECLINED] true         true  true;
    Authen          "PythonAuthenHandler"          "authenhandler"           ANYWHERE [DECLINED]     true         true  true;
    Authz           "PythonAuthzHandler"           "authzhandler"            ANYWHERE [DECLINED]     true         true  true;
    Type            "PythonTypeHandler"            "typehandler"             ANYWHERE [DECLINED]     true         true  true;
    Fixup           "PythonFixupHandler"           "fixuphandler"            ANYWHERE [OK, DECLINED] true         true  true;
    Handler         "PythonHandler"                "handler"                 ANYWHERE [OK, DECLINED] true         true  true;
    Log             "PythonLogHandler"             "loghandler"              ANYWHERE [OK, DECLINED] true         true  true;
    Cleanup         "PythonCleanupHandler"         "cleanuphandler"          ANYWHERE [OK]           false        true  true;
    Connection      "PythonConnectionHandler"      "connectionhandler"       SERVER   []             false        false false;
    AuthBasic       "PythonAuthBasicProvider"      "authbasicprovider"       ANYWHERE [DECLINED]     false        true  false;
    AuthDigest      "PythonAuthDigestProvider"     "authdigestprovider"      ANYWHERE [DECLINED]     false        true  false;
};

impl Phase {
    /// The phase's row.
    #[must_use]
    pub const fn row(self) -> &'static Row {
        &PHASES[self as usize]
    }

    /// The directive of this phase, which is also the text of `req.phase`.
    #[must_use]
    pub fn directive(self) -> &'static str {
        self.row().directive
    }

    /// The phase that `directive` configures; directive names are case-insensitive, as in httpd.
    #[must_use]
    pub fn of_directive(directive: &str) -> Option<Self> {
        PHASES
            .iter()
            .find(|row| row.directive.eq_ignore_ascii_case(directive))
            .map(|row| row.phase)
    }

    /// Note that handlers of this phase exist somewhere in this process: in the configuration, in an `.htaccess` file,
    /// or added by an application.
    pub fn note_use(self) {
        USED.fetch_or(self.bit(), Ordering::Relaxed);
    }

    /// Whether handlers of this phase exist anywhere: most phases of most servers have none, and are left at once.
    #[inline]
    #[must_use]
    pub fn is_used(self) -> bool {
        USED.load(Ordering::Relaxed) & self.bit() != 0
    }

    /// The phase's bit in a set of phases.
    #[inline]
    #[must_use]
    pub const fn bit(self) -> u16 {
        1 << self as u16
    }

    /// Whether the reply is already sent when it begins.
    #[must_use]
    pub const fn is_after_reply(self) -> bool {
        matches!(self, Self::Log | Self::Cleanup)
    }

    /// Whether the next handler of the list is called after this outcome; after an error page never.
    #[must_use]
    pub fn goes_on_after(self, outcome: Outcome) -> bool {
        self.row().goes_on_after.contains(&outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_enum() {
        for (index, row) in PHASES.iter().enumerate() {
            assert_eq!(row.phase as usize, index, "{}", row.directive);
        }
    }

    #[test]
    fn the_default_function_is_the_directive_without_python() {
        for row in PHASES {
            assert_eq!(row.directive.to_lowercase(), format!("python{}", row.function));
        }
    }

    #[test]
    fn a_directive_finds_its_phase() {
        assert_eq!(Phase::of_directive("pythonHANDLER"), Some(Phase::Handler));
        assert_eq!(Phase::of_directive("PythonNoSuchHandler"), None);
    }

    #[test]
    fn the_content_phase_goes_on_after_ok_and_declined() {
        assert!(Phase::Handler.goes_on_after(Outcome::Ok));
        assert!(Phase::Handler.goes_on_after(Outcome::Declined));
        assert!(!Phase::Handler.goes_on_after(Outcome::Done));
        assert!(!Phase::Authen.goes_on_after(Outcome::Ok));
    }
}
