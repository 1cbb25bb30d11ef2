"""api/login.py: signing in and out."""

import httpx
import pytest
from api_parts import (
    ORIGIN,
    PASSWORD,
    FakeAccounts,
    FakeSignIns,
    bearer,
    client_of,
    make_doorman,
    make_parts,
    principal,
    user,
)

from api.accounts import Reached
from api.app import Parts, create_origin
from api.asgi import App
from api.login import BY_NAME, BY_PEER, login_routers
from api.roles import Role
from api.sign_ins import SignIns
from api.tokens import LIFETIME_S


def origin_of(parts: Parts) -> App:
    """An origin where one can sign in and out."""
    return create_origin(parts, login_routers(parts.doorman))


def client(accounts: FakeAccounts | None = None, peer: str = "203.0.113.5") -> httpx.AsyncClient:
    """A client of an origin with these users."""
    return client_of(origin_of(make_parts(accounts=accounts or FakeAccounts())), peer=(peer, 1))


async def sign_in(client: httpx.AsyncClient, username: str = "manager", password: str = PASSWORD) -> httpx.Response:
    """Try to sign in."""
    return await client.post("/api/auth/login", json={"username": username, "password": password})


async def test_the_token_comes_as_a_cookie_and_in_the_answer() -> None:
    async with client() as browser:
        answer = await sign_in(browser)
        assert answer.status_code == 200
        access, again = (cookie.lower() for cookie in answer.headers.get_list("set-cookie"))
        told = answer.json()
        assert access.startswith(f"trunkline={told['accessToken']}".lower())
        assert all(word in access for word in ("httponly", "samesite=lax", "path=/;", f"max-age={LIFETIME_S}"))
        assert again.startswith(f"trunkline_refresh={told['refreshToken']}".lower())
        assert all(word in again for word in ("httponly", "samesite=strict", "path=/api/auth", "max-age=43"))
        assert "secure" not in access + again
        assert told["expiresIn"] == LIFETIME_S
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


async def test_signing_out_ends_the_sign_in() -> None:
    kept = FakeSignIns()
    doorman = make_doorman(FakeAccounts(), SignIns(kept, lambda _: None))
    async with client_of(origin_of(make_parts(doorman=doorman))) as browser:
        await sign_in(browser)
        await browser.post("/api/auth/logout", headers={"origin": ORIGIN})
        assert "trunkline_refresh" not in browser.cookies
    assert kept.ended == [principal().session]


async def test_a_browser_stays_signed_in_by_its_cookie() -> None:
    async with client() as browser:
        before = (await sign_in(browser)).json()["refreshToken"]
        browser.cookies.delete("trunkline")
        answer = await browser.post("/api/auth/refresh", headers={"origin": ORIGIN})
        assert (answer.status_code, answer.json()["refreshToken"] != before) == (200, True)
        assert (await browser.get("/api/auth/me")).json()["role"] == "manager"


async def test_a_caller_without_cookies_stays_signed_in_by_the_body() -> None:
    async with client() as caller:
        token = (await sign_in(caller)).json()["refreshToken"]
        caller.cookies.clear()
        answer = await caller.post("/api/auth/refresh", json={"refreshToken": token})
        assert (answer.status_code, answer.json()["expiresIn"]) == (200, LIFETIME_S)
        again = await caller.post("/api/auth/refresh", json={"refreshToken": token})
    assert (again.status_code, again.json()["detail"]) == (401, "This sign-in no longer holds. Sign in again.")


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.test"}, {"sec-fetch-site": "cross-site"}], ids=str)
async def test_another_site_cannot_use_up_the_cookie(headers: dict[str, str]) -> None:
    async with client() as browser:
        await sign_in(browser)
        assert (await browser.post("/api/auth/refresh", headers=headers)).status_code == 403


async def test_tokens_are_not_taken_for_each_other() -> None:
    async with client() as caller:
        told = (await sign_in(caller)).json()
        caller.cookies.clear()
        as_access = {"authorization": f"Bearer {told['refreshToken']}"}
        assert (await caller.get("/api/auth/me", headers=as_access)).status_code == 401
        as_refresh = {"refreshToken": told["accessToken"]}
        assert (await caller.post("/api/auth/refresh", json=as_refresh)).status_code in (400, 401)


def agents() -> FakeAccounts:
    """An agent behind the extension 1001 of pbx1."""
    accounts = FakeAccounts()
    accounts.extensions["1001"] = Reached(accounts.users["agent"], "pbx1", "PJSIP/1001", "1001")
    return accounts


async def agent_login(client: httpx.AsyncClient, extension: str = "1001", password: str = PASSWORD) -> httpx.Response:
    """Try to sign in by extension."""
    return await client.post("/api/pbx/agent/login", json={"extension": extension, "password": password})


async def test_an_agent_signs_in_by_extension() -> None:
    async with client(agents()) as browser:
        told = (await agent_login(browser)).json()
        me = (await browser.get("/api/auth/me")).json()
    assert {name: told[name] for name in ("agentId", "name", "extension", "pbx")} == {
        "agentId": "PJSIP/1001", "name": "Agent", "extension": "1001", "pbx": "pbx1",
    }  # fmt: skip
    assert (me["userId"], me["role"]) == ("agent-default", "agent")


async def test_an_unknown_extension_and_a_wrong_password_are_answered_the_same() -> None:
    deactivated = agents()
    nobody = user(Role.AGENT, is_active=False)
    deactivated.extensions["1002"] = Reached(nobody, "pbx1", "PJSIP/1002", "1002")
    async with client(deactivated) as guesser:
        answers = [
            await agent_login(guesser, password="wrong"),
            await agent_login(guesser, extension="9999"),
            await agent_login(guesser, extension="1002"),
        ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.text for answer in answers} == {answers[0].text}


async def test_guessing_an_extensions_password_is_slowed_down_for_the_guesser_alone() -> None:
    origin = origin_of(make_parts(accounts=agents()))
    async with client_of(origin, peer=("198.51.100.1", 1)) as guesser, client_of(origin) as victim:
        statuses = []
        for number in range(BY_NAME.tries + 1):
            guesser.headers["x-forwarded-for"] = f"198.51.100.{number}"
            statuses.append((await agent_login(guesser, password="wrong")).status_code)
        assert statuses == [401] * BY_NAME.tries + [429]
        assert (await agent_login(victim)).status_code == 200


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
    origin = origin_of(make_parts())
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
