"""`req.is_https` and `req.ssl_var_lookup`, with mod_ssl and without it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from harness import Conf, Server
from harness.conf import free_port

CODE = "[req.is_https(), req.ssl_var_lookup('SSL_PROTOCOL'), req.ssl_var_lookup('SSL_SERVER_S_DN_CN')]"


def certificate(root: Path) -> tuple[str, str]:
    """Make a key and a certificate in the server root; the directives that name them."""
    key, file = root / "key.pem", root / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=safe.test"
    subprocess.run([*command.split(), "-keyout", key, "-out", file], check=True, capture_output=True)
    return f'SSLCertificateFile "{file}"', f'SSLCertificateKeyFile "{key}"'


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
class TestWithModSsl:
    """An encrypted virtual host beside the plain one."""

    port: int

    @classmethod
    def configure(cls, conf: Conf) -> None:
        """A certificate of its own, and a port for it."""
        cls.port = free_port()
        conf.load("ssl").add(f"Listen 127.0.0.1:{cls.port}", "SSLRandomSeed startup builtin")
        conf.app("probe").handler("probe", "probe")
        safe = conf.vhost("safe.test", "SSLEngine on", address=f"127.0.0.1:{cls.port}")
        safe.add(*certificate(conf.root))
        safe.app("probe").handler("probe", "probe")

    def test_encrypted(self, server: Server) -> None:
        url = f"https://127.0.0.1:{self.port}/probe?{quote(CODE)}"
        with httpx.Client(verify=False, trust_env=False) as client:
            assert json.loads(client.get(url).text)["value"] == [1, "TLSv1.3", "safe.test"]

    def test_plain(self, server: Server) -> None:
        is_https, protocol, _ = server.client.probe(CODE)
        assert is_https == 0
        assert not protocol


class TestWithoutModSsl:
    """Nothing is encrypted."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """The probe."""
        conf.app("probe").handler("probe", "probe")

    def test_nothing_is_encrypted(self, server: Server) -> None:
        assert server.client.probe(CODE) == [0, None, None]
        assert server.client.raised("req.ssl_var_lookup()").startswith("TypeError")
