"""Who is asking, and may the request come from where it comes. The same for every route, socket and forwarded page.

A token is taken from the header `Authorization: Bearer` or from our cookie, never from the address. What a browser
sends by itself (the cookie) counts for an unsafe method or a socket only when the page that asked is our own.
"""

from collections.abc import Iterable
from typing import Protocol

from litestar.datastructures import Headers

from api.door.crowd import Crowd
from api.door.origins import Origins
from api.errors import NotSignedIn
from api.tokens import Principal, Tokens

COOKIE = "trunkline"
# Sent to /api/auth alone, and by no other site's page whatever it does.
REFRESH_COOKIE = "trunkline_refresh"


class Registry(Protocol):
    """Tells whether a user still is what a token says."""

    async def holds(self, principal: Principal) -> bool:
        """Whether the token's user is still there with its role."""

    async def look(self, principals: Iterable[Principal]) -> None:
        """Ask about all of them at once, so that `holds` need not ask of each."""


class Gate:
    """Lets requests in, or raises why not."""

    def __init__(
        self, tokens: Tokens, registry: Registry, origins: Origins | None = None, crowd: Crowd | None = None
    ) -> None:
        self.origins = origins or Origins()
        self._tokens = tokens
        self._registry = registry
        self._crowd = crowd or Crowd()

    async def admit(self, headers: Headers, method: str | None, *, is_counted: bool = True) -> Principal:
        """Who is asking; `method` is None for a socket. What is not counted is bounded by its peer's limit alone.

        Raises NotSignedIn without a token that holds, NotAllowed when another site's page may have sent it,
        TooManyTries when the user asks too much.
        """
        token, by_cookie = credentials(headers)
        if token is None:
            raise NotSignedIn("Sign in first.")
        principal = self._tokens.read(token)
        self.origins.refuse_others(headers, method, by_cookie=by_cookie)
        if is_counted:
            self._crowd.user_asks(principal.user_id)
        if not await self._registry.holds(principal):
            raise NotSignedIn("This sign-in no longer holds. Sign in again.")
        return principal

    async def look(self, principals: Iterable[Principal]) -> None:
        """Find out about many at once, before `still_holds` is asked of each. Raises what the registry raises."""
        await self._registry.look(principals)

    async def still_holds(self, principal: Principal, now: float) -> bool:
        """Whether a long connection of this user may go on at `now`, seconds since the epoch."""
        return now < principal.expires and await self._registry.holds(principal)


def credentials(headers: Headers) -> tuple[str | None, bool]:
    """The token, and whether the browser sent it by itself. A header that the caller wrote goes before the cookie."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None, False
    return _cookie(headers, COOKIE), True


def refresh_cookie(headers: Headers) -> str | None:
    """The refresh token that the browser sent by itself."""
    return _cookie(headers, REFRESH_COOKIE)


def _cookie(headers: Headers, wanted: str) -> str | None:
    pairs = (pair.strip().partition("=") for line in headers.getall("cookie", []) for pair in line.split(";"))
    return next((value.strip('"') or None for name, _, value in pairs if name == wanted), None)
