"""S5 on real sockets: whose page opened it, whether a token is in the address, whether it is encrypted."""

from typing import Any

import pytest
from integration.api.conftest import Site, Start
from websockets.exceptions import InvalidStatus

CRM = "https://crm.example"


async def refusal(site: Site, headers: dict[str, str], path: str = "/ws/pbx", **more: Any) -> tuple[int, str]:
    """Status and body with which a socket is refused before it opens."""
    with pytest.raises(InvalidStatus) as refused:
        async with site.socket(headers, path, **more):
            pass
    response = refused.value.response
    return response.status_code, (response.body or b"").decode()


async def test_s05_only_our_own_pages_and_named_ones_open_a_socket(start: Start) -> None:
    async with start(TRUNKLINE_ORIGINS=CRM) as site:
        headers = await site.sign_in()
        own = f"http://{site.address}"
        for origin in (own, own.upper(), CRM):
            async with site.socket(headers, origin=origin) as socket:
                await socket.recv()
        others = ["http://evil.test", f"{own}.evil.test", f"{CRM}.evil.test", "http://127.0.0.1", f"{own}/", "http://["]
        for origin in (None, "null", *others):
            assert (await refusal(site, headers, origin=origin))[0] == 403, origin


@pytest.mark.parametrize("path", ["/ws/pbx", "/reports/_dash-ws", "/nothing"])
async def test_s05_a_token_in_an_address_opens_no_socket(start: Start, path: str) -> None:
    async with start() as site:
        headers = await site.sign_in()
        token = headers["authorization"].partition(" ")[2]
        for name in ("token", "access_token", "accessToken"):
            status, body = await refusal(site, headers, f"{path}?{name}={token}")
            assert (status, "must not be part of an address" in body, token in body) == (400, True, False)
