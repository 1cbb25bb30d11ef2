"""S16: the security headers of each kind of answer, as the server sends them."""

import asyncio

import httpx
import pytest
from integration.api.conftest import Site, Start
from websockets.exceptions import InvalidStatus

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-permitted-cross-domain-policies": "none",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# A page, a file of it, data, an error of each layer, a redirect, the dashboard, a description.
KINDS = [
    "/login", "/static/login.js", "/static/nothing", "/api/auth/me", "/livez", "/nothing", "/", "/reports",
    "/phone/phone.css", "/phone/nothing", "/reports/page", "/schema/openapi.json", "/livez?token=x", "/metrics",
]  # fmt: skip
# What may be kept by a browser is what is the same for everybody.
KEPT = {"/static/login.js": "public, max-age=3600", "/login": "no-cache", "/phone/phone.css": "no-cache"}


def hold(answer: httpx.Response, path: str) -> None:
    """Hold an answer against what each must have."""
    policy = answer.headers["content-security-policy"]
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS, path
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy, path
    assert "microphone=(self)" in answer.headers["permissions-policy"], path
    assert not {"server", "x-powered-by", "access-control-allow-origin"} & set(answer.headers), path


async def test_s16_each_kind_of_answer_has_them(start: Start) -> None:
    async with start() as site:
        signed_in = await site.sign_in()
        for headers in ({}, signed_in, {**signed_in, "origin": "https://evil.test"}):
            for path in KINDS:
                answer = await site.client.get(path, headers=headers)
                hold(answer, path)
                assert answer.headers["cache-control"] == KEPT.get(path, "no-store"), path


async def test_s16_what_the_server_itself_answers_has_them_too(start: Start) -> None:
    async with start() as site:
        answer = await raw(site, b"NO HTTP\r\n\r\n")
        assert b"x-content-type-options: nosniff" in answer and b"frame-ancestors 'none'" in answer
        with pytest.raises(InvalidStatus) as refused:
            async with site.socket(await site.sign_in(), "/ws/pbx?token=x"):
                pass
    assert refused.value.response.headers["x-content-type-options"] == "nosniff"


async def raw(site: Site, sent: bytes) -> bytes:
    """What the server says to these bytes."""
    host, _, port = site.address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    answer = await reader.read()
    writer.close()
    return answer
