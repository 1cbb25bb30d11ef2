"""Users as PostgreSQL has them: looked up at login, and looked at again while they are signed in.

A demoted, moved or deactivated user loses what a token gave within `LOOKED_AT_S`, here and on open sockets.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from api.database import Database
from api.roles import Role
from api.tokens import Principal

FIRST_USER = "admin"
# A change of a user's rights holds everywhere at the latest after this; shorter would ask PostgreSQL at every click.
LOOKED_AT_S = 4.0
# Enough for everybody who is signed in at once.
MAX_KEPT = 20_000


class User(Struct, frozen=True):
    """A row of `users`. The hash never leaves the login."""

    id: str
    tenant: str
    name: str
    role: Role
    password_hash: str
    is_active: bool


class Standing(Struct, frozen=True):
    """What a user is right now."""

    role: Role
    is_active: bool


class AccountStore(Protocol):
    """Where users are kept."""

    async def find(self, username: str) -> User | None:
        """The user of this name, of whatever tenant."""

    async def standing(self, tenant: str, user_id: str) -> Standing | None:
        """What the user is now; None when there is no such user in the tenant."""


class PostgresAccounts:
    """`AccountStore` on the table `users`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, username: str) -> User | None:
        """The user of this name, by the one function that may look across tenants."""
        async with self._database.tenantless() as connection:
            row = await (await connection.execute("SELECT * FROM find_user(%s)", [username])).fetchone()
        if row is None:
            return None
        return User(
            str(row["id"]), row["tenant_id"], row["name"], Role(row["role"]), row["password_hash"], row["is_active"]
        )

    async def standing(self, tenant: str, user_id: str) -> Standing | None:
        """What the user is now."""
        async with self._database.seeing(tenant) as connection:
            found = await connection.execute("SELECT role, is_active FROM users WHERE id = %s", [UUID(user_id)])
            row = await found.fetchone()
        return None if row is None else Standing(Role(row["role"]), row["is_active"])

    async def create_first(self, password_hash: str) -> bool:
        """Make the user `admin` when there is no user at all. Whether it was made."""
        async with self._database.tenantless() as connection:
            made = await connection.execute("SELECT create_first_user(%s, %s) AS made", [FIRST_USER, password_hash])
            row = await made.fetchone()
        return row is not None and bool(row["made"])


class Standings:
    """Whether signed-in users still are what their token says, asked at most each `LOOKED_AT_S` per user."""

    def __init__(self, store: AccountStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, Standing | None]] = OrderedDict()

    async def holds(self, principal: Principal) -> bool:
        """Whether the user is active and has the token's role. Raises what the store raises when it cannot tell."""
        key = (principal.tenant, principal.user_id)
        asked, standing = self._kept.get(key, (float("-inf"), None))
        if self._clock() - asked >= LOOKED_AT_S:
            standing = await self._store.standing(*key)
            self._keep(key, standing)
        return standing is not None and standing.is_active and standing.role is principal.role

    def _keep(self, key: tuple[str, str], standing: Standing | None) -> None:
        self._kept[key] = (self._clock(), standing)
        self._kept.move_to_end(key)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
