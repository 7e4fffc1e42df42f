//! `environ`: THE tables of its variables, and how a request's dict is made of them.
//!
//! What holds for a whole (virtual) server is in a dict that each request copies; it has a place for every variable
//! that a request always sets, so that nothing is inserted in vain. All text is a native string of PEP 3333: bytes
//! shown as Latin-1. Used attached, while the request is in our hands. Must never wait: no name is looked up here.

use std::cell::RefCell;
use std::ffi::{CStr, c_int};

use pyo3_ffi::PyObject;

use super::variables::Variables;
use crate::httpd::mpm::{self, Query};
use crate::httpd::{Request, process};
use crate::objects::module::BUILTIN;
use crate::py::{Attached, Borrowed, Owned, PyResult, Stored};

/// A variable's value.
#[derive(Clone, Copy)]
enum Value<'r> {
    Text(&'r [u8]),
    Number(u16),
    Absent,
}

type Row = (&'static CStr, fn(&Request) -> Value<'_>);

/// What every request has; an absent value is the empty string.
#[rustfmt::skip]
const ALWAYS: &[Row] = &[
    (c"REQUEST_METHOD", |r| text(r.method())),
    (c"QUERY_STRING", |r| text(r.args())),
    (c"REQUEST_URI", |r| Value::Text(request_uri(r))),
    (c"SERVER_PROTOCOL", |r| text(r.protocol())),
    (c"SERVER_NAME", |r| text(r.server_name_for_url())),
    (c"SERVER_PORT", |r| Value::Number(r.server_port())),
    (c"SERVER_ADDR", |r| text(r.connection().local_ip())),
    (c"REMOTE_ADDR", |r| text(r.useragent_ip())),
    (c"REMOTE_PORT", |r| r.useragent_port().map_or(Value::Absent, Value::Number)),
];

/// What some requests have.
#[rustfmt::skip]
const SOMETIMES: &[Row] = &[
    (c"REMOTE_USER", |r| text(r.user())),
    (c"AUTH_TYPE", |r| text(r.ap_auth_type())),
    (c"REMOTE_HOST", |r| text(r.useragent_host())),
    (c"REDIRECT_URL", |r| text(r.prev().and_then(Request::uri))),
    (c"REDIRECT_QUERY_STRING", |r| text(r.prev().and_then(Request::args))),
    (c"SCRIPT_FILENAME", |r| if r.finfo().exists() { text(r.filename()) } else { Value::Absent }),
];

/// What a server has.
#[rustfmt::skip]
const OF_SERVER: &[Row] = &[
    (c"SERVER_ADMIN", |r| text(r.server().server_admin())),
    (c"DOCUMENT_ROOT", |r| text(r.document_root())),
    (c"SERVER_SOFTWARE", |_| text(Some(process::server_banner()))),
    (c"GATEWAY_INTERFACE", |_| text(Some(c"CGI/1.1"))),
];

/// What the gateway itself sets, for each request anew.
#[derive(Debug)]
struct Own {
    script_name: Stored,
    path_info: Stored,
    request_scheme: Stored,
    url_scheme: Stored,
    input: Stored,
    https: Stored,
    http_text: Stored,
    https_text: Stored,
    on: Stored,
}

/// What one interpreter keeps for the making of `environ`.
#[derive(Debug)]
pub(in crate::objects) struct Environ {
    always: Vec<Stored>,
    sometimes: Vec<Stored>,
    own: Own,
    variables: Variables,
    constants: Stored,
    /// By the address of the server.
    servers: RefCell<Vec<(usize, Stored)>>,
}

impl Environ {
    pub(super) fn new(py: Attached<'_>, file_wrapper: Borrowed<'_, '_>) -> PyResult<Self> {
        let keys = |rows: &[Row]| rows.iter().map(|row| key(py, row.0)).collect::<PyResult<_>>();
        Ok(Environ {
            always: keys(ALWAYS)?,
            sometimes: keys(SOMETIMES)?,
            own: Own::new(py)?,
            variables: Variables::default(),
            constants: constants(py, file_wrapper)?.store(),
            servers: RefCell::default(),
        })
    }

    /// The dict of a request whose path begins with `script_name`; `request` is the input.
    ///
    /// # Errors
    /// [`crate::py::Raised`] (MemoryError).
    pub(in crate::objects) fn make<'py>(
        &self,
        py: Attached<'py>,
        r: &Request,
        request: Borrowed<'_, 'py>,
        script_name: &[u8],
    ) -> PyResult<Owned<'py>> {
        let template = self.of_server(py, r)?;
        let environ = py.dict_copy(template.borrow())?;
        let dict = environ.borrow();
        for (key, row) in self.always.iter().zip(ALWAYS) {
            let value = row.1(r).to_python(py)?.map_or_else(|| py.str(""), Ok)?;
            py.dict_set(dict, key.get(py), value.borrow())?;
        }
        for (key, row) in self.sometimes.iter().zip(SOMETIMES) {
            if let Some(value) = row.1(r).to_python(py)? {
                py.dict_set(dict, key.get(py), value.borrow())?;
            }
        }
        self.own.set(py, dict, r, script_name)?;
        py.dict_set(dict, self.own.input.get(py), request)?;
        self.set_headers(py, dict, r)?;
        set_variables(py, dict, r)?;
        Ok(environ)
    }

    fn set_headers(&self, py: Attached<'_>, dict: Borrowed<'_, '_>, r: &Request) -> PyResult<()> {
        for (name, value) in r.headers_in().iter() {
            if let (Some(name), Some(value)) = (self.variables.of(py, name.to_bytes())?, value) {
                py.dict_set(dict, name.borrow(), py.latin1_from(value.to_bytes())?.borrow())?;
            }
        }
        Ok(())
    }

    /// The dict of a server; made at its first request.
    #[inline]
    fn of_server<'py>(&self, py: Attached<'py>, r: &Request) -> PyResult<Owned<'py>> {
        let address = r.server().as_ptr().addr();
        let servers = self.servers.borrow();
        if let Some((_, known)) = servers.iter().find(|(server, _)| *server == address) {
            return Ok(known.get(py).to_owned());
        }
        drop(servers);
        self.make_of_server(py, r, address)
    }

    #[cold]
    fn make_of_server<'py>(&self, py: Attached<'py>, r: &Request, address: usize) -> PyResult<Owned<'py>> {
        let dict = py.dict_copy(self.constants.get(py))?;
        let places = self.always.iter().chain(self.own.keys());
        for key in places {
            py.dict_set(dict.borrow(), key.get(py), py.none().borrow())?;
        }
        for (name, value) in OF_SERVER {
            if let Some(value) = value(r).to_python(py)? {
                py.dict_set(dict.borrow(), py.intern(name)?.borrow(), value.borrow())?;
            }
        }
        let kept = dict.borrow().to_owned().store();
        self.servers.borrow_mut().push((address, kept));
        Ok(dict)
    }

    /// Show the collector every reference held.
    pub(super) fn visit(&self, visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        let servers = self.servers.try_borrow();
        let servers = servers
            .iter()
            .flat_map(|servers| servers.iter().map(|(_, dict)| dict));
        let keys = self.always.iter().chain(&self.sometimes).chain(self.own.each());
        for reference in keys.chain([&self.constants]).chain(servers) {
            match visit(reference.as_ptr()) {
                0 => {}
                stop => return stop,
            }
        }
        self.variables.visit(visit)
    }
}

impl Own {
    fn new(py: Attached<'_>) -> PyResult<Self> {
        Ok(Own {
            script_name: key(py, c"SCRIPT_NAME")?,
            path_info: key(py, c"PATH_INFO")?,
            request_scheme: key(py, c"REQUEST_SCHEME")?,
            url_scheme: key(py, c"wsgi.url_scheme")?,
            input: key(py, c"wsgi.input")?,
            https: key(py, c"HTTPS")?,
            http_text: key(py, c"http")?,
            https_text: key(py, c"https")?,
            on: key(py, c"on")?,
        })
    }

    /// Where the application lies, and how the client speaks to it.
    fn set(&self, py: Attached<'_>, dict: Borrowed<'_, '_>, r: &Request, script_name: &[u8]) -> PyResult<()> {
        let uri = r.uri().unwrap_or_default().to_bytes();
        let path_info = uri.get(script_name.len()..).unwrap_or_default();
        py.dict_set(
            dict,
            self.script_name.get(py),
            py.latin1_from(script_name)?.borrow(),
        )?;
        py.dict_set(dict, self.path_info.get(py), py.latin1_from(path_info)?.borrow())?;
        let encrypted = is_https(r);
        let scheme = if encrypted {
            &self.https_text
        } else {
            &self.http_text
        };
        py.dict_set(dict, self.url_scheme.get(py), scheme.get(py))?;
        py.dict_set(dict, self.request_scheme.get(py), scheme.get(py))?;
        if encrypted {
            py.dict_set(dict, self.https.get(py), self.on.get(py))?;
        }
        Ok(())
    }

    /// The variables that are set for every request.
    fn keys(&self) -> impl Iterator<Item = &Stored> {
        [
            &self.script_name,
            &self.path_info,
            &self.request_scheme,
            &self.url_scheme,
            &self.input,
        ]
        .into_iter()
    }

    fn each(&self) -> impl Iterator<Item = &Stored> {
        self.keys()
            .chain([&self.https, &self.http_text, &self.https_text, &self.on])
    }
}

impl Value<'_> {
    fn to_python(self, py: Attached<'_>) -> PyResult<Option<Owned<'_>>> {
        match self {
            Value::Text(bytes) => py.latin1_from(bytes).map(Some),
            Value::Number(number) => py.str(&number.to_string()).map(Some),
            Value::Absent => Ok(None),
        }
    }
}

fn text(text: Option<&CStr>) -> Value<'_> {
    text.map_or(Value::Absent, |text| Value::Text(text.to_bytes()))
}

fn key(py: Attached<'_>, name: &CStr) -> PyResult<Stored> {
    py.intern(name).map(Owned::store)
}

/// What never changes in an interpreter.
fn constants<'py>(py: Attached<'py>, file_wrapper: Borrowed<'_, '_>) -> PyResult<Owned<'py>> {
    let dict = py.dict()?;
    let set =
        |name: &CStr, value: Borrowed<'_, '_>| py.dict_set(dict.borrow(), py.intern(name)?.borrow(), value);
    let supported = |question| mpm::query(question).is_some_and(|answer| answer != 0);
    set(c"wsgi.version", py.tuple([py.int(1)?, py.int(0)?])?.borrow())?;
    set(
        c"wsgi.errors",
        py.import(c"sys")?.borrow().attr(py, c"stderr")?.borrow(),
    )?;
    set(
        c"wsgi.multithread",
        py.bool(supported(Query::IS_THREADED)).borrow(),
    )?;
    set(
        c"wsgi.multiprocess",
        py.bool(supported(Query::IS_FORKED)).borrow(),
    )?;
    set(c"wsgi.run_once", py.bool(false).borrow())?;
    set(c"wsgi.input_terminated", py.bool(true).borrow())?;
    set(c"wsgi.file_wrapper", file_wrapper)?;
    let native = py.import(BUILTIN.0)?;
    set(
        c"mod_python.interpreter",
        native.borrow().attr(py, c"interpreter")?.borrow(),
    )?;
    set(
        c"mod_python.replica",
        native.borrow().attr(py, c"replica")?.borrow(),
    )?;
    Ok(dict)
}

/// What `SetEnv`, mod_rewrite, mod_ssl and others put into the environment; never over what is ours.
fn set_variables(py: Attached<'_>, dict: Borrowed<'_, '_>, r: &Request) -> PyResult<()> {
    for (name, value) in r.subprocess_env().iter() {
        let value = value.unwrap_or_default();
        py.dict_set_default(
            dict,
            py.latin1_from(name.to_bytes())?.borrow(),
            py.latin1_from(value.to_bytes())?.borrow(),
        )?;
    }
    Ok(())
}

/// By mod_ssl, by `ServerName https://…`, or because a variable says so that the administrator derives from a proxy's
/// header (`SetEnvIf X-Forwarded-Proto https HTTPS=on`).
fn is_https(r: &Request) -> bool {
    if r.scheme().is_some_and(|scheme| scheme == c"https") {
        return true;
    }
    let said = r.subprocess_env().get(c"HTTPS").map(CStr::to_bytes);
    said.is_some_and(|said| said == b"1" || said.eq_ignore_ascii_case(b"on"))
}

/// Path and query as the client wrote them, also behind an internal redirect.
fn request_uri(r: &Request) -> &[u8] {
    let first = std::iter::successors(Some(r), |r| r.prev()).last().unwrap_or(r);
    let uri = first.unparsed_uri().unwrap_or_default().to_bytes();
    without_authority(uri)
}

/// `http://host/path` is also a way to ask for `/path`.
fn without_authority(uri: &[u8]) -> &[u8] {
    if uri.starts_with(b"/") {
        return uri;
    }
    let authority = uri
        .windows(3)
        .position(|window| window == b"://")
        .map(|at| at + 3);
    let path = authority.and_then(|from| Some(from + uri[from..].iter().position(|byte| *byte == b'/')?));
    path.map_or(uri, |from| &uri[from..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_may_name_its_host() {
        for (uri, wanted) in [
            ("/a?b=c://d/", "/a?b=c://d/"),
            ("http://example.com/a?b", "/a?b"),
            ("http://example.com", "http://example.com"),
            ("*", "*"),
        ] {
            assert_eq!(without_authority(uri.as_bytes()), wanted.as_bytes(), "{uri}");
        }
    }
}
