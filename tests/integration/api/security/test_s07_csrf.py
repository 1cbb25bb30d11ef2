"""S7: what a browser sends by itself changes nothing unless our own page asked for it. For every route that changes."""

import pytest
from api_parts import ORIGIN, client_of, make_parts, token
from integration.api.security.routes import guarded_routes
from litestar.handlers import HTTPRouteHandler

from api.access import handlers_of
from api.app import create_api, create_origin
from api.door.origins import SAFE_METHODS

CHANGING = sorted({(route.method, route.path) for route in guarded_routes() if route.method not in SAFE_METHODS})
ELSEWHERE = [
    {},
    {"origin": "http://evil.test"},
    {"origin": f"{ORIGIN}.evil.test"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
]
"""What another site's page makes a browser say."""


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
@pytest.mark.parametrize(("method", "path"), CHANGING)
async def test_s07_another_sites_page_changes_nothing_by_our_cookie(
    method: str, path: str, headers: dict[str, str]
) -> None:
    cookie = {"cookie": f"trunkline={token()}"}
    async with client_of(create_origin(make_parts())) as browser:
        answer = await browser.request(method, path, headers=cookie | headers)
    assert answer.status_code == 403


def test_s07_reading_changes_nothing() -> None:
    """A route that answers GET takes no other method: what changes has a route, and a method, of its own."""
    mixed = [
        route.path
        for route in create_api(make_parts()).routes
        for handler in handlers_of(route)
        if isinstance(handler, HTTPRouteHandler)
        and {str(method) for method in handler.http_methods} & SAFE_METHODS
        and {str(method) for method in handler.http_methods} - SAFE_METHODS
    ]
    assert not mixed


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
@pytest.mark.parametrize("path", ["/api/auth/login"])
async def test_s07_json_in_disguise_signs_nobody_in(path: str, content_type: str) -> None:
    body = b'{"username":"manager","password":"correct horse"}'
    async with client_of(create_origin(make_parts())) as browser:
        answer = await browser.post(path, content=body, headers={"content-type": content_type})
    assert answer.status_code in (400, 415)
