"""Access tokens: HS256 JWTs that say who a user is, made here and believed only if every claim holds.

Nothing in a token's header chooses how it is checked: the algorithm and the key are fixed. Whether the sign-in still
holds is not a token's business (`api/accounts.py`).
"""

import time
from collections.abc import Callable

import jwt
import msgspec
from msgspec import Struct

from api.errors import NotSignedIn
from api.roles import Role

AUDIENCE = "trunkline"
ISSUER = "trunkline"
TYPE = "access"
ALGORITHM = "HS256"
# RFC 7518 section 3.2: an HS256 key has at least as many bits as the hash.
MIN_SECRET_BYTES = 32
# What is stolen from a page is of no use for long; a page that is open asks for the next one in time.
LIFETIME_S = 15 * 60


class Principal(Struct, frozen=True):
    """Somebody who is signed in by the sign-in `session`, which ends at `expires`, seconds since the epoch.

    The token that said so may end earlier: it opens requests and sockets, a socket that is open lives by the sign-in.
    """

    user_id: str
    name: str
    tenant: str
    role: Role
    expires: int
    session: str


class _Claims(Struct, frozen=True):
    sub: str
    name: str
    tenant: str
    role: Role
    sid: str
    ends: int
    typ: str


class Tokens:
    """Makes and reads tokens with one secret."""

    def __init__(self, secret: bytes, lifetime_s: int = LIFETIME_S, clock: Callable[[], float] = time.time) -> None:
        """Raises ValueError for a secret that is too short to be one."""
        if len(secret) < MIN_SECRET_BYTES:
            raise ValueError(f"the secret for tokens needs at least {MIN_SECRET_BYTES} bytes")
        self.lifetime_s = lifetime_s
        self._secret = secret
        self._clock = clock

    def issue(self, principal: Principal) -> str:
        """A token for this user, from now on, and not beyond the end of the sign-in."""
        now = int(self._clock())
        claims = {
            "sub": principal.user_id,
            "name": principal.name,
            "tenant": principal.tenant,
            "role": principal.role.value,
            "sid": principal.session,
            "ends": principal.expires,
            "aud": AUDIENCE,
            "iss": ISSUER,
            "iat": now,
            "exp": min(now + self.lifetime_s, principal.expires),
            "typ": TYPE,
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def read(self, token: str) -> Principal:
        """Who the token stands for. Raises NotSignedIn for anything that is not an access token of ours, now."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": ["sub", "aud", "iss", "iat", "exp", "typ", "sid", "ends"]},
            )
            found = msgspec.convert(claims, _Claims)
        except (jwt.InvalidTokenError, msgspec.ValidationError) as error:
            raise NotSignedIn("Sign in first.") from error
        if found.typ != TYPE:
            raise NotSignedIn("Sign in first.")
        return Principal(found.sub, found.name, found.tenant, found.role, found.ends, found.sid)
