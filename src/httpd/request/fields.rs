//! The fields of a request: rows.
//!
//! Owns which field of `request_rec` has which name and type. Read and written on the request's thread.

use std::ffi::{CStr, c_int};

use apache2_sys as sys;

use super::Request;
use crate::apr::{FileInfo, text};
use crate::httpd::fields::{flags, numbers, tables, texts};

texts! { Request:
    /// The request line.
    the_request;
    /// `HTTP/1.1`.
    protocol;
    /// The host asked for, without port.
    hostname;
    /// `200 OK`; httpd drops it when its number is not the status.
    status_line => set_status_line;
    /// `GET`.
    method;
    /// The `Range` header as httpd took it.
    range;
    /// The content's type; see [`Request::set_content_type`].
    content_type;
    /// The name of the content handler (`SetHandler`, `AddHandler`).
    handler => set_handler;
    /// The content's encoding.
    content_encoding => set_content_encoding;
    /// The validator of a negotiated variant list.
    vlist_validator;
    /// Who was authenticated.
    user => set_user;
    /// How the user was authenticated.
    ap_auth_type => set_ap_auth_type;
    /// The URI as the client wrote it.
    unparsed_uri;
    /// The path of the URI, unescaped.
    uri => set_uri;
    /// The file the URI was mapped to.
    filename => set_filename;
    /// The file's name in its true case.
    canonical_filename => set_canonical_filename;
    /// What follows the file in the path.
    path_info => set_path_info;
    /// The query string.
    args => set_args;
    /// What the error log calls this request.
    log_id;
    /// The user agent's address, as text.
    useragent_ip;
    /// The user agent's host name, where somebody has looked it up.
    useragent_host;
    /// Scheme of the URI.
    uri_scheme = parsed_uri.scheme;
    /// `user:password@host:port` of the URI.
    uri_hostinfo = parsed_uri.hostinfo;
    /// User of the URI.
    uri_user = parsed_uri.user;
    /// Password of the URI.
    uri_password = parsed_uri.password;
    /// Host of the URI.
    uri_hostname = parsed_uri.hostname;
    /// Port of the URI, as text.
    uri_port_str = parsed_uri.port_str;
    /// Path of the URI.
    uri_path = parsed_uri.path;
    /// Query of the URI.
    uri_query = parsed_uri.query;
    /// Fragment of the URI.
    uri_fragment = parsed_uri.fragment;
}

numbers! { Request:
    /// `PROXYREQ_*`.
    proxyreq => set_proxyreq: c_int;
    /// 1001 for HTTP/1.1.
    proto_num: c_int;
    /// When the request came, in microseconds since 1970.
    request_time: i64;
    /// The reply's status.
    status => set_status: c_int;
    /// `M_*`; HEAD is `M_GET`.
    method_number: c_int;
    /// The methods allowed here, one bit each.
    allowed: i64;
    /// Not 0 once the body is being sent.
    sent_bodyct: i64;
    /// Bytes of the body sent.
    bytes_sent: i64;
    /// When the content was last changed, in microseconds since 1970.
    mtime: i64;
    /// The content's length.
    clength: i64;
    /// How the body is read (`REQUEST_*`).
    body_policy: c_int = read_body;
    /// Bytes of the body that are left.
    remaining: i64;
    /// Bytes of the body that were read.
    read_length: i64;
    /// `AP_REQ_*_PATH_INFO`.
    used_path_info => set_used_path_info: c_int;
    /// Port of the URI; 0 without one.
    uri_port: u16 = parsed_uri.port;
}

flags! { Request:
    /// HTTP/0.9: no headers are sent.
    assbackwards => set_assbackwards;
    /// HEAD.
    header_only;
    /// The reply is sent in chunks.
    chunked => set_chunked;
    /// The body comes in chunks.
    read_chunked;
    /// The client waits for `100 Continue`.
    expecting_100;
    /// The end of the reply was passed on.
    eos_sent;
    /// The reply must not be cached.
    no_cache => set_no_cache;
    /// No copy of ours answers a conditional request.
    no_local_copy => set_no_local_copy;
}

tables! { Request:
    /// The client's headers.
    headers_in;
    /// The reply's headers.
    headers_out;
    /// Headers sent with errors too, and kept across internal redirects.
    err_headers_out;
    /// The environment of CGI and SSI.
    subprocess_env;
    /// Notes between modules.
    notes;
    /// Trailers behind the client's body.
    trailers_in;
    /// Trailers behind the reply's body.
    trailers_out;
}

impl Request {
    /// The request this one was redirected to.
    #[must_use]
    pub fn next(&self) -> Option<&Self> {
        self.other(self.raw().next)
    }

    /// The request this one was redirected from.
    #[must_use]
    pub fn prev(&self) -> Option<&Self> {
        self.other(self.raw().prev)
    }

    /// The request this one is a part of.
    #[must_use]
    pub fn main(&self) -> Option<&Self> {
        self.other(self.raw().main)
    }

    /// The port the user agent speaks from.
    #[must_use]
    pub fn useragent_port(&self) -> Option<u16> {
        // SAFETY: null or an address in the connection's pool.
        unsafe { self.raw().useragent_addr.as_ref() }.map(|address| address.port)
    }

    /// Set the content's type.
    pub fn set_content_type(&self, value: Option<&CStr>) {
        let copy = value.map_or(std::ptr::null(), |text| self.pool().dup(text.to_bytes()).as_ptr());
        // SAFETY: the request lives; httpd keeps the pointer, which lives in its pool.
        unsafe { sys::ap_set_content_type(self.as_ptr(), copy) }
    }

    /// What the file system knew about the file.
    #[must_use]
    pub fn finfo(&self) -> FileInfo<'_> {
        // SAFETY: httpd filled it from the request's pool.
        unsafe { FileInfo::from_raw(self.raw().finfo) }
    }

    /// Replace what is known about the file; the names are copied.
    pub fn set_finfo(&self, info: &FileInfo<'_>) {
        let dup =
            |text: Option<&CStr>| text.map_or(std::ptr::null(), |t| self.pool().dup(t.to_bytes()).as_ptr());
        let raw = sys::apr_finfo_t {
            fname: dup(info.fname()),
            name: dup(info.name()),
            ..*info.raw()
        };
        // SAFETY: the record lives and belongs to this thread; the names live in its pool.
        unsafe {
            (*self.as_ptr()).finfo = sys::apr_finfo_t {
                filehand: std::ptr::null_mut(),
                ..raw
            }
        }
    }

    /// The content's languages.
    pub fn content_languages(&self) -> impl Iterator<Item = &CStr> {
        self.text_array(self.raw().content_languages)
    }

    /// The methods beyond httpd's own that are allowed here.
    pub fn allowed_xmethods(&self) -> impl Iterator<Item = &CStr> {
        self.text_array(self.raw().allowed_xmethods)
    }

    /// The names of the methods that were allowed beyond those with a number.
    pub fn allowed_methods(&self) -> impl Iterator<Item = &CStr> {
        // SAFETY: httpd makes the list with the request.
        self.text_array(unsafe { (*self.raw().allowed_methods).method_list })
    }

    /// Whether this is neither a part of another request nor redirected from one (`ap_is_initial_req`).
    #[must_use]
    pub fn is_initial(&self) -> bool {
        // SAFETY: the request lives.
        unsafe { sys::ap_is_initial_req(self.as_ptr()) != 0 }
    }

    fn other(&self, r: *mut sys::request_rec) -> Option<&Self> {
        // SAFETY: null or a request of the same chain, which lives as long as this one's hook.
        (!r.is_null()).then(|| unsafe { Self::from_ptr(r) })
    }

    fn text_array(&self, array: *const sys::apr_array_header_t) -> impl Iterator<Item = &CStr> {
        // SAFETY: null or an array of C strings in the request's pool.
        unsafe { text::array(array) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apr::OwnedPool;
    use crate::httpd::fake::Fake;

    #[test]
    fn text_is_copied_and_may_be_taken_away() {
        let fake = Fake::new();
        let r = fake.request();
        assert_eq!(r.args(), None);
        for value in [Some(c"a=1"), Some(c""), None] {
            r.set_args(value);
            assert_eq!(r.args(), value);
        }
    }

    #[test]
    fn what_was_read_stays_when_it_is_replaced() {
        let fake = Fake::new();
        let r = fake.request();
        r.set_uri(Some(c"/old"));
        let old = r.uri();
        r.set_uri(Some(c"/new"));
        assert_eq!((old, r.uri()), (Some(c"/old"), Some(c"/new")));
    }

    #[test]
    fn numbers_and_flags() {
        let fake = Fake::new();
        let r = fake.request();
        r.set_status(404);
        r.set_no_cache(true);
        assert_eq!(
            (r.status(), r.no_cache(), r.chunked(), r.uri_port()),
            (404, true, false, 0)
        );
    }

    #[test]
    fn file_information_is_copied_with_its_names() {
        let (fake, owner) = (Fake::new(), OwnedPool::unmanaged());
        let r = fake.request();
        assert_eq!((r.finfo().filetype(), r.finfo().size()), (sys::APR_NOFILE, None));
        r.set_finfo(&FileInfo::of(owner.pool(), c"/", sys::APR_FINFO_NORM).unwrap());
        drop(owner);
        assert_eq!((r.finfo().fname(), r.finfo().is_directory()), (Some(c"/"), true));
    }

    #[test]
    fn a_request_alone_has_no_relatives() {
        let fake = Fake::new();
        let r = fake.request();
        assert!(r.main().is_none() && r.prev().is_none() && r.next().is_none());
        assert_eq!(
            (r.content_languages().count(), r.allowed_xmethods().count()),
            (0, 0)
        );
    }
}
