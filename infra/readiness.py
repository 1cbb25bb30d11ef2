"""Asks a process of ours over HTTP whether it lives, and the whole whether it is ready and what is missing."""

import http.client
import json
import ssl
import time
from collections.abc import Callable

from infra.ports import listens
from infra.settings import Address

# The answer takes milliseconds; longer means that the process is busy starting.
ANSWER_SECONDS = 2.0
ASK_AGAIN_SECONDS = 0.25


def get(address: Address, path: str, *, tls: bool = False) -> tuple[int, bytes]:
    """Status and body of `GET path`; (0, b"") when nobody answers."""
    connection = _connection(address, tls)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def _connection(address: Address, tls: bool) -> http.client.HTTPConnection:
    if not tls:
        return http.client.HTTPConnection(address.host, address.port, timeout=ANSWER_SECONDS)
    # The process was started by us and nothing secret is said to it; its certificate names the host, not this address.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(address.host, address.port, timeout=ANSWER_SECONDS, context=context)


def lives(address: Address, path: str, *, tls: bool = False) -> bool:
    """Whether `path` answers with anything below 500: a redirect to the login page is a sign of life too."""
    return listens(address.port, address.host) and 0 < get(address, path, tls=tls)[0] < 500


def missing(body: bytes) -> str:
    """What a /readyz body says is not ready, in a few words; empty when it cannot be told.

    Understands `{"checks": {NAME: {"status": "pass" or "fail", "output": TEXT}}}`, and shows other bodies shortened.
    """
    try:
        checks = json.loads(body).get("checks", {})
        failed = {name: check.get("output", "") for name, check in checks.items() if check.get("status") != "pass"}
    except (ValueError, AttributeError):
        return body.decode("utf-8", "replace").strip()[:80]
    return ", ".join(f"{name} ({output})" if output else name for name, output in failed.items())


def wait_for_readyz(address: Address, say: Callable[[str], None], limit: float, *, tls: bool = False) -> bool:
    """Wait until /readyz is 200, telling what is missing; False when `limit` seconds pass first."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        status, body = get(address, "/readyz", tls=tls)
        if status == 200:
            return True
        say(f"waits for {missing(body) or 'its first data'}")
        time.sleep(ASK_AGAIN_SECONDS)
    return False
