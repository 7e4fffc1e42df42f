"""`mod_python.testing`: the doubles have every name of the real objects, and handlers run as in the content phase."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any
from wsgiref.validate import validator

import pytest

from mod_python import apache, testing
from mod_python.testing import Connection, Filter, Finfo, Hlist, Request, Server, run

DOCUMENT = Path(__file__).parents[2] / "docs" / "compatibility.md"


def rows(*sections: str) -> set[str]:
    """The names that docs/compatibility.md promises of an object."""
    found, section = set(), ""
    for line in DOCUMENT.read_text().splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif section in sections and (row := re.match(r"\| `(\w+)` \| (?:yes|new) ", line)):
            found.add(row[1])
    return found


@pytest.mark.parametrize(
    ("double", "sections"),
    [
        (Request(), ("Request: attributes", "Request: methods")),
        (Connection(), ("Connection",)),
        (Server(), ("Server",)),
        (Filter(), ("Filter",)),
        (Hlist(), ("hlist",)),
        (Finfo(), ("finfo",)),
        (apache.table(), ("Table",)),
    ],
)
def test_the_double_has_every_name(double: object, sections: tuple[str, ...]) -> None:
    assert rows(*sections) - set(dir(double)) == set()


def test_a_handler_and_its_reply() -> None:
    def handler(req: Any) -> int:
        req.content_type = "text/plain"
        req.headers_out["X-Colour"] = req.get_options()["colour"]
        req.write(f"{req.method} {req.uri} {req.args} {req.headers_in['Accept']} ")
        req.write(req.read())
        return apache.OK

    reply = run(handler, Request("POST", "/a%20b?c=d", headers={"accept": "e"}, body=b"f", options={"colour": "blue"}))
    assert (reply.result, reply.status, reply.text) == (0, 200, "POST /a b c=d e f")
    assert dict(reply.headers.items()) == {"X-Colour": "blue", "Content-Type": "text/plain"}


@pytest.mark.parametrize(
    ("result", "status"),
    [(apache.OK, 200), (apache.DECLINED, 404), (apache.DONE, 200), (apache.HTTP_FORBIDDEN, 403)],
)
def test_results(result: int, status: int) -> None:
    assert run(lambda req: result).status == status
    assert run(lambda req: leave(result)).status == status


def leave(*words: int) -> int:
    raise apache.SERVER_RETURN(*words)


def test_server_return_sets_a_status_too() -> None:
    assert run(lambda req: leave(apache.DONE, 201)).status == 201


@pytest.mark.parametrize("result", [None, True, "200"])
def test_a_result_that_is_no_integer(result: Any) -> None:
    with pytest.raises(TypeError, match="no integer"):
        run(lambda req: result)


def test_an_error_has_the_headers_of_errors_only() -> None:
    def handler(req: Any) -> int:
        req.headers_out["X-Lost"] = "1"
        req.err_headers_out["X-Kept"] = "1"
        return apache.HTTP_UNAUTHORIZED

    assert run(handler).headers.keys() == ["X-Kept"]


def test_cleanups_are_called_whatever_happens() -> None:
    called: list[object] = []

    def handler(req: Any) -> int:
        req.register_cleanup(called.append, 1)
        raise ValueError

    with pytest.raises(ValueError):
        run(handler)
    assert called == [1]


class TestRequest:
    """What a request gives and refuses."""

    @pytest.mark.parametrize("name", ["method", "headers_in", "bytes_sent", "connection", "the_request"])
    def test_what_cannot_be_written(self, name: str) -> None:
        with pytest.raises(AttributeError):
            setattr(Request(), name, 1)

    def test_an_application_may_keep_what_it_likes(self) -> None:
        request = Request()
        request.form = "mine"
        request.user = "me"
        assert (request.form, request.user) == ("mine", "me")

    def test_attributes_by_keyword(self) -> None:
        assert Request(user="me", phase="PythonAuthenHandler").phase == "PythonAuthenHandler"
        with pytest.raises(TypeError, match="no attribute usr"):
            Request(usr="me")

    def test_credentials(self) -> None:
        request = Request(headers=[("Authorization", "Basic bWU6c2VjcmV0")])
        assert (request.get_basic_auth_pw(), request.user) == ("secret", "me")
        assert Request(headers=[("Authorization", "Basic x")]).get_basic_auth_pw() is None

    def test_the_body(self) -> None:
        request = Request(body=b"a\nb\nc")
        assert (request.readline(), request.read(1), request.readlines()) == (b"a\n", b"b", [b"\n", b"c"])

    def test_output(self, tmp_path: Path) -> None:
        request = Request()
        (tmp_path / "file").write_bytes(b"0123456789")
        request.write("ä")
        assert request.sendfile(str(tmp_path / "file"), 2, 3) == 3
        assert (request.output, request.bytes_sent) == ("ä234".encode(), 5)
        with pytest.raises(TypeError):
            request.write(1)  # type: ignore[arg-type]

    def test_what_only_httpd_does_is_noted(self) -> None:
        request = Request()
        request.internal_redirect("/x")
        request.add_handler("PythonLogHandler", "mine")
        assert request.asked == [("internal_redirect", "/x"), ("add_handler", "PythonLogHandler", "mine", None)]
        with pytest.raises(IndexError):
            request.add_handler("PythonCleanupHandler", "mine")

    def test_cgi_variables(self) -> None:
        request = Request("GET", "/s/p?q=1", headers={"X-A": "b"}, path_info="/p")
        request.add_cgi_vars()
        env = request.subprocess_env
        assert (env["SCRIPT_NAME"], env["PATH_INFO"], env["QUERY_STRING"], env["HTTP_X_A"]) == ("/s", "/p", "q=1", "b")

    def test_https(self) -> None:
        request = Request(ssl={"SSL_PROTOCOL": "TLSv1.3"})
        assert (request.is_https(), request.ssl_var_lookup("SSL_PROTOCOL")) == (1, "TLSv1.3")
        assert request.construct_url("/x") == "https://localhost/x"


def test_a_wsgi_application() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("404 Gone Home", [("Content-Type", "text/plain"), ("X-A", "b")])
        return [environ["SCRIPT_NAME"].encode(), environ["PATH_INFO"].encode("latin-1"), environ["wsgi.input"].read(9)]

    def handler(req: Any) -> int:
        return apache.OK if req.serve_wsgi(validator(application)) else apache.DECLINED

    options = {"mod_python.wsgi.base_uri": "/base"}
    reply = run(handler, Request("POST", "/base/%C3%A4", body=b"x", headers={"Content-Length": 1}, options=options))
    assert (reply.status, reply.text) == (404, "/base/äx")
    assert dict(reply.headers.items()) == {"X-A": "b", "Content-Type": "text/plain"}
    assert run(handler, Request("GET", "/other", options=options)).result == apache.DECLINED


def test_a_filter() -> None:
    def shout(filter: Any) -> None:
        while (line := filter.readline()) is not None:
            filter.write(line.upper())
        filter.close()

    double = Filter([b"one\nt", b"wo"])
    shout(double)
    assert (double.output, double.closed) == (b"ONE\nTWO", 1)
    with pytest.raises(ValueError, match="closed filter"):
        double.read()


def test_a_filter_that_passes_on() -> None:
    double = Filter([b"one", b"two"])
    assert double.read(1) == b"o"
    double.pass_on()
    assert double.output == b"netwo"


def test_a_connection() -> None:
    double = Connection(b"hello\nworld")
    assert (double.readline(), double.read(2), double.read(), double.read()) == (b"hello\n", b"wo", b"rld", None)
    double.write("bye")
    assert double.output == b"bye"


def test_finfo() -> None:
    info = Finfo(size=3, filetype=apache.APR_REG)
    assert (info[apache.FINFO_SIZE], info[apache.FINFO_FILETYPE], info.mtime) == (3, apache.APR_REG, None)
    with pytest.raises(TypeError):
        Finfo(colour="blue")


def test_all_is_exported() -> None:
    assert set(testing.__all__) <= set(dir(testing))


@pytest.mark.parametrize(
    ("name", "sections"),
    [
        ("mp_request", ("Request: attributes", "Request: methods")),
        ("mp_conn", ("Connection",)),
        ("mp_server", ("Server",)),
        ("mp_filter", ("Filter",)),
        ("mp_hlist", ("hlist",)),
        ("mp_finfo", ("finfo",)),
        ("mp_table", ("Table",)),
    ],
)
def test_the_stub_has_every_name(name: str, sections: tuple[str, ...]) -> None:
    stub = ast.parse((Path(testing.__file__).parent / "_apache.pyi").read_text())
    (described,) = (node for node in stub.body if isinstance(node, ast.ClassDef) and node.name == name)
    methods = {node.name for node in described.body if isinstance(node, ast.FunctionDef)}
    fields = {ast.unparse(node.target) for node in described.body if isinstance(node, ast.AnnAssign)}
    assert rows(*sections) == {word for word in methods | fields if not word.startswith("__")}
