"""Which agents a user is: an administrator gives the places where calls ring to the people who sit there."""

import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from api.accounts import LOOKED_AT_S, MAX_KEPT
from api.database import Database
from api.roles import Role
from api.tokens import Principal

_SEATS = "SELECT user_id, pbx, agent_id FROM agent_extensions WHERE user_id = ANY(%s) AND is_active"
NOBODY: frozenset[str] = frozenset()


class SeatStore(Protocol):
    """Where it is kept who is which agent."""

    async def seats(self, tenant: str, users: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """The agents of those of these users who are any, by their keys on the topic `agents`."""


class PostgresSeats:
    """`SeatStore` on the table `agent_extensions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seats(self, tenant: str, users: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """The agents of these users."""
        async with self._database.seeing(tenant) as connection:
            rows = await (await connection.execute(_SEATS, [[UUID(each) for each in users]])).fetchall()
        found: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            found[str(row["user_id"])].add(f"{row['pbx']}:{row['agent_id']}")
        return {user: frozenset(seats) for user, seats in found.items()}


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
        await self.look([principal])
        return self._kept[principal.tenant, principal.user_id][1]

    async def look(self, principals: Iterable[Principal]) -> None:
        """Ask of all of them at once, tenant by tenant, whose last answer is too old. Raises what the store raises."""
        now = self._clock()
        asked: dict[str, set[str]] = defaultdict(set)
        for each in principals:
            if each.role is Role.AGENT and self._is_due((each.tenant, each.user_id), now):
                asked[each.tenant].add(each.user_id)
        for tenant, users in asked.items():
            found = await self._store.seats(tenant, sorted(users))
            for user in users:
                self._kept[tenant, user] = (now, found.get(user, NOBODY))
                self._kept.move_to_end((tenant, user))
        # What was asked just now stays, however many they are.
        while len(self._kept) > max(MAX_KEPT, sum(map(len, asked.values()))):
            self._kept.popitem(last=False)

    def _is_due(self, key: tuple[str, str], now: float) -> bool:
        kept = self._kept.get(key)
        return kept is None or now - kept[0] >= LOOKED_AT_S
