//! The attributes of a request: a row each.
//!
//! `read!` and `change!` rows name an accessor of `httpd::Request` and need nothing else; what an accessor cannot say
//! alone is a small function beside its kind. Values are made when they are asked for.

use std::ffi::CStr;

use pyo3_ffi::PyGetSetDef;

use super::{RequestObject, headers, related, write};
use crate::httpd::Request;
use crate::objects::row::{change, read, seconds};
use crate::py::heap_type::GETSET_END;
use crate::py::{Attached, Borrowed, Owned, PyResult, This};
use crate::{getter, property};

#[rustfmt::skip]
pub(super) const GETSET: &[PyGetSetDef] = &[
    // The request line
    read!  (RequestObject, c"the_request", Request::the_request, c"The request line."),
    read!  (RequestObject, c"method", Request::method, c"GET, POST and so on."),
    read!  (RequestObject, c"method_number", Request::method_number, c"M_*; HEAD is M_GET."),
    read!  (RequestObject, c"protocol", Request::protocol, c"For instance HTTP/1.1."),
    read!  (RequestObject, c"proto_num", Request::proto_num, c"1001 for HTTP/1.1."),
    read!  (RequestObject, c"header_only", Request::header_only, c"1 for HEAD."),
    change!(RequestObject, c"assbackwards", Request::assbackwards, flag Request::set_assbackwards, c"1 for HTTP/0.9: no headers are sent."),
    change!(RequestObject, c"proxyreq", Request::proxyreq, integer Request::set_proxyreq, c"PROXYREQ_*."),
    read!  (RequestObject, c"hostname", Request::hostname, c"The host asked for, without port."),
    read!  (RequestObject, c"request_time", request_time, c"When the request came, in seconds since 1970."),

    // The resource
    change!(RequestObject, c"uri", Request::uri, text Request::set_uri, c"The path of the URI."),
    read!  (RequestObject, c"unparsed_uri", Request::unparsed_uri, c"The URI as the client wrote it."),
    getter!(RequestObject, c"parsed_uri", related::parsed_uri, c"The URI's nine parts (URI_*)."),
    change!(RequestObject, c"filename", Request::filename, optional Request::set_filename, c"The file the URI was mapped to."),
    change!(RequestObject, c"canonical_filename", Request::canonical_filename, optional Request::set_canonical_filename, c"The file's name in its true case."),
    change!(RequestObject, c"path_info", Request::path_info, optional Request::set_path_info, c"What follows the file in the path."),
    change!(RequestObject, c"args", Request::args, optional Request::set_args, c"The query string."),
    change!(RequestObject, c"used_path_info", Request::used_path_info, integer Request::set_used_path_info, c"AP_REQ_*_PATH_INFO."),
    property!(RequestObject, c"finfo", related::finfo, related::set_finfo, c"What the file system knew about the file."),
    change!(RequestObject, c"handler", Request::handler, optional Request::set_handler, c"The name of the content handler."),

    // The tables
    getter!(RequestObject, c"headers_in", headers::headers_in, c"The client's headers."),
    getter!(RequestObject, c"headers_out", headers::headers_out, c"The reply's headers."),
    getter!(RequestObject, c"err_headers_out", headers::err_headers_out, c"Headers that errors and redirects send too."),
    getter!(RequestObject, c"subprocess_env", headers::subprocess_env, c"The environment of CGI and SSI."),
    getter!(RequestObject, c"notes", headers::notes, c"Notes between modules."),

    // The reply
    change!(RequestObject, c"status", Request::status, integer Request::set_status, c"The status, 200 at first."),
    change!(RequestObject, c"status_line", Request::status_line, header Request::set_status_line, c"The status with its text; must agree with status."),
    change!(RequestObject, c"content_type", Request::content_type, header related::set_content_type, c"The content's type."),
    read!  (RequestObject, c"_content_type_set", related::content_type_set, c"1 once Python has set the content's type."),
    read!  (RequestObject, c"content_encoding", Request::content_encoding, c"The content's encoding."),
    read!  (RequestObject, c"content_languages", content_languages, c"The content's languages, as a tuple."),
    read!  (RequestObject, c"vlist_validator", Request::vlist_validator, c"The validator of a negotiated variant list."),
    read!  (RequestObject, c"clength", Request::clength, c"The content's length."),
    change!(RequestObject, c"chunked", Request::chunked, flag Request::set_chunked, c"1 when the reply is sent in chunks."),
    read!  (RequestObject, c"range", Request::range, c"The Range header as httpd took it."),
    read!  (RequestObject, c"mtime", mtime, c"When the content was last changed, in seconds since 1970."),
    change!(RequestObject, c"no_cache", Request::no_cache, flag Request::set_no_cache, c"1: the reply must not be cached."),
    change!(RequestObject, c"no_local_copy", Request::no_local_copy, flag Request::set_no_local_copy, c"1: no copy answers a conditional request."),
    read!  (RequestObject, c"sent_bodyct", write::sent_bodyct, c"Not 0 once the body has begun."),
    read!  (RequestObject, c"bytes_sent", write::bytes_sent, c"Bytes of the body sent."),
    read!  (RequestObject, c"_bytes_queued", write::bytes_queued, c"Bytes given to write and sendfile."),
    read!  (RequestObject, c"eos_sent", Request::eos_sent, c"1 once the end of the reply was passed on."),

    // The body
    read!  (RequestObject, c"remaining", Request::remaining, c"Bytes of the body that are left."),
    read!  (RequestObject, c"read_length", Request::read_length, c"Bytes of the body that were read."),
    read!  (RequestObject, c"read_body", Request::body_policy, c"How the body is read (REQUEST_*)."),
    read!  (RequestObject, c"read_chunked", Request::read_chunked, c"1 when the body comes in chunks."),
    read!  (RequestObject, c"expecting_100", Request::expecting_100, c"1 when the client waits for 100 Continue."),

    // Who, and what is allowed
    property!(RequestObject, c"user", related::user, related::set_user, c"Who was authenticated (Latin-1)."),
    change!(RequestObject, c"ap_auth_type", Request::ap_auth_type, optional Request::set_ap_auth_type, c"How the user was authenticated."),
    read!  (RequestObject, c"allowed", Request::allowed, c"The methods allowed here, one bit each."),
    read!  (RequestObject, c"allowed_xmethods", allowed_xmethods, c"Allowed methods beyond httpd's own, as a tuple."),
    read!  (RequestObject, c"allowed_methods", allowed_methods, c"Names of the allowed methods, as a tuple."),
    read!  (RequestObject, c"useragent_ip", Request::useragent_ip, c"The user agent's address."),
    read!  (RequestObject, c"useragent_addr", useragent_addr, c"The user agent's address and port."),

    // Relatives and the phase
    getter!(RequestObject, c"connection", related::connection, c"The connection."),
    getter!(RequestObject, c"server", related::server, c"The (virtual) server."),
    getter!(RequestObject, c"main", related::main, c"The request this one is a part of."),
    getter!(RequestObject, c"prev", related::prev, c"The request this one was redirected from."),
    getter!(RequestObject, c"next", related::next, c"The request this one was redirected to."),
    getter!(RequestObject, c"interpreter", related::interpreter, c"The name of this interpreter."),
    getter!(RequestObject, c"phase", related::phase, c"The running phase, or None."),
    getter!(RequestObject, c"extension", related::extension, c"The extension that chose the handlers."),
    getter!(RequestObject, c"hlist", related::hlist, c"The handlers of the running phase."),
    getter!(RequestObject, c"_request_rec", related::request_rec, c"httpd's request_rec, for extension modules."),
    GETSET_END,
];

fn request_time(r: &Request) -> f64 {
    seconds(r.request_time())
}

fn mtime(r: &Request) -> f64 {
    seconds(r.mtime())
}

fn content_languages(r: &Request) -> Vec<&CStr> {
    r.content_languages().collect()
}

fn allowed_xmethods(r: &Request) -> Vec<&CStr> {
    r.allowed_xmethods().collect()
}

fn allowed_methods(r: &Request) -> Vec<&CStr> {
    r.allowed_methods().collect()
}

fn useragent_addr(r: &Request) -> Option<(&CStr, u16)> {
    r.useragent_ip().zip(r.useragent_port())
}
