"""Signing in and out.

An unknown user, a wrong password and a deactivated user get one and the same answer, after the same work. Guessing is
slowed down by the peer's address and the name tried, so that nobody can lock another person out from elsewhere.
"""

import logging
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, SkipValidation
from msgspec import Meta, Struct

from api.access import only, open_because
from api.accounts import AccountStore
from api.door.brake import Allowance, Brake
from api.door.peers import peer_key
from api.errors import NotSignedIn, TooManyTries, WrongType
from api.gate import COOKIE
from api.passwords import Passwords
from api.roles import EVERYBODY
from api.tokens import Principal, Tokens

# Ten tries at one name, then one each six seconds: slow for a guesser, hardly felt by somebody who mistypes.
BY_NAME = Allowance("login name", 10, 6.0)
# One peer may be a whole office behind one address; beyond this it is a machine that goes through names.
BY_PEER = Allowance("login peer", 60, 1.0)

log = logging.getLogger("api.login")


class LoginForm(Struct, frozen=True, forbid_unknown_fields=True):
    """What signs somebody in. The limits keep a giant from being hashed."""

    username: Annotated[str, Meta(min_length=1, max_length=200)]
    password: Annotated[str, Meta(min_length=1, max_length=1000)]


class LoggedIn(Struct, frozen=True, rename="camel"):
    """The token, for callers without a cookie store."""

    access_token: str


class Me(Struct, frozen=True, rename="camel"):
    """Who is signed in."""

    user_id: str
    name: str
    tenant: str
    role: str


class Doorman:
    """Checks names and passwords, no faster than allowed."""

    def __init__(self, accounts: AccountStore, passwords: Passwords, tokens: Tokens, brake: Brake) -> None:
        self.lifetime_s = tokens.lifetime_s
        self._accounts = accounts
        self._passwords = passwords
        self._tokens = tokens
        self._brake = brake

    async def sign_in(self, peer: str, form: LoginForm) -> str:
        """A token. Raises NotSignedIn for anything wrong, TooManyTries for too much of it."""
        name = f"{peer} {form.username}"
        if wait := await self._brake.take((BY_PEER, peer), (BY_NAME, name)):
            raise TooManyTries(wait)
        user = await self._accounts.find(form.username)
        stored = user.password_hash if user is not None and user.is_active else None
        if not await self._passwords.matches(form.password, stored) or user is None:
            log.warning("a sign-in failed", extra={"peer": peer})
            raise NotSignedIn("Wrong user name or password.")
        await self._brake.forgive(BY_NAME, name)
        return self._tokens.issue(user.id, user.name, user.tenant, user.role)


@post("/login", opt=open_because("whoever wants a token has none yet"), status_code=200)
async def sign_in(
    request: Request[Any, Any, Any], data: JSONBody[LoginForm], doorman: NamedDependency[SkipValidation[Doorman]]
) -> Response[LoggedIn]:
    """Sign in: a token in the answer, and the same as a cookie for browsers."""
    if request.content_type[0] != "application/json":
        # Another site's page can send any other type without being asked whether it may.
        raise WrongType("Send application/json.")
    token = await doorman.sign_in(peer_key(request.client.host if request.client else ""), data)
    return Response(LoggedIn(token), cookies=[_cookie(request, token, doorman.lifetime_s)])


@post("/logout", opt=only(EVERYBODY), status_code=204)
async def sign_out(request: Request[Any, Any, Any]) -> Response[None]:
    """Sign out: the browser forgets the cookie."""
    return Response(None, cookies=[_cookie(request, "", 0)])


@get("/me", opt=only(EVERYBODY))
async def me(request: Request[Principal, Any, Any]) -> Me:
    """Who is signed in."""
    user = request.user
    return Me(user.user_id, user.name, user.tenant, user.role.value)


def login_router(doorman: Doorman) -> Router:
    """The routes under /api/auth."""
    return Router(
        "/api/auth",
        route_handlers=[sign_in, sign_out, me],
        dependencies={"doorman": Provide(lambda: doorman, sync_to_thread=False)},
        tags=["Sign-in"],
    )


def _cookie(request: Request[Any, Any, Any], value: str, max_age: int) -> Cookie:
    # Whoever claims https without having it only keeps the cookie from being stored: no harm in believing the header.
    secure = request.scope["scheme"] == "https" or request.headers.get("x-forwarded-proto") == "https"
    return Cookie(key=COOKIE, value=value, path="/", max_age=max_age, httponly=True, samesite="lax", secure=secure)
