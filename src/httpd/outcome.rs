//! What a hook answers: [`Outcome`], or the [`HttpStatus`] of an error page.
//!
//! Owns the conversion between Rust results and httpd's C integers, both ways. Pure; any thread, any phase.

use std::ffi::c_int;
use std::fmt;

use apache2_sys as sys;

/// What a request or connection hook answers.
pub type HookResult = Result<Outcome, HttpStatus>;

/// An answer of a hook that is not an error page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// `OK`: this module did its part of the phase.
    Ok,
    /// `DECLINED`: nothing to do here, ask the next module.
    Declined,
    /// `DONE`: the request is answered, skip the phases that are left.
    Done,
}

/// The status of a reply, one that httpd knows; any other number becomes 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HttpStatus(u16);

macro_rules! http_statuses {
    ($($name:ident = $code:literal)*) => {
        #[allow(missing_docs, reason = "the names are RFC 9110's and httpd's")]
        impl HttpStatus {
            $(pub const $name: Self = Self($code);)*

            /// Every status that httpd knows, by the name that follows `HTTP_`.
            pub const ALL: &[(&'static str, Self)] = &[$((stringify!($name), Self::$name)),*];
        }
    };
}

http_statuses! {
    CONTINUE = 100
    SWITCHING_PROTOCOLS = 101
    PROCESSING = 102
    OK = 200
    CREATED = 201
    ACCEPTED = 202
    NON_AUTHORITATIVE = 203
    NO_CONTENT = 204
    RESET_CONTENT = 205
    PARTIAL_CONTENT = 206
    MULTI_STATUS = 207
    ALREADY_REPORTED = 208
    IM_USED = 226
    MULTIPLE_CHOICES = 300
    MOVED_PERMANENTLY = 301
    MOVED_TEMPORARILY = 302
    SEE_OTHER = 303
    NOT_MODIFIED = 304
    USE_PROXY = 305
    TEMPORARY_REDIRECT = 307
    PERMANENT_REDIRECT = 308
    BAD_REQUEST = 400
    UNAUTHORIZED = 401
    PAYMENT_REQUIRED = 402
    FORBIDDEN = 403
    NOT_FOUND = 404
    METHOD_NOT_ALLOWED = 405
    NOT_ACCEPTABLE = 406
    PROXY_AUTHENTICATION_REQUIRED = 407
    REQUEST_TIME_OUT = 408
    CONFLICT = 409
    GONE = 410
    LENGTH_REQUIRED = 411
    PRECONDITION_FAILED = 412
    REQUEST_ENTITY_TOO_LARGE = 413
    REQUEST_URI_TOO_LARGE = 414
    UNSUPPORTED_MEDIA_TYPE = 415
    RANGE_NOT_SATISFIABLE = 416
    EXPECTATION_FAILED = 417
    IM_A_TEAPOT = 418
    MISDIRECTED_REQUEST = 421
    UNPROCESSABLE_ENTITY = 422
    LOCKED = 423
    FAILED_DEPENDENCY = 424
    UPGRADE_REQUIRED = 426
    PRECONDITION_REQUIRED = 428
    TOO_MANY_REQUESTS = 429
    REQUEST_HEADER_FIELDS_TOO_LARGE = 431
    UNAVAILABLE_FOR_LEGAL_REASONS = 451
    INTERNAL_SERVER_ERROR = 500
    NOT_IMPLEMENTED = 501
    BAD_GATEWAY = 502
    SERVICE_UNAVAILABLE = 503
    GATEWAY_TIME_OUT = 504
    VERSION_NOT_SUPPORTED = 505
    VARIANT_ALSO_VARIES = 506
    INSUFFICIENT_STORAGE = 507
    LOOP_DETECTED = 508
    NOT_EXTENDED = 510
    NETWORK_AUTHENTICATION_REQUIRED = 511
}

impl HttpStatus {
    /// The status for `code`, 500 when httpd does not know it.
    #[must_use]
    pub fn new(code: c_int) -> Self {
        Self::known(code).unwrap_or(Self::INTERNAL_SERVER_ERROR)
    }

    /// The status for `code`, `None` when httpd does not know it.
    #[must_use]
    pub fn known(code: c_int) -> Option<Self> {
        let place = Self::ALL
            .binary_search_by_key(&code, |(_, status)| status.code())
            .ok()?;
        Self::ALL.get(place).map(|(_, status)| *status)
    }

    /// The number, as httpd writes it.
    #[must_use]
    pub fn code(self) -> c_int {
        c_int::from(self.0)
    }
}

impl fmt::Display for HttpStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Outcome {
    /// The number, as httpd writes it.
    #[must_use]
    pub fn code(self) -> c_int {
        match self {
            Self::Ok => sys::OK,
            Self::Declined => sys::DECLINED,
            Self::Done => sys::DONE,
        }
    }
}

/// What C or a Python handler answered, as a [`HookResult`]; a number nobody knows becomes 500.
///
/// # Errors
/// Every number but `OK`, `DECLINED` and `DONE`, as the status it stands for.
pub fn from_code(code: c_int) -> HookResult {
    match code {
        sys::OK => Ok(Outcome::Ok),
        sys::DECLINED => Ok(Outcome::Declined),
        sys::DONE => Ok(Outcome::Done),
        _ => Err(HttpStatus::new(code)),
    }
}

/// A [`HookResult`] as httpd expects it from a hook.
#[inline]
#[must_use]
pub fn to_code(result: HookResult) -> c_int {
    result.map_or_else(HttpStatus::code, Outcome::code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_survives_both_ways() {
        let statuses = HttpStatus::ALL.iter().map(|(_, status)| status.code());
        for code in [sys::OK, sys::DECLINED, sys::DONE].into_iter().chain(statuses) {
            assert_eq!(to_code(from_code(code)), code);
        }
    }

    #[test]
    fn an_unknown_code_is_500() {
        for code in [-3, 1, 99, 200_000, 299, 600] {
            assert_eq!(from_code(code), Err(HttpStatus::INTERNAL_SERVER_ERROR));
        }
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(HttpStatus::ALL.is_sorted_by_key(|(_, status)| status.code()));
    }
}
