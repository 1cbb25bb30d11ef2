"""The dashboard's door: who gets through, and what everybody else is told."""

from typing import Any

import httpx
import jwt
import pytest
from dashboard_parts import PETRA, SECRET, token

from dashboard.errors import NotSignedIn
from dashboard.guard import COOKIE, ROLES, Guard, Receive, Scope, Send, current_user, user_of

PAGE = {"accept": "text/html"}


async def who(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers with the user's name."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": current_user().name.encode()})


async def ask(cookie: str | None = None, method: str = "GET", **headers: str) -> httpx.Response:
    cookies = {COOKIE: cookie} if cookie else None
    transport = httpx.ASGITransport(Guard(who, SECRET))
    async with httpx.AsyncClient(transport=transport, base_url="http://trunkline.test", cookies=cookies) as client:
        return await client.request(method, "/reports/live", headers=headers)


def test_a_good_token_names_its_user() -> None:
    assert user_of(token(), SECRET) == PETRA


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"exp": None},
        {"aud": "other"},
        {"aud": None},
        {"iss": "other"},
        {"iss": None},
        {"typ": "refresh"},
        {"typ": None},
        {"tenant": None},
        {"role": None},
        {"nbf": 4102444800},
    ],
)
def test_a_token_with_a_wrong_claim_is_none(claims: dict[str, Any]) -> None:
    assert user_of(token(**claims), SECRET) is None


def test_a_token_that_is_not_signed_as_ours_is_none() -> None:
    claims = jwt.decode(token(), options={"verify_signature": False})
    assert user_of(jwt.encode(claims, "", algorithm="none"), SECRET) is None
    assert user_of(jwt.encode(claims, SECRET, algorithm="HS512"), SECRET) is None
    assert user_of(jwt.encode(claims, "another secret, as long as it should be"), SECRET) is None
    assert user_of(token()[:-2], SECRET) is None
    assert user_of("", SECRET) is None


async def test_behind_the_guard_the_user_is_known() -> None:
    answer = await ask(token())
    assert (answer.status_code, answer.text) == (200, "Petra Lang")


async def test_a_person_without_a_login_is_sent_to_it_and_back() -> None:
    answer = await ask(**PAGE)
    assert (answer.status_code, answer.headers["location"]) == (302, "/login?next=%2Freports%2Flive")


async def test_a_script_without_a_login_is_told() -> None:
    answer = await ask(accept="application/json")
    assert (answer.status_code, answer.json()["detail"]) == (401, "Sign in at /login.")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("role", ["agent", "nobody", ""])
async def test_who_may_not_see_the_work_of_others_is_refused(role: str) -> None:
    answer = await ask(token(role=role), **PAGE)
    assert answer.status_code == 403


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_who_watches_may(role: str) -> None:
    assert (await ask(token(role=role))).status_code == 200


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200)])
async def test_other_sites_cannot_post_with_the_readers_cookie(site: str, status: int) -> None:
    answer = await ask(token(), "POST", **{"sec-fetch-site": site})
    assert answer.status_code == status


async def test_a_socket_is_closed_before_it_opens() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    headers = [(b"cookie", f"{COOKIE}={token()}".encode())]
    await Guard(who, SECRET)({"type": "websocket", "headers": headers}, receive, send)
    assert [(message["type"], message["code"]) for message in sent] == [("websocket.close", 1008)]


async def test_starting_and_stopping_pass() -> None:
    seen: list[str] = []

    async def server(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*_: Any) -> Any:
        return None

    await Guard(server, SECRET)({"type": "lifespan"}, nothing, nothing)
    assert seen == ["lifespan"]


def test_outside_of_a_request_there_is_no_user() -> None:
    with pytest.raises(NotSignedIn, match=r"behind dashboard\.guard\.Guard"):
        current_user()
