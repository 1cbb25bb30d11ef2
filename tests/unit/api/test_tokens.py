"""api/tokens.py: a token is believed only if every claim of it holds."""

import base64
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from api_parts import SECRET, client_of, make_parts

from api.app import create_api
from api.errors import NotSignedIn
from api.roles import Role
from api.tokens import Principal, Tokens

TOKENS = Tokens(SECRET)


def claims(**changes: Any) -> dict[str, Any]:
    """What a good token says, with changes; None leaves a claim out."""
    now = int(time.time())
    good = {
        "sub": "u1", "name": "Mia", "tenant": "default", "role": "manager", "aud": "trunkline", "iss": "trunkline",
        "iat": now, "exp": now + 60, "typ": "access", "sid": "s1", "ends": now + 3600,
    }  # fmt: skip
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(**changes: Any) -> str:
    """A token with these claims and our own signature."""
    return jwt.encode(claims(**changes), SECRET, algorithm="HS256")


def part(value: dict[str, Any]) -> str:
    """A part of a token made by hand."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_what_was_issued_is_read_back() -> None:
    mia = Principal("u1", "Mia", "north", Role.ANALYST, 4_000_000_000, "s1")
    assert TOKENS.read(TOKENS.issue(mia)) == mia


def test_a_token_is_good_for_minutes_and_not_beyond_its_sign_in() -> None:
    def ends(expires: int) -> int:
        tokens = Tokens(SECRET, clock=lambda: 1_000_000_000.0)
        token = tokens.issue(Principal("u1", "Mia", "north", Role.ANALYST, expires, "s1"))
        return int(jwt.decode(token, options={"verify_signature": False})["exp"])

    assert ends(4_000_000_000) == 1_000_000_000 + 900
    assert ends(1_000_000_060) == 1_000_000_060


@pytest.mark.parametrize(
    "changes",
    [
        # Instants far from now, and the same in every process that collects this.
        {"exp": 1_000_000_000},
        {"exp": None},
        {"nbf": 9_000_000_000},
        {"iat": 9_000_000_000},
        {"iat": None},
        {"aud": "other"},
        {"aud": None},
        {"iss": "other"},
        {"iss": None},
        {"typ": "refresh"},
        {"typ": None},
        {"sub": None},
        {"tenant": None},
        {"role": "root"},
        {"role": None},
        {"sid": None},
        {"sid": 1},
        {"ends": None},
        {"ends": "never"},
    ],
    ids=str,
)
def test_a_claim_that_does_not_hold_refuses_the_token(changes: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        TOKENS.read(signed(**changes))


def test_a_token_of_another_secret_is_refused() -> None:
    with pytest.raises(NotSignedIn):
        Tokens(b"x" * 32).read(signed())


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "HS512", "RS256"])
def test_the_token_does_not_choose_its_algorithm(algorithm: str) -> None:
    unsigned = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims())}."
    with pytest.raises(NotSignedIn):
        TOKENS.read(unsigned)


def test_another_algorithm_with_our_secret_is_refused() -> None:
    with pytest.raises(NotSignedIn):
        TOKENS.read(jwt.encode(claims(), SECRET * 2, algorithm="HS512"))


def test_a_key_named_in_the_header_is_not_fetched_or_opened() -> None:
    headers = {"kid": "../../dev/null", "jku": "http://evil.test/keys", "x5u": "http://evil.test/cert"}
    with pytest.raises(NotSignedIn):
        TOKENS.read(jwt.encode(claims(), b"\0" * 32, algorithm="HS256", headers=headers))


def test_our_secret_under_the_name_of_another_algorithm_is_refused() -> None:
    content = f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(claims())}"
    signature = hmac.digest(SECRET, content.encode(), "sha256")
    with pytest.raises(NotSignedIn):
        TOKENS.read(f"{content}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}")


async def test_what_is_no_token_of_ours_opens_nothing() -> None:
    forged = [
        f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims())}.",
        jwt.encode(claims(), b"x" * 32, algorithm="HS256", headers={"kid": "../../etc/passwd"}),
        *(
            signed(**change)
            for change in ({"exp": 1}, {"nbf": 9_000_000_000}, {"aud": "x"}, {"iss": "x"}, {"typ": "refresh"})
        ),
        signed(sid="a sign-in that was ended"),
    ]
    async with client_of(create_api(make_parts())) as client:
        for token in forged:
            answers = [
                await client.get("/api/auth/me", headers={"authorization": f"Bearer {token}"}),
                await client.get("/api/admin/users", headers={"cookie": f"trunkline={token}"}),
            ]
            assert [answer.status_code for answer in answers] == [401, 401], token
            assert answers[0].headers["www-authenticate"] == 'Bearer realm="trunkline"'


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "\0", "é", "Bearer x", "a" * 10_000])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(NotSignedIn):
        TOKENS.read(text)


def test_a_short_secret_is_none() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Tokens(b"x" * 31)
