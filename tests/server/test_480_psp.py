"""`mod_python.psp`: pages as handlers, pages as templates, errors, reloading, options."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from harness import Conf, Server
from harness.env import REPOSITORY

GOLDEN = REPOSITORY / "tests" / "psp"


def trace(server: Server, url: str, status: int = 500) -> list[str]:
    """The traceback that a request leaves in the log, without what stands before each line."""
    prefix = r"PythonHandler (mod_python\.psp|templates): "
    mark = server.log.mark()
    server.log.expect(prefix)
    assert server.client.get(url).status_code == status
    server.log.wait_for(prefix + r"\w+Error", mark)
    return [re.split(prefix, line.raw)[-1].partition(", referer")[0] for line in server.log.find(prefix, mark)]


def write(file: Path, text: str, seconds: int) -> None:
    """Give a file a content and a time of its own."""
    file.write_text(text)
    os.utime(file, (seconds, seconds))


class TestPages:
    """`PythonHandler mod_python.psp`, as the manual prints it."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A folder of pages at /psp and at /."""
        app = conf.app("psp", "AddHandler mod_python .psp .psp_", "PythonHandler mod_python.psp")
        app.block("Files", "escaped.psp", "PythonOption mod_python.psp.escape On")
        app.block("Files", "hello.psp", "PythonDebug On")
        conf.add(f'Alias /psp "{conf.root}/apps/psp"')

    def test_a_page(self, server: Server) -> None:
        answer = server.client.get("/hello.psp")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert answer.text == "Hello nobody, grüß Gott GET\n"

    def test_the_form(self, server: Server) -> None:
        assert server.client.get("/hello.psp?who=me").text.startswith("Hello me")
        assert server.client.post("/hello.psp", data={"who": "ünlü"}).text == "Hello ünlü, grüß Gott POST\n"

    def test_globals(self, server: Server) -> None:
        first, second = server.client.get("/globals.psp").text.splitlines()
        assert first == "(True, True, 0, '/', True, '&lt;', 'mod_python.util')"
        assert second == "(False, False, '__psp__')", "form and session come only to pages that mention them"

    def test_a_neighbour(self, server: Server) -> None:
        assert server.client.get("/neighbour.psp").text == "neighbour"

    def test_redirect_behind_some_text(self, server: Server) -> None:
        for query, status in (("", 302), ("?1", 301)):
            answer = server.client.get(f"/redirect.psp{query}")
            assert (answer.status_code, answer.headers["Location"]) == (status, "/psp/hello.psp")
            assert "never" not in answer.text and "Error" not in answer.text

    def test_apply_data(self, server: Server) -> None:
        assert server.client.get("/apply.psp?a=1&other=2").text == "1-"

    def test_escaping(self, server: Server) -> None:
        assert server.client.get("/escaped.psp").text == "&lt;&amp; <b> A"

    def test_the_code_is_shown_while_debugging_only(self, server: Server) -> None:
        answer = server.client.get("/hello.psp_")
        assert answer.status_code == 404, "PythonDebug is off"

    def test_missing_pages(self, server: Server) -> None:
        assert server.client.get("/none.psp").status_code == 404
        assert server.client.get("/hello.psp/path/info").status_code == 200

    def test_an_included_file_changes(self, server: Server) -> None:
        included = server.root / "apps/psp/sub/changing.html"
        for number in (2, 1, 3):
            write(included, str(number), 1_000_000 + number)
            assert server.client.get("/includes.psp").text == f"a{number}b"

    def test_a_page_changes_newer_or_older(self, server: Server) -> None:
        page = server.root / "apps/psp/page.psp"
        for number in (2, 1, 3):
            write(page, f"<%= {number} %>", 1_000_000 + number)
            assert server.client.get("/page.psp").text == str(number)
        page.unlink()
        assert server.client.get("/page.psp").status_code == 404

    def test_what_cannot_be_read(self, server: Server) -> None:
        if os.geteuid() != 0 or not server.conf.installation.user:
            pytest.skip("needs children of another user")
        page = server.root / "apps/psp/secret.psp"
        page.write_text("secret")
        page.chmod(0o600)
        assert server.client.get("/secret.psp").status_code == 403


class TestSessions:
    """A page that mentions `session` has one."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Kept in files."""
        store = conf.root / "store"
        store.mkdir()
        store.chmod(0o777)
        app = conf.app("psp", "AddHandler mod_python .psp", "PythonHandler mod_python.psp")
        app.add("PythonOption mod_python.session.session_type FileSession")
        app.add(f"PythonOption mod_python.session.database_directory {store}")

    def test_it_is_kept_from_page_to_page_and_by_a_redirect(self, server: Server) -> None:
        visits = [server.client.get("/visits.psp").text for _ in range(2)]
        answer = server.client.get("/visits.psp?away")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/hello.psp")
        assert [*visits, server.client.get("/visits.psp").text] == ["1\n", "2\n", "4\n"]

    def test_it_is_unlocked_at_the_end(self, server: Server) -> None:
        assert server.client.get("/visits.psp").status_code == 200
        answers = server.client.several(["/visits.psp"] * 8)
        assert len({answer.text for answer in answers}) == 8, "no two at once saw one state"


class TestErrors:
    """What is wrong with a page is said in terms of the page."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The same pages; one shows its errors."""
        app = conf.app("psp", "AddHandler mod_python .psp", "PythonHandler mod_python.psp")
        app.block("Files", "hello.psp", "PythonOption mod_python.psp.escape perhaps")

    def test_a_traceback_names_lines_of_the_page(self, server: Server) -> None:
        page = f"{server.root}/apps/psp/fails.psp"
        assert trace(server, "/fails.psp") == [
            "Traceback (most recent call last):",
            f'  File "{page}", line 7, in <module>',
            "    <%= divide(0) %>",
            f'  File "{page}", line 4, in divide',
            "    return 1 / x",
            "ZeroDivisionError: division by zero",
        ]

    def test_a_traceback_names_included_files(self, server: Server) -> None:
        page = f"{server.root}/apps/psp/sub/broken.html"
        assert trace(server, "/fails_inside.psp")[1:] == [
            f'  File "{page}", line 3, in <module>',
            "    <%= undefined %>",
            "NameError: name 'undefined' is not defined",
        ]

    @pytest.mark.parametrize(
        ("page", "file", "line", "text"),
        [
            ("wrong.psp", "wrong.psp", 2, "SyntaxError: invalid syntax"),
            ("missing_include.psp", "missing_include.psp", 2, "SyntaxError: cannot include 'sub/nowhere.html'"),
            ("directive.psp", "directive.psp", 2, "SyntaxError: 'import \"x\"' is no directive"),
        ],
    )
    def test_a_page_that_is_none(self, server: Server, page: str, file: str, line: int, text: str) -> None:
        lines = trace(server, f"/{page}")
        assert f'  File "{server.root}/apps/psp/{file}", line {line}' in lines
        assert lines[-1].startswith(text)

    def test_error_pages(self, server: Server) -> None:
        expected = "error page: KeyError, &#x27;&lt;gone&gt;&#x27;, True"
        assert server.client.get("/caught.psp").text == f"before\n{expected}"
        assert server.client.get("/caught_below.psp").text == expected

    def test_a_result_is_no_error(self, server: Server) -> None:
        assert server.client.get("/gone.psp").status_code == 410

    def test_an_option_that_means_nothing(self, server: Server) -> None:
        assert trace(server, "/hello.psp")[-1] == "ValueError: PythonOption mod_python.psp.escape is on or off, not 'perhaps'"


class TestTemplates:
    """`psp.PSP` in handlers; the golden pages."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The handlers, and tests/psp beside them."""
        directory = conf.install("psp")
        shutil.copytree(GOLDEN, directory / "golden", dirs_exist_ok=True)
        app = conf.app("psp", "PythonAutoReload Off").handler("t", "templates")
        app.block("Files", "*.psp*", "SetHandler mod_python", "PythonHandler mod_python.psp", "PythonDebug On")
        app.block("Files", "literal", "SetHandler mod_python", "PythonHandler templates").add(
            "PythonOption mod_python.psp.literal_backslashes yes"
        )

    @pytest.mark.parametrize("page", sorted(GOLDEN.glob("*.psp")), ids=lambda page: page.name)
    def test_golden_pages(self, server: Server, page: Path) -> None:
        answer = server.client.get(f"/t/golden?{server.root}/apps/psp/golden/{page.name}")
        assert re.sub(r"\d{4}-\d\d-\d\d, \d\d:\d\d:\d\d", "(now)", answer.text) == page.with_suffix(".out").read_text()

    def test_a_page_by_name(self, server: Server) -> None:
        assert server.client.get("/t/by_name").text == "1 2\n"

    def test_a_page_by_string(self, server: Server) -> None:
        assert server.client.get("/t/by_string").text == "2ü3 4\nß"

    def test_a_page_as_a_result(self, server: Server) -> None:
        assert server.client.get("/t/returned").text == "shown '' text/plain"

    def test_errors_before_anything_is_written(self, server: Server) -> None:
        assert server.client.get("/t/both").text == "a page has a filename or a string, not both"
        assert server.client.get("/t/nowhere").status_code == 404

    def test_the_lines_of_a_string(self, server: Server) -> None:
        lines = trace(server, "/t/failing_string")
        assert re.fullmatch(r'  File "<psp string \w+>", line 2, in <module>', lines[-3])
        assert lines[-2:] == ["    <%= 1 / 0 %>", "ZeroDivisionError: division by zero"]

    def test_parse(self, server: Server) -> None:
        code = server.client.get("/t/parsed").text
        assert code.startswith('req.write("""a""",0); x ;req.write("""b""",0)\n')
        assert code.count("str(") == 3

    def test_the_store_is_bounded(self, server: Server) -> None:
        assert server.client.get("/t/kept").text == "512"

    def test_a_page_stays_without_autoreload(self, server: Server) -> None:
        page = server.root / "apps/psp/page.psp"
        for number in (1, 2):
            write(page, f"<%= {number} %>", 1_000_000 + number)
            assert server.client.get("/page.psp").text == "1"

    def test_the_code_is_shown_while_debugging(self, server: Server) -> None:
        answer = server.client.get("/fails.psp_")
        assert answer.status_code == 200
        assert "req.write(str( divide(0) ),0)" in answer.text
        assert "&lt;%= divide(0) %&gt;" in answer.text
        assert server.client.get("/hello.psp").text == "Hello nobody, grüß Gott GET\n"
