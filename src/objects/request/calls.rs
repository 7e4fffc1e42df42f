//! Methods of a request that are functions of httpd: rows, and a small function where arguments or results differ.

use std::borrow::Cow;
use std::ffi::{CStr, CString};

use super::Req;
use crate::config::DirConfig;
use crate::httpd::{Lookup, Request, to_code};
use crate::interp::detach;
use crate::objects::row::{ToPython, c_text, microseconds};
use crate::py::{Args, Attached, Borrowed, Owned, PyResult};

/// `add_cgi_vars`: the environment of CGI, without the subrequest that httpd would make for PATH_TRANSLATED.
pub(super) fn add_cgi_vars(r: &Request) {
    let env = r.subprocess_env();
    let uri = r.uri().unwrap_or_default();
    let path_info = r.path_info().unwrap_or_default();
    env.set(c"GATEWAY_INTERFACE", c"CGI/1.1");
    env.set(c"SERVER_PROTOCOL", r.protocol().unwrap_or_default());
    env.set(c"REQUEST_METHOD", r.method().unwrap_or_default());
    env.set(c"QUERY_STRING", r.args().unwrap_or_default());
    env.set(c"REQUEST_URI", uri);
    env.set(c"SCRIPT_NAME", &script_name(uri, path_info));
    if !path_info.is_empty() {
        env.set(c"PATH_INFO", path_info);
    }
    r.add_common_vars();
}

/// The part of a URI's path in front of the path info.
fn script_name(uri: &CStr, path_info: &CStr) -> CString {
    let bytes = uri.to_bytes();
    let script = bytes.strip_suffix(path_info.to_bytes()).unwrap_or(bytes);
    CString::new(script).unwrap_or_default()
}

pub(super) fn discard_request_body(r: &Request) -> i32 {
    r.discard_body().map_or_else(|status| status.code(), |()| 0)
}

pub(super) fn meets_conditions(r: &Request) -> i32 {
    to_code(r.meets_conditions())
}

pub(super) fn allow_methods<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let methods = args.required(0)?.items(py)?;
    let methods: Vec<Cow<'_, CStr>> = methods
        .iter()
        .map(|name| method_name(py, name.borrow()))
        .collect::<PyResult<_>>()?;
    let only = args.integer(1, 0)? == 1;
    this.request.touch(py, |r| {
        r.allow_methods(methods.iter().map(|method| &**method), only)
    })?;
    Ok(py.none())
}

fn method_name<'a, 'py>(py: Attached<'py>, name: Borrowed<'a, 'py>) -> PyResult<Cow<'a, CStr>> {
    if name.is_str() {
        return c_text(py, name);
    }
    Err(py.raise_type_error("methods must be a sequence of strings"))
}

pub(super) fn construct_url<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let uri = c_text(py, args.required(0)?)?;
    this.with(py, |r| r.construct_url(&uri).to_python(py))
}

pub(super) fn get_addhandler_exts<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    this.with(py, |r| {
        let conf = r.dir_config::<DirConfig>();
        let extensions: Vec<&str> = conf.iter().flat_map(|conf| conf.extensions()).collect();
        py.str(&extensions.join(" "))
    })
}

/// The client's password is Latin-1, as Basic authentication sends it; a form's comes from mod_auth_form.
pub(super) fn get_basic_auth_pw<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    this.with_state(py, |r, state| {
        let given = state.password();
        match given.as_deref().or_else(|| r.basic_auth_pw()) {
            Some(password) => py.latin1_from(password.to_bytes()),
            None => Ok(py.none()),
        }
    })
}

pub(super) fn ssl_var_lookup<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let name = c_text(py, args.required(0)?)?;
    this.with(py, |r| detach(py, || r.ssl_var(&name)).to_python(py))
}

/// With `str_is_ip` given (and not None) the answer is a pair: the text, and whether it is an address.
pub(super) fn get_remote_host<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let how = lookup(args.integer(0, Lookup::Name as i64)?)
        .ok_or_else(|| py.raise_value_error("unknown type of look-up"))?;
    let pair = args.get(1).is_some_and(|wanted| !wanted.is_none());
    this.with(py, |r| {
        let (host, is_ip) = detach(py, || r.remote_host(how));
        match host {
            Some(host) if pair => py.tuple([host.to_python(py)?, is_ip.to_python(py)?]),
            host => host.to_python(py),
        }
    })
}

fn lookup(number: i64) -> Option<Lookup> {
    [Lookup::Host, Lookup::Name, Lookup::NoLookup, Lookup::DoubleRev]
        .into_iter()
        .find(|how| *how as i64 == number)
}

pub(super) fn update_mtime<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let seconds = py.real(args.required(0)?)?;
    this.request
        .touch(py, |r| r.update_mtime(microseconds(seconds.trunc())))?;
    Ok(py.none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_what_precedes_the_path_info() {
        assert_eq!(&*script_name(c"/app.py/a/b", c"/a/b"), c"/app.py");
        assert_eq!(&*script_name(c"/app.py", c""), c"/app.py");
        assert_eq!(&*script_name(c"/other", c"/a/b"), c"/other");
    }

    #[test]
    fn only_known_lookups() {
        assert_eq!(lookup(2), Some(Lookup::NoLookup));
        assert_eq!(lookup(4), None);
    }
}
