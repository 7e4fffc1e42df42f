//! What a request can do: httpd's functions of a `request_rec`, one row or one small function each.
//!
//! Owns their safe names. They run on the request's thread; those that say so block.

use std::ffi::{CStr, c_char, c_int};
use std::ptr;

use apache2_sys as sys;

use super::Request;
use crate::apr::text;
use crate::httpd::{HookResult, HttpStatus, from_code};

/// How hard a host name is looked for (`REMOTE_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Lookup {
    /// `REMOTE_HOST`: the name when `HostnameLookups` allows it, else nothing.
    Host = sys::REMOTE_HOST,
    /// `REMOTE_NAME`: the name, else the address.
    Name = sys::REMOTE_NAME,
    /// `REMOTE_NOLOOKUP`: as `Name`, without asking DNS.
    NoLookup = sys::REMOTE_NOLOOKUP,
    /// `REMOTE_DOUBLE_REV`: the name, looked up both ways.
    DoubleRev = sys::REMOTE_DOUBLE_REV,
}

/// Calls without arguments that answer nothing: `name(c_function);`.
macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident($c:ident);)*) => {
        impl Request {$(
            $(#[$doc])*
            pub fn $name(&self) {
                // SAFETY: the request lives and belongs to this thread.
                unsafe { sys::$c(self.as_ptr()) }
            }
        )*}
    };
}

/// Calls without arguments that answer a text: `name(c_function);`.
macro_rules! text_calls {
    ($($(#[$doc:meta])* $name:ident($c:ident);)*) => {
        impl Request {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> Option<&CStr> {
                // SAFETY: the request lives; the answer is null or lives in its pool or the configuration's.
                unsafe { text::borrow(sys::$c(self.as_ptr())) }
            }
        )*}
    };
}

calls! {
    /// Fill `subprocess_env` with what CGI and SSI share.
    add_common_vars(ap_add_common_vars);
    /// Fill `subprocess_env` with what only CGI has; this asks for a subrequest.
    add_cgi_vars(ap_add_cgi_vars);
    /// Set `ETag` from the file.
    set_etag(ap_set_etag);
    /// Set `Last-Modified` from `mtime`.
    set_last_modified(ap_set_last_modified);
}

text_calls! {
    /// `DocumentRoot`.
    document_root(ap_document_root);
    /// `AuthName`.
    auth_name(ap_auth_name);
    /// `AuthType`.
    auth_type(ap_auth_type);
    /// The server's name as `UseCanonicalName` wants it.
    server_name(ap_get_server_name);
    /// As `server_name`, with brackets around an IPv6 address.
    server_name_for_url(ap_get_server_name_for_url);
    /// The user by RFC 1413; asks the network.
    remote_logname(ap_get_remote_logname);
}

impl Request {
    /// Set the reply's length.
    pub fn set_content_length(&self, length: i64) {
        // SAFETY: the request lives and belongs to this thread.
        unsafe { sys::ap_set_content_length(self.as_ptr(), length) }
    }

    /// Take `mtime` (microseconds since 1970) as the content's age when it is later than what is known.
    pub fn update_mtime(&self, mtime: i64) {
        // SAFETY: the request lives and belongs to this thread.
        unsafe { sys::ap_update_mtime(self.as_ptr(), mtime) }
    }

    /// The status line httpd knows for a status.
    #[must_use]
    pub fn status_line_of(status: HttpStatus) -> &'static CStr {
        // SAFETY: httpd's constants.
        unsafe { text::borrow(sys::ap_get_status_line(status.code())) }.unwrap_or_default()
    }

    /// Add a header to the reply, whether or not there is one of that name; the caller has checked both.
    pub fn add_header_out(&self, name: &[u8], value: &[u8]) {
        let (name, value) = (self.pool().dup(name), self.pool().dup(value));
        // SAFETY: the table lives with the request, and so do both copies.
        unsafe { sys::apr_table_addn(self.headers_out().as_ptr(), name.as_ptr(), value.as_ptr()) }
    }

    /// Whether the client's conditions let the content be sent.
    ///
    /// # Errors
    /// The status to answer instead, such as 304 or 412.
    pub fn meets_conditions(&self) -> HookResult {
        // SAFETY: the request lives and belongs to this thread.
        from_code(unsafe { sys::ap_meets_conditions(self.as_ptr()) })
    }

    /// Ask the client to authenticate, by the `AuthType`; Basic also where no module of httpd speaks it.
    pub fn note_auth_failure(&self) {
        // SAFETY: the request lives and belongs to this thread.
        unsafe { sys::ap_note_auth_failure(self.as_ptr()) };
        let is_basic = self
            .auth_type()
            .is_some_and(|kind| kind.to_bytes().eq_ignore_ascii_case(b"Basic"));
        let header = if self.raw().proxyreq == sys::PROXYREQ_PROXY as c_int {
            c"Proxy-Authenticate"
        } else {
            c"WWW-Authenticate"
        };
        if is_basic && self.err_headers_out().get(header).is_none() {
            let realm = self.auth_name().unwrap_or_default().to_bytes().escape_ascii();
            let challenge = format!("Basic realm=\"{realm}\"");
            self.err_headers_out()
                .set(header, self.pool().dup(challenge.as_bytes()));
        }
    }

    /// Serve `uri` instead, all phases anew, inside this call.
    pub fn internal_redirect(&self, uri: &CStr) {
        let uri = self.pool().dup(uri.to_bytes());
        // SAFETY: the request lives; httpd may keep the text, which lives in its pool.
        unsafe { sys::ap_internal_redirect(uri.as_ptr(), self.as_ptr()) }
    }

    /// `uri` (a path) with scheme, host and port in front.
    #[must_use]
    pub fn construct_url(&self, uri: &CStr) -> &CStr {
        // SAFETY: all live for the call; the answer lives in the request's pool.
        let url = unsafe {
            text::borrow(sys::ap_construct_url(
                self.pool().as_ptr(),
                uri.as_ptr(),
                self.as_ptr(),
            ))
        };
        url.unwrap_or_default()
    }

    /// The client's password; sets `user`. Only where Basic authentication is configured.
    #[must_use]
    pub fn basic_auth_pw(&self) -> Option<&CStr> {
        let mut password: *const c_char = ptr::null();
        // SAFETY: the request lives; the password lives in its pool.
        unsafe {
            let code = sys::ap_get_basic_auth_pw(self.as_ptr(), &raw mut password);
            (code == sys::OK).then(|| text::borrow(password)).flatten()
        }
    }

    /// The client's host, and whether that text is an address. Asks DNS where `how` and the configuration say so.
    #[must_use]
    pub fn remote_host(&self, how: Lookup) -> (Option<&CStr>, bool) {
        let mut is_ip: c_int = 0;
        // SAFETY: the request lives; the answer lives in the connection's pool.
        let host = unsafe {
            text::borrow(sys::ap_get_useragent_host(
                self.as_ptr(),
                how as c_int,
                &raw mut is_ip,
            ))
        };
        (host, is_ip != 0)
    }

    /// The port the server answers on, as `UseCanonicalPhysicalPort` wants it.
    #[must_use]
    pub fn server_port(&self) -> u16 {
        // SAFETY: the request lives.
        unsafe { sys::ap_get_server_port(self.as_ptr()) }
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> Option<&CStr> {
        // SAFETY: the request lives; the answer is a constant of the module that gives it.
        unsafe { text::borrow(sys::ap_run_http_scheme(self.as_ptr())) }
    }

    /// Allow `methods` besides those allowed already, or only them.
    pub fn allow_methods<'m>(&self, methods: impl Iterator<Item = &'m CStr>, only: bool) {
        if only {
            // SAFETY: httpd makes the list with the request.
            unsafe { sys::ap_clear_method_list(self.raw().allowed_methods) };
        }
        for method in methods {
            // SAFETY: the list lives with the request, the name is copied.
            unsafe { sys::ap_method_list_add(self.raw().allowed_methods, method.as_ptr()) };
        }
    }
}
