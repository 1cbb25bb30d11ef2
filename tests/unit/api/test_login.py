"""api/login.py: signing in and out."""

import httpx
import pytest
from api_parts import ORIGIN, PASSWORD, FakeAccounts, bearer, client_of, make_parts, user

from api.app import create_origin
from api.login import BY_NAME, BY_PEER
from api.roles import Role
from api.tokens import LIFETIME_S


def client(accounts: FakeAccounts | None = None, peer: str = "203.0.113.5") -> httpx.AsyncClient:
    """A client of an origin with these users."""
    return client_of(create_origin(make_parts(accounts=accounts or FakeAccounts())), peer=(peer, 1))


async def sign_in(client: httpx.AsyncClient, username: str = "manager", password: str = PASSWORD) -> httpx.Response:
    """Try to sign in."""
    return await client.post("/api/auth/login", json={"username": username, "password": password})


async def test_the_token_comes_as_a_cookie_and_in_the_answer() -> None:
    async with client() as browser:
        answer = await sign_in(browser)
        assert answer.status_code == 200
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith(f"trunkline={answer.json()['accessToken']}".lower())
        assert all(word in cookie for word in ("httponly", "samesite=lax", "path=/", f"max-age={LIFETIME_S}"))
        assert "secure" not in cookie
        me = await browser.get("/api/auth/me")
    assert me.json() == {"userId": "manager-default", "name": "Manager", "tenant": "default", "role": "manager"}
    assert me.headers["cache-control"] == "no-store"


async def test_the_cookie_is_secure_behind_tls() -> None:
    async with client() as browser:
        browser.headers["x-forwarded-proto"] = "https"
        assert "secure" in (await sign_in(browser)).headers["set-cookie"].lower()


async def test_signing_out_takes_the_cookie_away() -> None:
    async with client() as browser:
        await sign_in(browser)
        out = await browser.post("/api/auth/logout", headers={"origin": ORIGIN})
        assert out.status_code == 204
        assert (await browser.get("/api/auth/me")).status_code == 401


async def test_nobody_learns_what_was_wrong() -> None:
    accounts = FakeAccounts(user(Role.MANAGER), user(Role.ANALYST, is_active=False))
    async with client(accounts) as guesser:
        answers = [
            await sign_in(guesser, "manager", "wrong"),
            await sign_in(guesser, "nobody"),
            await sign_in(guesser, "analyst"),
        ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].json()["detail"] == "Wrong user name or password."


async def test_guessing_is_slowed_down_whatever_the_caller_says_it_is() -> None:
    async with client() as guesser:
        statuses = []
        for number in range(BY_NAME.tries + 1):
            guesser.headers["x-forwarded-for"] = f"198.51.100.{number}"
            statuses.append((await sign_in(guesser, password="wrong")).status_code)
        answer = await sign_in(guesser)
    assert statuses == [401] * BY_NAME.tries + [429]
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (429, True)


async def test_a_guesser_locks_nobody_out_elsewhere() -> None:
    origin = create_origin(make_parts())
    async with client_of(origin, peer=("198.51.100.1", 1)) as guesser, client_of(origin) as victim:
        for _ in range(BY_NAME.tries + 1):
            await sign_in(guesser, password="wrong")
        assert (await sign_in(victim)).status_code == 200


async def test_going_through_names_is_slowed_down_too() -> None:
    async with client() as guesser:
        answers = [await sign_in(guesser, f"user{number}") for number in range(BY_PEER.tries + 1)]
    assert answers[-1].status_code == 429


async def test_who_signs_in_right_is_not_slowed_down() -> None:
    async with client() as browser:
        statuses = {(await sign_in(browser)).status_code for _ in range(BY_NAME.tries * 2)}
    assert statuses == {200}


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b'{"username":"manager"}', b'{"username":"a","password":1}', b'{"username":"","password":"x"}',
     b'{"username":"a","password":"b","role":"administrator"}', b"\xff", b"[" * 5000,
     b'{"username":"a","password":"' + b"x" * 1001 + b'"}'],
)  # fmt: skip
async def test_what_is_no_login_is_refused(body: bytes) -> None:
    async with client() as browser:
        answer = await browser.post("/api/auth/login", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


async def test_a_giant_is_not_read() -> None:
    async with client() as browser:
        giant = {"username": "a", "password": "x" * 100_000}
        assert (await browser.post("/api/auth/login", json=giant)).status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "application/json", "origin": "http://evil.test"}, 403),
        ({"content-type": "application/json", "sec-fetch-site": "cross-site"}, 403),
        ({"content-type": "application/json", "origin": ORIGIN}, 200),
    ],
)
async def test_another_site_cannot_sign_anybody_in(headers: dict[str, str], status: int) -> None:
    body = f'{{"username":"manager","password":"{PASSWORD}"}}'.encode()
    async with client() as browser:
        assert (await browser.post("/api/auth/login", content=body, headers=headers)).status_code == status


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.test"}, {"sec-fetch-site": "same-site"}], ids=str)
async def test_another_site_cannot_sign_anybody_out(headers: dict[str, str]) -> None:
    async with client() as browser:
        await sign_in(browser)
        assert (await browser.post("/api/auth/logout", headers=headers)).status_code == 403


async def test_every_role_may_ask_who_it_is() -> None:
    async with client() as browser:
        roles = [(await browser.get("/api/auth/me", headers=bearer(role))).json()["role"] for role in Role]
    assert roles == list(Role)
