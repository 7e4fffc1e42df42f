//! `start_response`: status and headers go to httpd's tables at once, and leave with the first part of the body.
//!
//! Runs attached, while the request is in our hands. What PEP 3333 calls an error is one here, raised where the
//! application can see it; until the head has left, a call with `exc_info` begins anew.

use std::ffi::{CStr, CString};

use crate::apr::text::is_header_safe;
use crate::httpd::{HttpStatus, Request};
use crate::objects::request_state::{Head, Reply};
use crate::py::{Attached, Borrowed, Owned, PyResult, Raised};

/// Headers that belong to the connection, which is httpd's (RFC 9110, 7.6.1; PEP 3333, "Other HTTP Features").
const HOP_BY_HOP: [&str; 8] = [
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
];

/// Begin the reply, or begin it anew.
///
/// # Errors
/// [`Raised`]: TypeError and ValueError for what is no status and no headers, RuntimeError for a second call without
/// `exc_info`, and what `exc_info` carries once the head has left.
pub(in crate::objects) fn start_response(
    py: Attached<'_>,
    r: &Request,
    reply: &Reply,
    status: Borrowed<'_, '_>,
    headers: Borrowed<'_, '_>,
    exc_info: Option<Borrowed<'_, '_>>,
) -> PyResult<()> {
    match (reply.head(), exc_info) {
        (Head::Unset, _) => keep_others(r, reply),
        (Head::Set, Some(_)) => take_back(r, reply),
        (Head::Sent, Some(exc_info)) => return Err(raise_again(py, exc_info)),
        (_, None) => {
            return Err(
                py.raise_runtime_error("start_response() was called before, and exc_info is not given")
            );
        }
    }
    let begun = set_status(py, r, status).and_then(|()| set_headers(py, r, headers));
    match begun {
        Ok(length) => reply.begin(length),
        Err(raised) => {
            take_back(r, reply);
            return Err(raised);
        }
    }
    Ok(())
}

/// Take the head back, as if `start_response` had not been called.
pub(super) fn take_back(r: &Request, reply: &Reply) {
    r.set_status(200);
    r.set_status_line(None);
    r.set_content_type(None);
    r.headers_out().clear();
    let before = reply.take_back();
    for (name, value) in &before {
        r.headers_out().add(name, value);
    }
    reply.keep(before);
}

/// Handlers of other phases may have set headers; usually there are none.
fn keep_others(r: &Request, reply: &Reply) {
    let headers = r.headers_out();
    if !headers.is_empty() {
        let copy = |(name, value): (&CStr, Option<&CStr>)| (name.into(), value.unwrap_or_default().into());
        reply.keep(headers.iter().map(copy).collect::<Vec<(CString, CString)>>());
    }
}

/// `200 OK`: three digits, a blank, a reason.
fn set_status(py: Attached<'_>, r: &Request, status: Borrowed<'_, '_>) -> PyResult<()> {
    let line = py.native_text(status)?;
    let Some(code) = code_of(&line) else {
        let line = String::from_utf8_lossy(&line).into_owned();
        return Err(py.raise_value_error(&format!("Invalid status line: {line}")));
    };
    r.set_status(code);
    let usual =
        HttpStatus::known(code).is_some_and(|known| Request::status_line_of(known).to_bytes() == &*line);
    let own = (!usual).then(|| r.pool().dup(&line));
    r.set_status_line(own);
    Ok(())
}

/// The number of a status line, from 200 to 599: everything else is no final answer.
fn code_of(line: &[u8]) -> Option<i32> {
    let (digits, reason) = line.split_at_checked(3)?;
    let number: i32 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let whole = matches!(reason, [] | [b' ', ..]) && is_header_safe(reason);
    (whole && (200..600).contains(&number)).then_some(number)
}

/// Put every header into httpd's tables; gives `Content-Length`.
fn set_headers(py: Attached<'_>, r: &Request, headers: Borrowed<'_, '_>) -> PyResult<Option<u64>> {
    if !headers.is_list() {
        let text = format!("the headers must be a list, not {}", headers.type_name());
        return Err(py.raise_type_error(&text));
    }
    let mut length = None;
    let mut index = 0;
    while let Some(header) = headers.ready_item(py, index) {
        let header = header.borrow();
        let Some((name, value)) = header.pair(py) else {
            return Err(py.raise_type_error("a header must be a tuple of its name and its value"));
        };
        let (name, value) = (py.native_text(name)?, py.native_text(value)?);
        length = set_header(py, r, &name, &value)?.or(length);
        index += 1;
    }
    Ok(length)
}

/// Set one header; gives the length if it is that one.
fn set_header(py: Attached<'_>, r: &Request, name: &[u8], value: &[u8]) -> PyResult<Option<u64>> {
    check_header(py, name, value)?;
    if name.eq_ignore_ascii_case(b"Content-Type") {
        r.set_content_type(Some(r.pool().dup(value)));
    } else if name.eq_ignore_ascii_case(b"Content-Length") {
        return set_length(py, r, value).map(Some);
    } else {
        r.add_header_out(name, value);
    }
    Ok(None)
}

fn set_length(py: Attached<'_>, r: &Request, value: &[u8]) -> PyResult<u64> {
    let digits = value.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(value).ok().filter(|_| digits);
    let Some(length) = number.and_then(|number| number.parse::<i64>().ok()) else {
        return Err(refused(py, b"Content-Length", "is no number"));
    };
    r.set_content_length(length);
    Ok(length.unsigned_abs())
}

fn check_header(py: Attached<'_>, name: &[u8], value: &[u8]) -> PyResult<()> {
    if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
        return Err(refused(py, name, "is no name of a header"));
    }
    if !is_header_safe(value) {
        return Err(refused(py, name, "has a line end or a NUL in its value"));
    }
    let own = |hop: &&str| name.eq_ignore_ascii_case(hop.as_bytes());
    if HOP_BY_HOP.iter().any(own) {
        return Err(refused(
            py,
            name,
            "belongs to the connection, which is the server's",
        ));
    }
    Ok(())
}

/// RFC 9110, 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cold]
fn refused(py: Attached<'_>, name: &[u8], why: &str) -> Raised {
    py.raise_value_error(&format!("header '{}' {why}", name.escape_ascii()))
}

/// Raise what `(type, value, traceback)` carries.
fn raise_again(py: Attached<'_>, exc_info: Borrowed<'_, '_>) -> Raised {
    let again = || -> PyResult<Owned<'_>> {
        let package = py.import(c"mod_python._wsgi")?;
        package.borrow().call_method(py, c"raise_again", &[exc_info])
    };
    again().map_or_else(
        |raised| raised,
        |_| py.raise_type_error("exc_info must be a triple of sys.exc_info()"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_a_number_and_a_reason() {
        for (line, wanted) in [
            ("200 OK", Some(200)),
            ("404", Some(404)),
            ("299 Odd but final", Some(299)),
            ("100 Continue", None),
            ("600 No", None),
            ("2000 OK", None),
            ("20 OK", None),
            ("OK", None),
            ("200 O\nK", None),
            ("+20 OK", None),
        ] {
            assert_eq!(code_of(line.as_bytes()), wanted, "{line}");
        }
    }

    #[test]
    fn names_are_tokens() {
        assert!(b"X-Content_Type.2".iter().all(|byte| is_token(*byte)));
        assert!(b": \r\n\xe9(".iter().all(|byte| !is_token(*byte)));
    }
}
