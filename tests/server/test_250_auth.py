"""Python as a provider for httpd's own authentication and authorization."""

from __future__ import annotations

import httpx
import pytest

from harness import MPMS, Conf, Server

ANSWERS = [
    (("ana", "secret"), 200),
    (("ana", "wrong"), 401),
    (("stranger", "secret"), 401),
    (None, 401),
]


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestProviders:
    """`AuthBasicProvider python`, `AuthDigestProvider python`, `Require python`."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A path for each, and one whose provider fails."""
        conf.load("authn_core", "auth_basic", "auth_digest", "authz_user")
        app = conf.app(
            "auth", "SetHandler mod_python", "PythonHandler members", f"PythonPath \"sys.path + ['{conf.root}/apps/auth']\""
        )
        basic = ("AuthType Basic", "AuthName club", "AuthBasicProvider python")
        app.block("Files", "basic", *basic, "Require valid-user", "PythonAuthBasicProvider members")
        app.block("Files", "fails", *basic, "Require valid-user", "PythonAuthBasicProvider members::fails")
        app.block("Files", "require", *basic, "Require python members", "PythonAuthBasicProvider members")
        app.block("Files", "nonsense", "Require python members::")
        digest = ("AuthType Digest", "AuthName club", "AuthDigestProvider python")
        app.block("Files", "digest", *digest, "Require valid-user", "PythonAuthDigestProvider members")

    @pytest.mark.parametrize(("who", "status"), ANSWERS)
    def test_basic(self, server: Server, who: tuple[str, str] | None, status: int) -> None:
        server.log.allow("AH01617", "AH01618")
        response = server.client.get("/basic", auth=who)
        assert response.status_code == status
        assert response.text == "ana by Basic" or status == 401 and "Basic realm" in response.headers["WWW-Authenticate"]

    @pytest.mark.parametrize(("who", "status"), ANSWERS)
    def test_digest(self, server: Server, who: tuple[str, str] | None, status: int) -> None:
        server.log.allow("AH0179", "AH0178")
        response = server.client.get("/digest", auth=httpx.DigestAuth(*who) if who else None)
        assert response.status_code == status
        assert response.text == "ana by Digest" or status == 401

    @pytest.mark.parametrize(("who", "status"), [(("ana", "secret"), 200), (("bob", "hidden"), 401), (None, 401)])
    def test_require(self, server: Server, who: tuple[str, str] | None, status: int) -> None:
        server.log.allow("AH01631")
        assert server.client.get("/require", auth=who).status_code == status

    def test_an_error_lets_nobody_in(self, server: Server) -> None:
        server.log.expect("LookupError: no list of members")
        server.log.allow("PythonAuthBasicProvider")
        assert server.client.get("/fails", auth=("ana", "secret")).status_code == 500

    def test_a_line_that_names_no_handler(self, server: Server) -> None:
        server.log.expect("Require python members::: 'members::' is no handler")
        server.log.allow("AH0163")
        assert server.client.get("/nonsense").status_code in (401, 403, 500)


class TestForm:
    """mod_auth_form: the provider of Basic authentication is asked for what a form says."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """A page behind a form; the password stays in a session cookie of httpd's."""
        conf.load("authn_core", "authz_user", "request", "session", "session_cookie", "auth_form")
        app = conf.app("auth", f"PythonPath \"sys.path + ['{conf.root}/apps/auth']\"", "PythonAuthBasicProvider members")
        form = ("AuthType form", "AuthName club", "AuthFormProvider python", "Session On", "SessionCookieName club path=/")
        app.handler("inside", "members", *form, "Require valid-user", "ErrorDocument 401 please")
        app.block("Files", "login", "SetHandler form-login-handler", *form, "AuthFormLoginSuccessLocation /inside")

    def login(self, server: Server, **fields: str) -> httpx.Response:
        return server.client.post("/login", data={f"httpd_{name}": value for name, value in fields.items()})

    def test_a_member_logs_in_once(self, server: Server) -> None:
        answer = self.login(server, username="ana", password="secret")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/inside")
        cookie = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}
        assert server.client.get("/inside", headers=cookie).text.startswith("ana by")

    def test_nobody_else_comes_in(self, server: Server) -> None:
        server.log.allow("AH0180[0-9]", "AH01811")
        server.client.close_idle()  # and forget the cookie of the member
        assert self.login(server, username="ana", password="wrong").status_code == 401
        assert self.login(server, username="stranger", password="secret").status_code == 401
        assert server.client.get("/inside").status_code == 401
