"""Which agents a user is: an administrator gives the places where calls ring to the people who sit there."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from api.accounts import LOOKED_AT_S, MAX_KEPT
from api.database import Database
from api.roles import Role
from api.tokens import Principal

_SEATS = "SELECT pbx, agent_id FROM agent_extensions WHERE user_id = %s AND is_active"
NOBODY: frozenset[str] = frozenset()


class SeatStore(Protocol):
    """Where it is kept who is which agent."""

    async def seats(self, tenant: str, user_id: str) -> frozenset[str]:
        """The agents of a user, by their keys on the topic `agents`."""


class PostgresSeats:
    """`SeatStore` on the table `agent_extensions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seats(self, tenant: str, user_id: str) -> frozenset[str]:
        """The agents of a user."""
        async with self._database.seeing(tenant) as connection:
            rows = await (await connection.execute(_SEATS, [UUID(user_id)])).fetchall()
        return frozenset(f"{row['pbx']}:{row['agent_id']}" for row in rows)


class Seats:
    """The same, asked at most each `LOOKED_AT_S` per user; who sees the work of others needs none."""

    def __init__(self, store: SeatStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, frozenset[str]]] = OrderedDict()

    async def of(self, principal: Principal) -> frozenset[str]:
        """The agents that somebody is. Raises what the store raises when it cannot tell."""
        if principal.role is not Role.AGENT:
            return NOBODY
        key = (principal.tenant, principal.user_id)
        asked, seats = self._kept.get(key, (float("-inf"), NOBODY))
        if self._clock() - asked >= LOOKED_AT_S:
            seats = await self._store.seats(*key)
            self._kept[key] = (self._clock(), seats)
            self._kept.move_to_end(key)
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return seats
