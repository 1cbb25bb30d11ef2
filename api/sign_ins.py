"""Sign-ins: each begins with a password and is kept up by refresh tokens, each good for one use.

A refresh token is 256 random bits; PostgreSQL has only SHA-256 hashes of them. One that was used up and comes again was
stolen, from its owner or by somebody: the whole sign-in ends at once.
"""

import base64
import hashlib
import logging
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct

from api.accounts import User
from api.database import Database
from api.roles import Role
from api.tokens import Principal

# A working day with overtime: nobody is thrown out of a wallboard in the middle of a shift.
SIGN_IN_S = 12 * 3600
REFRESH_BYTES = 32
# What is kept of a browser's name for itself.
USER_AGENT = 200

log = logging.getLogger("api.sign_ins")


class SignInStore(Protocol):
    """Where sign-ins are kept, by the hashes of their refresh tokens."""

    async def begin(self, user: User, refresh_hash: bytes, ends: int, user_agent: str) -> str:
        """Keep a new sign-in that ends at `ends`, seconds since the epoch; its id."""

    async def rotate(self, presented: bytes, fresh: bytes) -> Principal | None:
        """Whose sign-in it is, whose refresh token is `fresh` from now on; None when `presented` is not its token.

        One that was used up before ends the sign-in.
        """

    async def end(self, principal: Principal) -> None:
        """End this sign-in."""

    async def forget(self) -> None:
        """Delete what has long been over."""


class PostgresSignIns:
    """`SignInStore` on the table `sign_ins`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, user: User, refresh_hash: bytes, ends: int, user_agent: str) -> str:
        """Keep a new sign-in; its id."""
        values = [user.tenant, user.id, refresh_hash, user_agent, datetime.fromtimestamp(ends, UTC)]
        async with self._database.seeing(user.tenant) as connection:
            made = await connection.execute(
                "INSERT INTO sign_ins (tenant_id, user_id, refresh_hash, user_agent, expires_at)"
                " VALUES (%s, %s, %s, %s, %s) RETURNING id",
                values,
            )
            row = await made.fetchone()
            assert row is not None
            await connection.execute("SELECT append_audit(%s, 'sign_in.begin', %s, '{}')", [user.id, str(row["id"])])
        return str(row["id"])

    async def rotate(self, presented: bytes, fresh: bytes) -> Principal | None:
        """Whose sign-in it is, with a fresh token from now on."""
        async with self._database.tenantless() as connection:
            found = await connection.execute("SELECT * FROM rotate_sign_in(%s, %s)", [presented, fresh])
            row = await found.fetchone()
        assert row is not None
        if row["outcome"] == "stolen":
            log.warning("a refresh token came twice, its sign-in is over", extra={"sign_in": str(row["sign_in"])})
        if row["outcome"] != "rotated":
            return None
        ends = int(row["expires_at"].timestamp())
        return Principal(
            str(row["user_id"]), row["name"], row["tenant_id"], Role(row["role"]), ends, str(row["sign_in"])
        )

    async def end(self, principal: Principal) -> None:
        """End this sign-in."""
        async with self._database.seeing(principal.tenant) as connection:
            await connection.execute(
                "UPDATE sign_ins SET revoked_at = now() WHERE id = %s AND revoked_at IS NULL", [principal.session]
            )
            await connection.execute(
                "SELECT append_audit(%s, 'sign_in.end', %s, '{}')", [principal.user_id, principal.session]
            )

    async def forget(self) -> None:
        """Delete what has long been over."""
        async with self._database.tenantless() as connection:
            await connection.execute("SELECT forget_sign_ins()")


class Kept(Struct, frozen=True):
    """A sign-in as it goes on: who, and the refresh token that is good for the next time."""

    principal: Principal
    refresh: str


class SignIns:
    """Begins sign-ins and keeps them up."""

    def __init__(
        self, store: SignInStore, ended: Callable[[str], None], clock: Callable[[], float] = time.time
    ) -> None:
        """`ended` is told the id of each sign-in that ends here, so that this process knows at once."""
        self._store = store
        self._ended = ended
        self._clock = clock

    async def begin(self, user: User, user_agent: str) -> Kept:
        """Sign this user in, from now on."""
        refresh, ends = fresh_token(), int(self._clock()) + SIGN_IN_S
        session = await self._store.begin(user, hash_of(refresh), ends, user_agent[:USER_AGENT])
        return Kept(Principal(user.id, user.name, user.tenant, user.role, ends, session), refresh)

    async def go_on(self, refresh: str) -> Kept | None:
        """Keep the sign-in of this refresh token up; None when it is none, or no longer."""
        fresh = fresh_token()
        principal = await self._store.rotate(hash_of(refresh), hash_of(fresh))
        return None if principal is None else Kept(principal, fresh)

    async def end(self, principal: Principal) -> None:
        """End this sign-in."""
        await self._store.end(principal)
        self._ended(principal.session)


def fresh_token() -> str:
    """A new refresh token."""
    return base64.urlsafe_b64encode(secrets.token_bytes(REFRESH_BYTES)).rstrip(b"=").decode()


def hash_of(refresh: str) -> bytes:
    """What is kept of a refresh token."""
    return hashlib.sha256(refresh.encode("utf-8", "surrogatepass")).digest()
