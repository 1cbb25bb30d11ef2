"""S8: limits hold whatever a caller says it is, and over all processes; nobody is locked out by a stranger."""

from contextlib import AsyncExitStack

import httpx
from api_parts import PASSWORD
from api_rows import change
from integration.api.conftest import Site, Start

from api.login import BY_NAME, BY_PEER

# While the tries run, some come back: more than these are allowed by no arithmetic, however slow the machine is.
ENOUGH = 4 * BY_NAME.tries


async def guess(site: Site, number: int, name: str = "admin") -> httpx.Response:
    """A wrong password, from a peer that says that it is another one each time."""
    told = {
        "x-forwarded-for": f"198.51.100.{number % 250}, 203.0.113.{number % 250}",
        "forwarded": f"for=198.51.100.{number % 250}",
        "x-real-ip": f"198.51.100.{number % 250}",
        "cf-connecting-ip": f"198.51.100.{number % 250}",
    }
    form = {"username": name, "password": f"wrong {number}"}
    return await site.client.post("/api/auth/login", json=form, headers=told)


async def test_s08_two_processes_count_one_guesser(start: Start) -> None:
    async with AsyncExitStack() as stack:
        sites = [await stack.enter_async_context(start()) for _ in range(2)]
        allowed = 0
        for number in range(ENOUGH):
            answer = await guess(sites[number % 2], number)
            if answer.status_code == 429:
                break
            allowed += 1
        other = await guess(sites[(number + 1) % 2], number)
        right = {"username": "admin", "password": PASSWORD}
        also_right = await sites[0].client.post("/api/auth/login", json=right)
    assert answer.status_code == 429 and BY_NAME.tries <= allowed < 2 * BY_NAME.tries
    assert int(answer.headers["retry-after"]) >= 1 and answer.headers["content-type"] == "application/problem+json"
    assert {other.status_code, also_right.status_code} <= {429, 401, 200}


async def test_s08_a_guesser_elsewhere_locks_nobody_out(start: Start) -> None:
    async with start(TRUNKLINE_PROXIES="127.0.0.0/8") as site:

        async def sign_in(peer: str, password: str) -> int:
            told = {"x-forwarded-for": peer}
            form = {"username": "admin", "password": password}
            return (await site.client.post("/api/auth/login", json=form, headers=told)).status_code

        guessed = {await sign_in("198.51.100.1", "wrong") for _ in range(ENOUGH)}
        assert guessed == {401, 429}
        assert await sign_in("203.0.113.9", PASSWORD) == 200


async def test_s08_going_through_names_is_slowed_down(start: Start, database: str) -> None:
    async with start() as site:
        first = await guess(site, 1, "one")
        # As if the peer, and one name, had been tried as often as they may.
        change(database, "UPDATE brakes SET until = until + interval '1 h'")
        others = [await guess(site, number, f"other{number}") for number in range(3)]
    assert [answer.status_code for answer in (first, *others)] == [401, 429, 429, 429]
    assert int(others[0].headers["retry-after"]) > 3600 - BY_PEER.tries * BY_PEER.every_s


async def test_s08_a_flood_is_answered_with_429_whoever_it_says_it_is(start: Start) -> None:
    async with start(TRUNKLINE_PEER_RATE="20") as site:
        for number in range(100_000):
            answer = await site.client.get("/livez", headers={"x-forwarded-for": f"198.51.{number % 250}.1"})
            if answer.status_code == 429:
                break
    assert answer.status_code == 429 and answer.headers["retry-after"]
