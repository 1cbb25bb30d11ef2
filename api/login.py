"""Signing in, staying so, and out.

An unknown user, a wrong password and a deactivated user get one and the same answer, after the same work. Guessing is
slowed down by the peer's address and the name tried, so that nobody can lock another person out from elsewhere.
"""

import logging
import time
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, SkipValidation
from msgspec import Meta, Struct

from api.access import only, open_because
from api.accounts import AccountStore, Reached, User
from api.door.brake import Allowance, Brake
from api.door.origins import Origins
from api.door.peers import peer_key
from api.errors import NotSignedIn, TooManyTries, WrongType
from api.gate import COOKIE, REFRESH_COOKIE, refresh_cookie
from api.passwords import Passwords
from api.roles import EVERYBODY
from api.sign_ins import Kept, SignIns
from api.tokens import Principal, Tokens

# Ten tries at one name, then one each six seconds: slow for a guesser, hardly felt by somebody who mistypes.
BY_NAME = Allowance("login name", 10, 6.0)
# One peer may be a whole office behind one address; beyond this it is a machine that goes through names.
BY_PEER = Allowance("login peer", 60, 1.0)
# Every open page does so once in a quarter of an hour; its token cannot be guessed, but looking it up costs.
REFRESH_BY_PEER = Allowance("refresh peer", 300, 0.2)
# Where the browser sends the refresh token, and nowhere else.
AUTH_PATH = "/api/auth"

log = logging.getLogger("api.login")

Password = Annotated[str, Meta(min_length=1, max_length=1000)]


class LoginForm(Struct, frozen=True, forbid_unknown_fields=True):
    """What signs somebody in. The limits keep a giant from being hashed."""

    username: Annotated[str, Meta(min_length=1, max_length=200)]
    password: Password


class AgentForm(Struct, frozen=True, forbid_unknown_fields=True):
    """What signs an agent in. `pbx` only where several have the extension; the password is the user's own."""

    extension: Annotated[str, Meta(min_length=1, max_length=80)]
    password: Password
    pbx: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class RefreshForm(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What keeps a sign-in up, for callers without a cookie store."""

    refresh_token: Annotated[str, Meta(max_length=200)] = ""


class LoggedIn(Struct, frozen=True, rename="camel"):
    """The tokens, for callers without a cookie store. The access token is good for `expires_in` seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class AgentLoggedIn(Struct, frozen=True, rename="camel"):
    """The tokens, and where the agent is reached. `agent_id` is what the live events call the agent."""

    access_token: str
    refresh_token: str
    expires_in: int
    agent_id: str
    name: str
    extension: str
    pbx: str


class Me(Struct, frozen=True, rename="camel"):
    """Who is signed in."""

    user_id: str
    name: str
    tenant: str
    role: str


class Doorman:
    """Checks names and passwords, no faster than allowed, and gives out tokens."""

    def __init__(
        self,
        accounts: AccountStore,
        sign_ins: SignIns,
        passwords: Passwords,
        tokens: Tokens,
        brake: Brake,
        origins: Origins,
    ) -> None:
        self.sign_ins = sign_ins
        self.origins = origins
        self._accounts = accounts
        self._passwords = passwords
        self._tokens = tokens
        self._brake = brake

    async def sign_in(self, peer: str, form: LoginForm, user_agent: str) -> Kept:
        """A new sign-in. Raises NotSignedIn for anything wrong, TooManyTries for too much of it."""
        await self._slow_down(peer, form.username)
        user = await self._accounts.find(form.username)
        user = await self._prove(peer, user, form.password, "Wrong user name or password.")
        await self._brake.forgive(BY_NAME, _tried(peer, form.username))
        return await self.sign_ins.begin(user, user_agent)

    async def sign_in_agent(self, peer: str, form: AgentForm, user_agent: str) -> tuple[Kept, Reached]:
        """A new sign-in of whoever is behind the extension. Raises as `sign_in` does."""
        await self._slow_down(peer, form.extension)
        reached = await self._accounts.find_extension(form.extension, form.pbx)
        wrong = "Wrong extension or password. Where several PBXs have the extension, send `pbx` too."
        user = await self._prove(peer, reached.user if reached else None, form.password, wrong)
        assert reached is not None
        await self._brake.forgive(BY_NAME, _tried(peer, form.extension))
        return await self.sign_ins.begin(user, user_agent), reached

    async def refresh(self, peer: str, refresh: str) -> Kept:
        """The sign-in of this refresh token, with the next one. Raises NotSignedIn when it is over, TooManyTries."""
        if wait := await self._brake.take((REFRESH_BY_PEER, peer)):
            raise TooManyTries(wait)
        kept = await self.sign_ins.go_on(refresh)
        if kept is None:
            raise NotSignedIn("This sign-in no longer holds. Sign in again.")
        return kept

    def told(self, kept: Kept) -> LoggedIn:
        """What a caller is told of a sign-in."""
        return LoggedIn(self._tokens.issue(kept.principal), kept.refresh, self._tokens.lifetime_s)

    async def _slow_down(self, peer: str, name: str) -> None:
        if wait := await self._brake.take((BY_PEER, peer), (BY_NAME, _tried(peer, name))):
            raise TooManyTries(wait)

    async def _prove(self, peer: str, user: User | None, password: str, wrong: str) -> User:
        stored = user.password_hash if user is not None and user.is_active else None
        if not await self._passwords.matches(password, stored) or user is None:
            log.warning("a sign-in failed", extra={"peer": peer})
            raise NotSignedIn(wrong)
        return user


def _tried(peer: str, name: str) -> str:
    return f"{peer} {name}"


OurDoorman = NamedDependency[SkipValidation[Doorman]]
Anybody = Request[Any, Any, Any]


@post("/login", opt=open_because("whoever wants a token has none yet"), status_code=200)
async def sign_in(request: Anybody, data: JSONBody[LoginForm], doorman: OurDoorman) -> Response[LoggedIn]:
    """Sign in: tokens in the answer, and the same as cookies for browsers."""
    refuse_other_types(request)
    kept = await doorman.sign_in(peer_of(request), data, request.headers.get("user-agent", ""))
    told = doorman.told(kept)
    return Response(told, cookies=cookies(request, told, kept.principal))


@post("/login", opt=open_because("whoever wants a token has none yet"), status_code=200)
async def sign_in_agent(request: Anybody, data: JSONBody[AgentForm], doorman: OurDoorman) -> Response[AgentLoggedIn]:
    """Sign an agent in by extension: tokens in the answer, and the same as cookies for browsers."""
    refuse_other_types(request)
    kept, reached = await doorman.sign_in_agent(peer_of(request), data, request.headers.get("user-agent", ""))
    told = doorman.told(kept)
    answer = AgentLoggedIn(
        told.access_token,
        told.refresh_token,
        told.expires_in,
        agent_id=reached.interface,
        name=reached.user.name,
        extension=reached.extension,
        pbx=reached.pbx,
    )
    return Response(answer, cookies=cookies(request, told, kept.principal))


@post("/refresh", opt=open_because("its own token says whose sign-in it is"), status_code=200)
async def refresh(
    request: Anybody, doorman: OurDoorman, data: JSONBody[RefreshForm | None] = None
) -> Response[LoggedIn]:
    """Keep a sign-in up: new tokens for the refresh token, which is used up by it."""
    token = data.refresh_token if data is not None else ""
    if token:
        refuse_other_types(request)
    else:
        doorman.origins.refuse_others(request.headers, request.method, by_cookie=True)
        token = refresh_cookie(request.headers) or ""
    kept = await doorman.refresh(peer_of(request), token)
    told = doorman.told(kept)
    return Response(told, cookies=cookies(request, told, kept.principal))


@post("/logout", opt=only(EVERYBODY), status_code=204)
async def sign_out(request: Request[Principal, Any, Any], doorman: OurDoorman) -> Response[None]:
    """Sign out: the sign-in ends, with every token and socket of it, and the browser forgets the cookies."""
    await doorman.sign_ins.end(request.user)
    return Response(None, cookies=[_cookie(request, COOKIE, "", 0), _cookie(request, REFRESH_COOKIE, "", 0)])


@get("/me", opt=only(EVERYBODY))
async def me(request: Request[Principal, Any, Any]) -> Me:
    """Who is signed in."""
    user = request.user
    return Me(user.user_id, user.name, user.tenant, user.role.value)


def login_routers(doorman: Doorman) -> list[Router]:
    """The routes under /api/auth, and the agents' login."""
    provided = {"doorman": Provide(lambda: doorman, sync_to_thread=False)}
    return [
        Router(AUTH_PATH, route_handlers=[sign_in, refresh, sign_out, me], dependencies=provided, tags=["Sign-in"]),
        Router("/api/pbx/agent", route_handlers=[sign_in_agent], dependencies=provided, tags=["Sign-in"]),
    ]


def refuse_other_types(request: Anybody) -> None:
    """Raise WrongType for a body that another site's page can send without being asked whether it may."""
    if request.content_type[0] != "application/json":
        raise WrongType("Send application/json.")


def peer_of(request: Anybody) -> str:
    """Whom limits count: the address that the request came from, by the connection and not by what it says."""
    return peer_key(request.client.host if request.client else "")


def cookies(request: Anybody, told: LoggedIn, principal: Principal) -> list[Cookie]:
    """The tokens as a browser keeps them: the refresh token until the sign-in ends."""
    left = max(0, principal.expires - int(time.time()))
    return [
        _cookie(request, COOKIE, told.access_token, told.expires_in),
        _cookie(request, REFRESH_COOKIE, told.refresh_token, left),
    ]


def _cookie(request: Anybody, key: str, value: str, max_age: int) -> Cookie:
    # Whoever claims https without having it only keeps the cookie from being stored: no harm in believing the header.
    secure = request.scope["scheme"] == "https" or request.headers.get("x-forwarded-proto") == "https"
    again = key == REFRESH_COOKIE
    return Cookie(
        key=key,
        value=value,
        path=AUTH_PATH if again else "/",
        max_age=max_age,
        httponly=True,
        samesite="strict" if again else "lax",
        secure=secure,
    )
