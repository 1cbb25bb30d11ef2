"""Signs of life over HTTP, and what a /readyz body says is missing."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from made_certificate import make_certificate

from infra.readiness import get, lives, missing, wait_for_readyz
from infra.settings import Address


class Api(ThreadingHTTPServer):
    """Answers /livez with 200, /login with a redirect, /readyz with 503 as often as told and then 200."""

    not_ready = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)

    @property
    def address(self) -> Address:
        return Address("127.0.0.1", self.server_address[1])


class Answers(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        status = {"/livez": 200, "/login": 302, "/broken": 500}.get(self.path, 200)
        body = b""
        if self.path == "/readyz" and self.server.not_ready:
            self.server.not_ready -= 1
            status, body = 503, b'{"checks": {"kafka": {"status": "pass"}, "pbx sim1": {"status": "fail"}}}'
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_encrypted_page_is_asked_over_tls(api: Api, tmp_path: Path) -> None:
    certificate, key, _ = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    api.socket = context.wrap_socket(api.socket, server_side=True)
    assert lives(api.address, "/livez", tls=True)


@pytest.mark.parametrize(("path", "alive"), [("/livez", True), ("/login", True), ("/broken", False)])
def test_any_answer_below_500_is_a_sign_of_life(api: Api, path: str, alive: bool) -> None:
    assert lives(api.address, path) is alive


def test_nobody_there_is_no_sign_of_life() -> None:
    assert not lives(Address("127.0.0.1", 1), "/livez")
    assert get(Address("127.0.0.1", 1), "/livez") == (0, b"")


def test_it_waits_until_everything_is_ready_and_says_what_is_missing(api: Api) -> None:
    api.not_ready = 2
    said: list[str] = []
    assert wait_for_readyz(api.address, said.append, limit=10.0)
    assert said == ["waits for pbx sim1"] * 2


def test_it_gives_up_at_the_limit(api: Api) -> None:
    api.not_ready = 1000
    assert not wait_for_readyz(api.address, lambda text: None, limit=0.3)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"checks": {"a": {"status": "fail", "output": "late"}, "b": {"status": "pass"}, "c": {}}}', "a (late), c"),
        (b'{"checks": {}}', ""),
        (b"not json", "not json"),
        (b"[1]", "[1]"),
        (b"", ""),
    ],
)
def test_what_is_missing_is_read_from_the_body(body: bytes, text: str) -> None:
    assert missing(body) == text
