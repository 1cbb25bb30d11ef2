"""Where calls that were are looked up: PostgreSQL, as one user sees it.

Agents see the calls in which they have a part, by the seats they were given; everybody else those of their tenant.
"""

from datetime import UTC, datetime
from typing import Any, LiteralString, Protocol
from uuid import UUID

from msgspec import Struct
from psycopg.errors import InvalidParameterValue

from api.database import Connection, Database
from api.errors import BadRequest, NotFound
from api.history.forms import CallRow, Event, Rejects, Whole, call_row
from api.history.one import read_events, read_whole
from api.history.search import NO_ZONE, Cursor, Search, values_of
from api.history.shows import show_of
from api.history.statements import count_sql, details_sql, page_sql
from api.managers.period import Period
from api.roles import Role
from api.tokens import Principal
from calls.settings import Settings

NO_AGENT = "Agent extension not found"
_DEFAULTS = {"service_level_s": Settings().service_level_s, "short_abandon_s": Settings().short_abandon_s}
_SEATS: LiteralString = (
    "SELECT agent_id, pbx, interface FROM agent_extensions"
    " WHERE agent_id = ANY(%(agents)s) OR pbx || ':' || agent_id = ANY(%(agents)s)"
)
_OWN_SEATS: LiteralString = "SELECT agent_id, pbx, interface FROM agent_extensions WHERE user_id = %(user)s"

_REJECTS: LiteralString = "SELECT pbx, source, rejects, last_at FROM rejects_of(%(start)s, %(end)s)"


class Page(Struct, frozen=True):
    """Rows, newest first, and whether there are more beyond them."""

    rows: list[CallRow]
    more: bool


class HistoryStore(Protocol):
    """Where calls that were are looked up. Raises NotFound for an agent or a call that is not there for the asker."""

    async def page(
        self, principal: Principal, search: Search, limit: int, after: Cursor | None, before: Cursor | None
    ) -> Page:
        """The newest rows; those after a place in the list, or those right before it."""

    async def count(self, principal: Principal, search: Search) -> int:
        """How many rows there are."""

    async def one(self, principal: Principal, call_id: str) -> Whole:
        """One call."""

    async def events(self, principal: Principal, call_id: str) -> list[Event]:
        """What proves it."""

    async def rejects(self, principal: Principal, period: Period) -> list[Rejects]:
        """What of the tenant's PBXs was refused, by source."""


class PostgresHistory:
    """`HistoryStore` on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, principal: Principal, search: Search, limit: int, after: Cursor | None, before: Cursor | None
    ) -> Page:
        """A page; `before` wins where both places are given."""
        place = before or after
        async with self._database.seeing(principal.tenant) as connection:
            values, seated = await _values(connection, principal, search)
            # Each row is a real one of an index; a plan for the values at hand beats one for any.
            statement = page_sql(search, seated=seated, after=after is not None, before=before is not None)
            if place is not None:
                values |= {"at": place.at, "call": place.call_id, "ordinal": place.ordinal}
            keys = await _rows(connection, statement, values | {"limit": limit + 1})
            more = len(keys) > limit
            keys = keys[:limit]
            if before is not None:
                keys.reverse()
            wanted = {
                "calls": [key["call_id"] for key in keys],
                "ordinals": [key["ordinal"] for key in keys],
                "moments": [key["at"] for key in keys],
            }
            unit = show_of(search.show, of_agents=search.of_agents).unit
            found = await _rows(connection, details_sql(unit), wanted) if keys else []
        return Page([call_row(row | {"at": _utc(row["at"])}) for row in found], more)

    async def count(self, principal: Principal, search: Search) -> int:
        """How many rows there are."""
        async with self._database.seeing(principal.tenant) as connection:
            values, seated = await _values(connection, principal, search)
            rows = await _rows(connection, count_sql(search, seated=seated), values)
        return int(rows[0]["total"])

    async def one(self, principal: Principal, call_id: str) -> Whole:
        """One call."""
        async with self._database.seeing(principal.tenant) as connection:
            return await read_whole(connection, call_id, own_of(principal))

    async def events(self, principal: Principal, call_id: str) -> list[Event]:
        """What proves it."""
        async with self._database.seeing(principal.tenant) as connection:
            return await read_events(connection, call_id, own_of(principal))

    async def rejects(self, principal: Principal, period: Period) -> list[Rejects]:
        """What was refused."""
        async with self._database.seeing(principal.tenant) as connection:
            span = {"start": period.start, "end": period.end}
            return [Rejects(**row) for row in await _rows(connection, _REJECTS, span)]


def own_of(principal: Principal) -> UUID | None:
    """The user whose calls alone may be seen; None where all of the tenant's may."""
    return UUID(principal.user_id) if principal.role is Role.AGENT else None


async def _values(connection: Connection, principal: Principal, search: Search) -> tuple[dict[str, Any], bool]:
    """The values of a search's statements, and whether they are cut to seats."""
    values = values_of(search) | _DEFAULTS
    own = own_of(principal)
    seats: list[dict[str, Any]] = []
    if search.agents:
        seats = await _rows(connection, _SEATS, {"agents": list(search.agents)})
        known = {name for seat in seats for name in (seat["agent_id"], f"{seat['pbx']}:{seat['agent_id']}")}
        if not set(search.agents) <= known:
            raise NotFound(NO_AGENT)
    if own is not None:
        mine = await _rows(connection, _OWN_SEATS, {"user": own})
        seats = [seat for seat in seats if seat in mine] if search.agents else mine
        if search.agents and not seats:
            raise NotFound(NO_AGENT)
    values |= {"seat_pbxs": [seat["pbx"] for seat in seats], "seats": [seat["interface"] for seat in seats]}
    return values, bool(search.agents) or own is not None


async def _rows(connection: Connection, statement: LiteralString, values: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        return await (await connection.execute(statement, values)).fetchall()
    except InvalidParameterValue as error:
        # A zone that Python knows and PostgreSQL does not.
        raise BadRequest(NO_ZONE) from error


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
