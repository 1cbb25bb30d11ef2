"""What browsers are told about every answer."""

import httpx
import pytest

from dashboard.guard import Receive, Scope, Send
from dashboard.headers import Headers, content_security_policy

HASH = "'sha256-abc='"


async def answer(**own: str) -> httpx.Response:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in own.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        await send({"type": "http.response.body", "body": b"x"})

    transport = httpx.ASGITransport(Headers(app, content_security_policy([HASH])))
    async with httpx.AsyncClient(transport=transport, base_url="http://trunkline.test") as client:
        return await client.get("/")


def test_only_scripts_of_ours_run() -> None:
    policy = content_security_policy([HASH])
    assert f"script-src 'self' {HASH};" in policy
    assert "unsafe-eval" not in policy
    assert policy.count("unsafe-inline") == 1
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in content_security_policy([])


async def test_every_answer_is_closed_to_guessing_and_framing() -> None:
    headers = (await answer()).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("own", "kept"),
    [({}, "no-store"), ({"etag": "1"}, "no-cache"), ({"cache_control": "public, max-age=9"}, "public, max-age=9")],
)
async def test_figures_are_never_kept_and_files_are(own: dict[str, str], kept: str) -> None:
    assert (await answer(**own)).headers["cache-control"] == kept
