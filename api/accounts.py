"""Users as PostgreSQL has them: looked up at login, and looked at again while they are signed in.

A demoted, moved, deactivated or signed-out user loses what a token gave within `LOOKED_AT_S`, here and on open sockets.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from api.database import Database
from api.roles import Role
from api.tokens import Principal

FIRST_USER = "admin"
# A change of a user's rights holds everywhere at the latest after this; shorter would ask PostgreSQL at every click.
LOOKED_AT_S = 3.0
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


class Reached(Struct, frozen=True):
    """A user behind an extension of a PBX."""

    user: User
    pbx: str
    interface: str
    extension: str


class Standing(Struct, frozen=True):
    """Whose a sign-in is, and what its user is right now. A sign-in that is over has none."""

    user_id: str
    tenant: str
    role: Role


class AccountStore(Protocol):
    """Where users are kept."""

    async def find(self, username: str) -> User | None:
        """The user of this name, of whatever tenant."""

    async def find_extension(self, extension: str, pbx: str | None) -> Reached | None:
        """Who is behind this extension; None when nobody is, or when several are and no PBX was said."""

    async def standings(self, sessions: Sequence[str]) -> dict[str, Standing]:
        """Of these sign-ins those that hold, with what their users are now."""


class PostgresAccounts:
    """`AccountStore` on the tables `users`, `extensions` and `sign_ins`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, username: str) -> User | None:
        """The user of this name, by the one function that may look across tenants."""
        if not username.isprintable():
            return None
        async with self._database.tenantless() as connection:
            row = await (await connection.execute("SELECT * FROM find_user(%s)", [username])).fetchone()
        return None if row is None else _user(row)

    async def find_extension(self, extension: str, pbx: str | None) -> Reached | None:
        """Who is behind this extension, on whatever PBX if there is only one with it."""
        if not (extension.isprintable() and (pbx or "").isprintable()):
            return None
        async with self._database.tenantless() as connection:
            found = await connection.execute("SELECT * FROM find_extension(%s, %s)", [extension, pbx])
            rows = await found.fetchall()
        if len(rows) != 1:
            return None
        return Reached(_user(rows[0]), rows[0]["pbx"], rows[0]["interface"], rows[0]["extension"])

    async def standings(self, sessions: Sequence[str]) -> dict[str, Standing]:
        """Of these sign-ins those that hold."""
        async with self._database.tenantless() as connection:
            found = await connection.execute("SELECT * FROM standings(%s)", [[UUID(each) for each in sessions]])
            rows = await found.fetchall()
        return {str(row["id"]): Standing(str(row["user_id"]), row["tenant_id"], Role(row["role"])) for row in rows}

    async def create_first(self, password_hash: str) -> bool:
        """Make the user `admin` when there is no user at all. Whether it was made."""
        async with self._database.tenantless() as connection:
            made = await connection.execute("SELECT create_first_user(%s, %s) AS made", [FIRST_USER, password_hash])
            row = await made.fetchone()
        return row is not None and bool(row["made"])


def _user(row: dict[str, Any]) -> User:
    return User(
        str(row["id"]), row["tenant_id"], row["name"], Role(row["role"]), row["password_hash"], row["is_active"]
    )


class Standings:
    """Whether signed-in users still are what their token says, asked at most each `LOOKED_AT_S` per sign-in."""

    def __init__(self, store: AccountStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Standing | None]] = OrderedDict()

    async def holds(self, principal: Principal) -> bool:
        """Whether the sign-in holds and its user has the token's role.

        Raises what the store raises when it cannot tell.
        """
        await self.look([principal])
        _, standing = self._kept.get(principal.session, (0.0, None))
        return standing == Standing(principal.user_id, principal.tenant, principal.role)

    async def look(self, principals: Iterable[Principal]) -> None:
        """Ask of all of them at once whose last answer is too old. Raises what the store raises."""
        now = self._clock()
        asked = {each.session for each in principals if self._is_due(each.session, now)}
        if not asked:
            return
        standings = await self._store.standings(sorted(asked))
        for session in asked:
            self._kept[session] = (now, standings.get(session))
            self._kept.move_to_end(session)
        # What was asked just now stays, however many they are.
        while len(self._kept) > max(MAX_KEPT, len(asked)):
            self._kept.popitem(last=False)

    def forget(self, session: str) -> None:
        """The sign-in was ended here: ask anew at its next request."""
        self._kept.pop(session, None)

    def _is_due(self, session: str, now: float) -> bool:
        kept = self._kept.get(session)
        return kept is None or now - kept[0] >= LOOKED_AT_S
