"""api/gate.py: whose request it is, and whose page it came from."""

from collections.abc import Iterable

import pytest
from api_parts import SECRET, bearer, make_gate, token
from litestar.datastructures import Headers

from api.door.crowd import Crowd, Rates
from api.errors import NotAllowed, NotSignedIn, TooManyTries
from api.gate import Gate, credentials
from api.roles import Role
from api.tokens import Principal, Tokens

HOST = {"host": "calls.example:8000"}
OWN = {**HOST, "origin": "http://calls.example:8000"}
OTHERS = [
    "http://evil.test",
    "http://calls.example:8000.evil.test",
    "http://calls.example",
    "http://calls.example:80000",
    "http://evil.test@calls.example:8000/",
    "null",
    "",
    "calls.example:8000",
    "file://calls.example:8000",
]


def cookie() -> dict[str, str]:
    """The header that a browser sends by itself."""
    return {"cookie": f"theme=dark; trunkline={token()}"}


async def admitted(headers: dict[str, str], method: str | None = "GET") -> Principal:
    """Who the gate takes this for."""
    return await make_gate().admit(Headers(headers), method)


async def test_a_bearer_token_and_a_cookie_sign_in() -> None:
    assert (await admitted(bearer())).role == "manager"
    assert (await admitted(cookie())).role == "manager"


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Basic eA=="}, {"authorization": "Bearer "}, {"cookie": "trunkline="}]
)
async def test_without_a_token_nobody_is_there(headers: dict[str, str]) -> None:
    with pytest.raises(NotSignedIn):
        await admitted(headers)


def test_the_header_goes_before_the_cookie() -> None:
    assert credentials(Headers({"authorization": "Bearer a", "cookie": "trunkline=b"})) == ("a", False)


async def test_a_user_who_is_gone_is_not_admitted() -> None:
    class Nobody:
        async def holds(self, principal: Principal) -> bool:
            return False

        async def look(self, principals: Iterable[Principal]) -> None:
            pass

    with pytest.raises(NotSignedIn, match="no longer holds"):
        await Gate(Tokens(SECRET), Nobody()).admit(Headers(bearer()), "GET")


@pytest.mark.parametrize("origin", OTHERS)
async def test_a_socket_opens_from_our_own_pages_only(origin: str) -> None:
    with pytest.raises(NotAllowed):
        await admitted({**cookie(), **HOST, "origin": origin}, method=None)


async def test_a_socket_must_name_its_page() -> None:
    assert await admitted({**cookie(), **OWN}, method=None)
    with pytest.raises(NotAllowed):
        await admitted({**cookie(), **HOST}, method=None)
    with pytest.raises(NotAllowed):
        await admitted({**bearer(), **HOST}, method=None)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        HOST,
        {**HOST, "origin": "http://evil.test"},
        {**HOST, "origin": "null"},
        {**HOST, "sec-fetch-site": "cross-site"},
        {**HOST, "sec-fetch-site": "same-site"},
        {**OWN, "sec-fetch-site": "cross-site"},
    ],
)
async def test_a_cookie_does_not_let_other_sites_write(method: str, headers: dict[str, str]) -> None:
    with pytest.raises(NotAllowed):
        await admitted({**cookie(), **headers}, method)


@pytest.mark.parametrize(
    "headers", [OWN, {**HOST, "sec-fetch-site": "same-origin"}, {**OWN, "sec-fetch-site": "same-origin"}]
)
async def test_our_own_pages_may_write(headers: dict[str, str]) -> None:
    assert await admitted({**cookie(), **headers}, "POST")


async def test_a_program_with_a_token_needs_no_origin() -> None:
    assert await admitted(bearer(), "POST")


async def test_a_long_connection_ends_with_its_token() -> None:
    gate = make_gate()
    someone = await gate.admit(Headers(bearer()), "GET")
    assert await gate.still_holds(someone, someone.expires - 1)
    assert not await gate.still_holds(someone, someone.expires)


async def test_one_user_may_not_ask_without_end() -> None:
    class Everybody:
        async def holds(self, principal: Principal) -> bool:
            return True

    gate = Gate(Tokens(SECRET), Everybody(), crowd=Crowd(Rates(user=1), clock=lambda: 0.0))
    for _ in range(10):
        await gate.admit(Headers(bearer(Role.MANAGER)), "GET")
    with pytest.raises(TooManyTries):
        await gate.admit(Headers(bearer(Role.MANAGER)), "GET")
    assert await gate.admit(Headers(bearer(Role.MANAGER)), "GET", is_counted=False)
    assert await gate.admit(Headers(bearer(Role.ANALYST)), "GET")
