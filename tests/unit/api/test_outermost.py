"""api/outermost.py: headers, the log and the counts of every request."""

import logging
from typing import Any

import pytest
from api_parts import bearer, client_of, make_parts

from api.app import create_origin
from api.outermost import Outermost, with_defaults
from api.telemetry import Telemetry


@pytest.mark.parametrize("path", ["/livez", "/login", "/nothing", "/api/auth/me", "/reports/x", "/static/login.js"])
async def test_every_answer_carries_the_security_headers(path: str) -> None:
    async with client_of(create_origin(make_parts())) as client:
        headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


def test_an_answer_keeps_the_policy_it_brings() -> None:
    headers = with_defaults([(b"Content-Security-Policy", b"mine")])
    assert [value for name, value in headers if name == b"content-security-policy"] == [b"mine"]


async def test_the_log_has_neither_queries_nor_secrets(caplog: pytest.LogCaptureFixture) -> None:
    secret = bearer()["authorization"]
    with caplog.at_level(logging.DEBUG):
        async with client_of(create_origin(make_parts())) as client:
            await client.get("/api/auth/me?token=canary-1", headers={"authorization": secret})
            await client.post("/api/auth/login", json={"username": "manager", "password": "canary-2"})
            await client.get("/no%0a{}where", headers={"cookie": "trunkline=canary-3"})
    ours = [record for record in caplog.records if record.name.startswith("api")]
    text = "".join(str(record.__dict__) for record in ours)
    assert not any(word in text for word in ("canary", secret, "token="))
    first = next(record.__dict__ for record in ours if record.__dict__.get("path") == "/api/auth/me")
    assert (first["status"], first["user"], first["peer"]) == (200, "manager-default", "203.0.113.5")


async def test_requests_are_counted_by_route() -> None:
    parts = make_parts()
    async with client_of(create_origin(parts)) as client:
        await client.get("/livez")
        await client.request("FROBNICATE", "/made-up-1")
        await client.get("/made-up-2")
        await client.get("/reports/any/page")
    text = parts.telemetry.text().decode()
    assert 'trunkline_api_requests_total{method="GET",route="/livez",status="200"} 1.0' in text
    assert 'method="OTHER",route="other",status="404"' in text
    assert 'route="/reports/{path}"' in text
    assert "made-up" not in text


async def test_a_socket_is_logged_at_its_end(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    async def receive() -> Any:
        return None

    async def send(message: Any) -> None:
        return None

    with caplog.at_level(logging.INFO):
        scope: dict[str, Any] = {
            "type": "websocket",
            "path": "/ws/pbx",
            "query_string": b"token=canary",
            "headers": [],
            "client": None,
        }
        await Outermost(app, Telemetry())(scope, receive, send)
    (record,) = caplog.records
    assert (record.__dict__["path"], record.__dict__["opened"]) == ("/ws/pbx", True)
    assert "canary" not in str(record.__dict__)
