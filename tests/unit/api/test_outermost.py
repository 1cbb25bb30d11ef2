"""api/outermost.py: headers, the log and the counts of every request."""

import logging
from functools import cache
from ipaddress import ip_network
from typing import Any

import pytest
from api_parts import Refused, bearer, client_of, make_parts, socket_to

from api.app import create_origin
from api.asgi import App
from api.door.crowd import Crowd, Rates
from api.door.peers import Proxies
from api.health import health_router
from api.live.socket import pbx_socket
from api.outermost import Door, Outermost
from api.telemetry import Telemetry


@cache
def whole() -> App:
    """One origin for all that leave nothing behind."""
    return create_origin(make_parts())


def behind(door: Door) -> App:
    """A small origin with this door."""
    parts = make_parts(door=door)
    return create_origin(parts, [health_router(parts.checks, parts.telemetry), pbx_socket])


@pytest.mark.parametrize("path", ["/livez", "/login", "/nothing", "/api/auth/me", "/reports/x", "/static/login.js"])
async def test_every_answer_carries_the_security_headers(path: str) -> None:
    async with client_of(whole()) as client:
        headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


async def test_the_log_has_neither_queries_nor_secrets(caplog: pytest.LogCaptureFixture) -> None:
    secret = bearer()["authorization"]
    with caplog.at_level(logging.DEBUG):
        async with client_of(whole()) as client:
            await client.get("/api/auth/me?of=canary-1", headers={"authorization": secret})
            await client.get("/api/auth/me?token=canary-4")
            await client.post("/api/auth/login", json={"username": "manager", "password": "canary-2"})
            await client.get("/no%0a{}where", headers={"cookie": "trunkline=canary-3"})
    ours = [record for record in caplog.records if record.name.startswith("api")]
    text = "".join(str(record.__dict__) for record in ours)
    assert not any(word in text for word in ("canary", secret, "token="))
    first = next(record.__dict__ for record in ours if record.__dict__.get("path") == "/api/auth/me")
    assert (first["status"], first["user"], first["peer"]) == (200, "manager-default", "203.0.113.5")


async def test_requests_are_counted_by_route() -> None:
    parts = make_parts()
    async with client_of(create_origin(parts, [health_router(parts.checks, parts.telemetry)])) as client:
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
            "scheme": "ws",
            "path": "/ws/pbx",
            "query_string": b"of=canary",
            "headers": [],
            "client": None,
        }
        await Outermost(app, Telemetry(), Door(Proxies(), Crowd()))(scope, receive, send)
    (record,) = caplog.records
    assert (record.__dict__["path"], record.__dict__["opened"]) == ("/ws/pbx", True)
    assert "canary" not in str(record.__dict__)


def door(rates: Rates, proxies: str = "192.0.2.0/24") -> Door:
    """A door with these limits behind a proxy."""
    return Door(Proxies([ip_network(proxies)]), Crowd(rates, clock=lambda: 0.0))


async def test_one_peer_may_not_ask_without_end_whoever_it_says_it_is() -> None:
    origin = behind(door(Rates(peer=1)))
    async with client_of(origin) as flood, client_of(origin, peer=("198.51.100.9", 1)) as another:
        answers = [await flood.get("/livez", headers={"x-forwarded-for": f"10.0.0.{n}"}) for n in range(11)]
        assert (await another.get("/livez")).status_code == 200
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert (answers[-1].headers["retry-after"], answers[-1].json()["status"]) == ("1", 429)


async def test_behind_a_proxy_of_ours_each_peer_counts_for_itself() -> None:
    origin = behind(door(Rates(peer=1)))
    async with client_of(origin, peer=("192.0.2.1", 1)) as proxy:
        for last in ("198.51.100.1", "198.51.100.2"):
            for number in range(10):
                told = {"x-forwarded-for": f"10.0.0.{number}, {last}"}
                assert (await proxy.get("/livez", headers=told)).status_code == 200
            assert (await proxy.get("/livez", headers={"x-forwarded-for": last})).status_code == 429


async def test_a_peer_has_so_many_sockets() -> None:
    origin = behind(door(Rates(sockets=2)))
    async with socket_to(origin, "/ws/pbx", bearer()), socket_to(origin, "/ws/pbx", bearer()):
        with pytest.raises(Refused):
            async with socket_to(origin, "/ws/pbx", bearer()):
                pass
    async with socket_to(origin, "/ws/pbx", bearer()):
        pass


@pytest.mark.parametrize("path", ["/api/auth/me", "/livez", "/nothing", "/reports/x", "/login", "/"])
async def test_a_token_in_an_address_is_refused_everywhere(path: str) -> None:
    async with client_of(whole()) as client:
        answer = await client.get(f"{path}?access_token=canary", headers=bearer())
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert "Authorization" in answer.json()["detail"] and "canary" not in answer.text


async def test_what_goes_wrong_outside_of_the_framework_is_a_problem_too(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("canary: the inside")

    async with client_of(Outermost(app, Telemetry(), door(Rates()))) as client:
        answer = await client.get("/any")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "canary" not in answer.text and "frame-ancestors" in answer.headers["content-security-policy"]


async def test_over_tls_the_browser_is_told_to_keep_to_it() -> None:
    told = {"x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "https"}
    origin = behind(door(Rates()))
    async with client_of(origin, peer=("192.0.2.1", 1)) as proxy, client_of(origin) as stranger:
        assert "strict-transport-security" in (await proxy.get("/livez", headers=told)).headers
        assert "strict-transport-security" not in (await stranger.get("/livez", headers=told)).headers
