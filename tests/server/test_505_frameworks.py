"""Django, Flask and Bottle in one httpd at once, each in an interpreter with a GIL of its own; pydantic in the main one.

They come from the tests' own environment (tests/requirements.txt), so that nothing is downloaded here.
"""

from __future__ import annotations

import hashlib
import http.client
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import httpx
import pytest

from harness import Conf, Installation, Server
from harness.client import TIMEOUT
from harness.env import APPS, run

DISTRIBUTIONS = (
    *("Django", "asgiref", "sqlparse"),
    *("Flask", "Werkzeug", "Jinja2", "MarkupSafe", "blinker", "click", "itsdangerous"),
    "bottle",
    *("pydantic", "pydantic_core", "annotated-types", "typing-inspection", "typing_extensions"),
)
APPLICATIONS = {"django": "shop.wsgi", "flask": "flask_app", "bottle": "bottle_app"}
each = pytest.mark.parametrize("name", APPLICATIONS)


@pytest.fixture(scope="session")
def frameworks(installation: Installation) -> Path:
    """A virtual environment with the frameworks; where they cannot be had, their tests are skipped."""
    if installation.python_version != sys.version_info[:2]:
        pytest.skip("the tests' environment is of another Python than the module, so its packages are of no use")
    home = installation.virtualenv("frameworks", {})
    try:
        installation.lend(home, *DISTRIBUTIONS)
    except PackageNotFoundError as missing:
        pytest.skip(f"not installed, see tests/requirements.txt: {missing.name}")
    return home


@pytest.fixture(scope="session")
def applications(installation: Installation, frameworks: Path) -> Path:
    """The directory of the applications, after what `manage.py migrate`, `collectstatic` and `createsuperuser` do."""
    directory = installation.stage / "applications"
    shutil.copytree(APPS / "frameworks", directory, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(str(distribution("Paste").locate_file("paste/lint.py")), directory / "paste_lint.py")
    run(frameworks / "bin/python", directory / "prepare.py")
    return directory


class WithFrameworks:
    """The applications, their packages, and httpd's part: the static files."""

    LINES: tuple[str, ...] = ()

    @pytest.fixture(autouse=True, scope="class")
    @staticmethod
    def needs(applications: Path) -> None:
        """The applications, before the configuration is written."""

    @classmethod
    def configure(cls, conf: Conf) -> None:
        """What all have in common."""
        stage = conf.installation.stage
        conf.add(
            f'PythonInterpreterOptions * "virtualenv={stage}/frameworks" "python-path={stage}/applications"',
            "PythonInterpreterOptions * env=DJANGO_SETTINGS_MODULE=shop.settings",
            "PythonAutoReload Off",
            f'Alias /django/static "{stage}/applications/static"',
            "AddType text/css .css",
            *cls.LINES,
        )
        conf.block("Directory", f'"{stage}/applications/static"', "Require all granted")


class Browser:
    """Somebody who keeps cookies."""

    def __init__(self, server: Server) -> None:
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{server.conf.port}", timeout=TIMEOUT, trust_env=False)

    def get(self, url: str) -> httpx.Response:
        """GET, on a connection of its own: browsers are many, and httpd's workers few."""
        return self._client.get(url, headers={"Connection": "close"})

    def submit(self, url: str, **fields: str) -> httpx.Response:
        """Fill in the form of a page of Django's, and send it."""
        page = self.get(url)
        assert page.status_code == 200, page.text
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[-1]
        data = {"csrfmiddlewaretoken": token, **fields}
        return self._client.post(url, data=data, headers={"Connection": "close"})


class TestTogether(WithFrameworks):
    """One httpd, one process: each application in its own name."""

    LINES = (
        *(f"PythonWSGIAlias /{name} {module} interpreter={name}" for name, module in APPLICATIONS.items()),
        "PythonInterpreterOptions replicated replicas=2",
        "PythonWSGIAlias /replicated flask_app interpreter=replicated",
        *(f"PythonWSGIAlias /{name} pydantic_app interpreter={name}" for name in ("pydantic", "second")),
    )

    def test_gil_auto_moves_pydantic_to_main(self, server: Server) -> None:
        server.log.expect(
            r"MPY0403: \[pydantic\] extension module '\S*pydantic_core\S*' .*`PythonInterpreterOptions pydantic gil=main`"
        )
        order = {"article": "tea", "count": 2}
        assert server.client.post("/pydantic/order", json=order).json() == order
        wrong = server.client.post("/pydantic/order", json={**order, "count": 0})
        assert (wrong.status_code, wrong.json()) == (422, {"wrong": ["count"]})
        assert server.client.get("/pydantic/where").json()["identity"] == 0
        assert len(server.log.find("MPY0403")) == 1

    def test_all_at_once(self, server: Server) -> None:
        names = [*APPLICATIONS, "replicated", "pydantic"]
        answers = server.client.several([f"/{name}/where" for name in names] * 20)
        assert {answer.status_code for answer in answers} == {200}, server.last_words()
        told = {(each["interpreter"], each["replica"]): each["identity"] for each in (answer.json() for answer in answers)}
        assert {name for name, _ in told} == set(names)
        assert len(set(told.values())) == len(told), "an interpreter for each name and replica"
        assert [key for key, identity in told.items() if identity == 0] == [("pydantic", 0)]

    def test_a_second_name_is_told_how_to_share_main(self, server: Server) -> None:
        server.log.expect(r"MPY0\d+: \[second\] .*'pydantic'.*`PythonInterpreterOptions second gil=main`")
        server.log.allow("PythonWSGIAlias")
        assert server.client.get("/second/where").status_code == 500
        assert server.client.get("/pydantic/where").status_code == 200

    @each
    def test_urls_begin_at_the_mount(self, server: Server, name: str) -> None:
        assert server.client.get(f"/{name}/where").json()["url"].removeprefix(f"/{name}") == "/where"

    @each
    def test_a_path_of_any_letters(self, server: Server, name: str) -> None:
        assert server.client.get(f"/{name}/hello/Grüße & 名").text == "<p>Hello Grüße &amp; 名</p>"

    @each
    def test_a_path_that_nobody_knows(self, server: Server, name: str) -> None:
        assert server.client.get(f"/{name}/nothing").status_code == 404

    @each
    def test_sessions(self, server: Server, name: str) -> None:
        ann, bob = Browser(server), Browser(server)
        assert [ann.get(f"/{name}/visits").text for _ in range(3)] == ["1", "2", "3"]
        assert bob.get(f"/{name}/visits").text == "1"

    @each
    @pytest.mark.parametrize("size", [10, 4_000_000])
    def test_uploads(self, server: Server, name: str, size: int) -> None:
        data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        answer = server.client.post(f"/{name}/upload", data={"comment": "für Ann"}, files={"file": ("a.bin", data)})
        assert answer.json() == {"comment": "für Ann", "size": size, "sha256": hashlib.sha256(data).hexdigest()}

    @each
    def test_a_stream_is_not_held_back(self, server: Server, name: str) -> None:
        with server.connect() as raw:
            raw.send(f"GET /{name}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            response = http.client.HTTPResponse(raw.socket)
            response.begin()
            assert response.read(5) == b"first"
            assert server.client.get(f"/{name}/release").text == "ok"
            assert response.read() == b" second"

    @each
    def test_files_and_ranges(self, server: Server, name: str) -> None:
        whole = server.client.get(f"/{name}/download")
        assert whole.content.startswith(b'"""')
        assert whole.headers["Content-Length"] == str(len(whole.content))
        part = server.client.get(f"/{name}/download", headers={"Range": "bytes=3-12"})
        assert (part.status_code, part.content) == (206, whole.content[3:13])

    @each
    def test_an_error_is_in_httpds_log(self, server: Server, name: str) -> None:
        server.log.expect(f"ValueError: of {name.capitalize()}")
        server.log.allow(r"\[python:error\].* \[client \S+\] (Traceback|  |Internal Server Error: |\[.*ERROR in app: )")
        answer = server.client.get(f"/{name}/fails")
        assert answer.status_code == 500
        assert "ValueError" not in answer.text


class TestDjango(WithFrameworks):
    """The admin, with httpd in front of its static files."""

    LINES = ("PythonWSGIAlias /django shop.wsgi interpreter=django",)

    def log_in(self, server: Server) -> Browser:
        browser = Browser(server)
        answer = browser.submit("/django/admin/login/?next=/django/admin/", username="ann", password="password")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/django/admin/")
        return browser

    def test_strangers_are_sent_to_the_form(self, server: Server) -> None:
        answer = server.client.get("/django/admin/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/django/admin/login/?next=/django/admin/")

    def test_a_form_without_its_token(self, server: Server) -> None:
        assert server.client.post("/django/admin/login/", data={"username": "ann"}).status_code == 403

    def test_a_wrong_password(self, server: Server) -> None:
        browser = Browser(server)
        assert "errornote" in browser.submit("/django/admin/login/", username="ann", password="guess").text
        assert browser.get("/django/admin/").status_code == 302

    def test_an_object_is_made_changed_and_deleted(self, server: Server) -> None:
        browser = self.log_in(server)
        groups = "/django/admin/auth/group/"
        assert browser.submit(f"{groups}add/", name="Röster").status_code == 302
        listed = browser.get(groups).text
        assert "was added successfully" in listed, "a message of the request before"
        number = re.findall(rf'href="{groups}(\d+)/change/[^"]*">Röster<', listed)[-1]
        assert browser.submit(f"{groups}{number}/change/", name="Brewers").status_code == 302
        assert ">Brewers<" in browser.get(groups).text
        assert browser.submit(f"{groups}{number}/delete/", post="yes").status_code == 302
        assert browser.get(f"{groups}{number}/change/").status_code == 302

    def test_static_files_are_httpds(self, server: Server) -> None:
        page = server.client.get("/django/admin/login/").text
        (path,) = set(re.findall(r'href="(/django/static/admin/css/base[^"]*\.css)"', page))
        sheet = server.client.get(path)
        assert (sheet.status_code, sheet.headers["Content-Type"]) == (200, "text/css")
        assert sheet.content == (server.conf.installation.stage / "applications" / path.removeprefix("/django/")).read_bytes()
        again = server.client.get(path, headers={"If-None-Match": sheet.headers["ETag"]})
        assert again.status_code == 304

    def test_writers_of_sqlite_at_once(self, server: Server) -> None:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: Browser(server).get("/django/visits"), range(40)))
        assert [(answer.status_code, answer.text) for answer in answers] == [(200, "1")] * 40


@pytest.mark.parametrize("name", APPLICATIONS)
class TestValidators(WithFrameworks):
    """`wsgiref.validate` and `paste.lint` around them, in one interpreter that holds all three."""

    LINES = tuple(f"PythonWSGIAlias /{name} checked:{name} interpreter=checked" for name in APPLICATIONS)

    def test_neither_finds_fault(self, server: Server, name: str) -> None:
        for path in ("where", "hello/x", "visits", "download"):
            assert server.client.get(f"/{name}/{path}").status_code == 200, server.last_words()
        assert server.client.post(f"/{name}/upload", data={"comment": "c"}, files={"file": b"abc"}).json()["size"] == 3
        assert server.client.request("HEAD", f"/{name}/where").status_code == 200


class TestMain(WithFrameworks):
    """Two names that need the main interpreter share it when the configuration says so."""

    LINES = tuple(
        line
        for name in ("one", "two")
        for line in (f"PythonInterpreterOptions {name} gil=main", f"PythonWSGIAlias /{name} pydantic_app interpreter={name}")
    )

    def test_both_serve_without_a_word(self, server: Server) -> None:
        for name in ("one", "two", "one"):
            assert server.client.post(f"/{name}/order", json={"article": "tea", "count": 1}).status_code == 200
            assert server.client.get(f"/{name}/where").json()["identity"] == 0
        assert not server.log.find("MPY0403")
