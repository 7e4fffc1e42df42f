"""Every attribute of the objects and every constant of `mod_python.apache`: its type and, where it is fixed, its value."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

import pytest

from harness import Conf, Server

STR, INT, FLOAT, TUPLE, TABLE, NONE = "str", "int", "float", "tuple", "mp_table", "NoneType"

# What a plain GET of /probe gives.
REQUEST = {
    "connection": "mp_conn", "server": "mp_server", "next": NONE, "prev": NONE, "main": NONE, "the_request": STR,
    "assbackwards": INT, "proxyreq": INT, "header_only": INT, "protocol": STR, "proto_num": INT, "hostname": STR,
    "request_time": FLOAT, "status_line": NONE, "status": INT, "method": STR, "method_number": INT, "allowed": INT,
    "allowed_xmethods": TUPLE, "allowed_methods": TUPLE, "sent_bodyct": INT, "bytes_sent": INT, "mtime": FLOAT,
    "chunked": INT, "range": NONE, "clength": INT, "remaining": INT, "read_length": INT, "read_body": INT,
    "read_chunked": INT, "expecting_100": INT, "headers_in": TABLE, "headers_out": TABLE, "err_headers_out": TABLE,
    "subprocess_env": TABLE, "notes": TABLE, "phase": STR, "interpreter": STR, "content_type": NONE,
    "_content_type_set": INT, "content_languages": TUPLE, "content_encoding": NONE, "handler": STR,
    "vlist_validator": NONE, "user": NONE, "ap_auth_type": NONE, "no_cache": INT, "no_local_copy": INT,
    "unparsed_uri": STR, "uri": STR, "filename": STR, "canonical_filename": STR, "path_info": STR, "args": STR,
    "finfo": "mp_finfo", "parsed_uri": TUPLE, "used_path_info": INT, "eos_sent": INT, "useragent_addr": TUPLE,
    "useragent_ip": STR, "extension": NONE, "hlist": "mp_hlist", "_bytes_queued": INT, "_request_rec": "PyCapsule",
}  # fmt: skip

WRITABLE = (
    "assbackwards proxyreq status_line status chunked content_type handler user ap_auth_type no_cache no_local_copy"
    " uri filename canonical_filename path_info args finfo used_path_info"
).split()

CONNECTION = {
    "base_server": "mp_server", "local_addr": TUPLE, "client_addr": TUPLE, "remote_addr": TUPLE, "client_ip": STR,
    "remote_ip": STR, "remote_host": NONE, "remote_logname": NONE, "aborted": INT, "keepalive": INT,
    "double_reverse": INT, "keepalives": INT, "local_ip": STR, "local_host": NONE, "id": INT, "notes": TABLE,
}  # fmt: skip

SERVER = {
    "next": NONE, "defn_name": STR, "defn_line_number": INT, "server_admin": STR, "server_hostname": STR, "port": INT,
    "error_fname": NONE, "loglevel": INT, "is_virtual": INT, "timeout": FLOAT, "keep_alive_timeout": FLOAT,
    "keep_alive_max": INT, "keep_alive": INT, "path": NONE, "pathlen": INT, "names": TUPLE, "wild_names": TUPLE,
    "limit_req_line": INT, "limit_req_fieldsize": INT, "limit_req_fields": INT,
}  # fmt: skip

# (code, value) with a request of /probe/deeper
VALUES = [
    ("req.assbackwards", 0),
    ("req.proto_num", 1001),
    ("req.hostname", "one.test"),
    ("req.method_number == apache.M_GET", True),
    ("req.the_request.startswith('GET /probe')", True),
    ("req.parsed_uri[apache.URI_PATH]", "/probe/deeper"),
    ("req.parsed_uri[apache.URI_PORT]", None),
    ("len(req.parsed_uri)", 9),
    ("req.used_path_info == apache.AP_REQ_DEFAULT_PATH_INFO", True),
    ("req.handler", "mod_python"),
    ("req.connection is req.connection", True),
    ("req.server is req.server", True),
    ("req.headers_in is req.headers_in", True),
    ("req.useragent_addr[0] == req.useragent_ip == req.connection.client_ip == '127.0.0.1'", True),
    ("req.connection.client_addr[1] > 0", True),
    ("req.connection.keepalive in (apache.AP_CONN_UNKNOWN, apache.AP_CONN_KEEPALIVE)", True),
    ("req.connection.notes['a'] = 'b'\nreq.connection.notes['A']", "b"),
    ("req.server.server_hostname", "one.test"),
    ("req.server.names", ["alias.test"]),
    ("req.server.wild_names", ["*.wild.test"]),
    ("req.server.keep_alive_timeout", 2.0),
    ("req.server.timeout", 60.0),
    ("req.server.limit_req_fields", 100),
    ("req.server.get_options()['which']", "one"),
    ("req.server.get_config()['PythonDebug']", "0"),
    ("apache.server_root() in req.filename", True),
    ("apache.mpm_query(apache.AP_MPMQ_IS_THREADED)", 1),
    ("apache.exists_config_define('NO_SUCH_DEFINE')", False),
    ("apache.resolve_object(apache, 'log_error') is apache.log_error", True),
    ("apache.NullIO().read() + apache.NullIO().readline()", ""),
    ("req.document_root().endswith('/apps/probe')", True),
    ("req.construct_url('/x').startswith('http://one.test')", True),
    ("req.auth_name()", None),
    ("req.auth_type()", None),
    ("req.get_basic_auth_pw()", None),
    ("req.get_remote_host(apache.REMOTE_NOLOOKUP)", "127.0.0.1"),
    ("req.get_remote_host(apache.REMOTE_NOLOOKUP, 1)", ["127.0.0.1", 1]),
    ("req.add_common_vars()\nreq.subprocess_env['SERVER_NAME']", "one.test"),
    ("req.add_cgi_vars()\n[req.subprocess_env[k] for k in ('SCRIPT_NAME', 'PATH_INFO')]", ["/probe", "/deeper"]),
    ("req.allow_methods(['PUT', 'DELETE'], 1)", None),
    ("req.update_mtime(1000.7)\nreq.set_last_modified()\nreq.headers_out['Last-Modified']", "Thu, 01 Jan 1970 00:16:40 GMT"),
    ("req.meets_conditions()", 0),
    ("req.set_etag()\nreq.mtime", 0.0),
    ("req.send_http_header()", None),
    ("req.discard_request_body()", 0),
    ("h = req.hlist\n[h.handler, h.is_location, h.silent, h.directory.endswith('/probe/')]", ["probe", 0, 0, True]),
    ("req.hlist.location", None),
    ("h = req.hlist\nh.next()\n[h.handler, h.directory]", [None, None]),
]


class TestObjects:
    """One request asked for everything."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The probe in a virtual host that has names."""
        host = conf.vhost("one.test", "ServerAlias alias.test *.wild.test", "PythonOption which one", "PythonDebug Off")
        host.add("ServerAdmin admin@one.test").app("probe").handler("probe", "probe")

    def types(self, server: Server, of: str, names: dict[str, str]) -> dict[str, str]:
        code = f"{{name: type(getattr({of}, name)).__name__ for name in {sorted(names)}}}"
        return dict(server.client.probe(code, "/probe/deeper", host="one.test"))

    def test_types_of_a_request(self, server: Server) -> None:
        assert self.types(server, "req", REQUEST) == REQUEST

    def test_types_of_a_connection(self, server: Server) -> None:
        server.log.allow("MPY0303")
        assert self.types(server, "req.connection", CONNECTION) == CONNECTION

    def test_old_names_are_told_of_once(self, server: Server) -> None:
        server.log.allow("MPY0303")
        for old, new in (("remote_ip", "client_ip"), ("remote_addr", "client_addr")):
            code = f"[getattr(req.connection, name) == req.connection.{new} for name in ['{old}'] * 3]"
            assert server.client.probe(code, host="one.test") == [True] * 3
            assert len(server.log.find(f"MPY0303: connection.{old} is deprecated: use connection.{new},")) == 1

    def test_types_of_a_server(self, server: Server) -> None:
        found = self.types(server, "req.server", SERVER)
        assert found.pop("next") in (NONE, "mp_server")
        assert found == {name: kind for name, kind in SERVER.items() if name != "next"}

    def test_what_can_be_written(self, server: Server) -> None:
        code = f"""
def writable(name):
    try:
        setattr(req, name, getattr(req, name))
    except AttributeError:
        return False
    return True
sorted(name for name in {sorted(REQUEST)} if writable(name))"""
        assert server.client.probe(code, host="one.test") == sorted(WRITABLE)

    @pytest.mark.parametrize(("code", "value"), VALUES, ids=[code for code, _ in VALUES])
    def test_value(self, server: Server, code: str, value: object) -> None:
        assert server.client.probe(code, "/probe/deeper", host="one.test") == value

    def test_internal_redirect(self, server: Server) -> None:
        code = "req.internal_redirect('/probe?[req.prev.path_info,req.main,req.prev.next is req]')"
        answer = server.client.get(f"/probe/deeper?{quote(code)}", host="one.test")
        assert answer.text == '{"value": ["/deeper", null, true]}'
        assert server.client.probe("1", host="one.test") == 1, "what was written behind the end is no reply"

    def test_methods_must_be_text(self, server: Server) -> None:
        assert server.client.raised("req.allow_methods([1])", host="one.test").startswith("TypeError")


class TestConstants:
    """The numbers and names of `mod_python.apache`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The probe."""
        conf.app("probe").handler("probe", "probe")

    def test_statuses(self, server: Server) -> None:
        found = server.client.probe("{n: v for n, v in vars(apache).items() if n.startswith('HTTP_')}")
        assert len(found) == 50
        assert set(found.values()) <= {status.value for status in HTTPStatus} | {506}

    def test_each_is_a_number_or_a_text(self, server: Server) -> None:
        code = "sorted({type(v).__name__ for n, v in vars(apache).items() if n.isupper() and not isinstance(v, type)})"
        assert server.client.probe(code) == ["int", "str"]

    def test_those_of_httpd(self, server: Server) -> None:
        code = "[apache.AP_CONN_KEEPALIVE, apache.APR_REG, apache.APR_UNKFILE, apache.MODULE_MAGIC_NUMBER_MAJOR]"
        assert server.client.probe(code) == [2, 1, 127, 20120211]
