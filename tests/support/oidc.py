"""An OpenID Connect provider for tests: it vouches for whoever `claims` names, over real HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

CLIENT = "iqas"
SECRET = "the secret of the provider in the tests"


class Provider(ThreadingHTTPServer):
    """`claims` is what it says of the person who signs in next."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.claims: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def configuration(self) -> str:
        """The value of IQAS_OIDC_PROVIDER."""
        return json.dumps(
            {
                "id": "sso",
                "name": "Universidad",
                "client_id": CLIENT,
                "secret": SECRET,
                "server_url": self.url,
            }
        )

    def sign_in(self, client: Any, **claims: Any) -> Any:
        """The way of a browser: the button of our page, the provider, and back to us."""
        self.claims = claims
        page = client.get("/accounts/login/")
        assert "/accounts/oidc/sso/login/" in page.content.decode()
        to_provider = client.post("/accounts/oidc/sso/login/?process=login")
        assert to_provider.status_code == 302, to_provider.content
        assert to_provider["Location"].startswith(f"{self.url}/authorize")
        [state] = parse_qs(urlsplit(to_provider["Location"]).query)["state"]
        return client.get("/accounts/oidc/sso/login/callback/", {"code": "granted", "state": state})


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        base = self.server.url
        if self.path == "/.well-known/openid-configuration":
            self._send(
                {
                    "issuer": base,
                    "authorization_endpoint": f"{base}/authorize",
                    "token_endpoint": f"{base}/token",
                    "userinfo_endpoint": f"{base}/userinfo",
                    "jwks_uri": f"{base}/keys",
                }
            )
        elif self.path == "/userinfo" and self.headers["Authorization"] == "Bearer of-the-person":
            self._send(self.server.claims)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path != "/token" or sent["client_secret"] != [SECRET] or sent["code"] != ["granted"]:
            self.send_error(400)
            return
        about = {"iss": self.server.url, "aud": CLIENT, "exp": int(time.time()) + 60, "iat": int(time.time())}
        identity = jwt.encode(about | self.server.claims, SECRET.ljust(64), algorithm="HS256")
        self._send({"access_token": "of-the-person", "token_type": "Bearer", "id_token": identity})

    def _send(self, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Nothing is printed."""


@contextmanager
def provider() -> Iterator[Provider]:
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
