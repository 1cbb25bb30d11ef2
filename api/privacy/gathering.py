"""All about a person, read from PostgreSQL a part at a time, as their tenant's administrator sees it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

from api.database import Connection, Database
from api.errors import NotFound
from api.history.forms import CallRow, call_row
from api.history.one import read_events, read_whole
from api.history.shows import Unit
from api.history.statements import details_sql
from api.privacy.export import CallOfPerson, Rest
from api.privacy.reading import Reading
from api.privacy.store import PrivacyStore
from api.recordings.rows import Recording, RecordingRows
from api.tokens import Principal

_CALLS: LiteralString = (
    "SELECT call_id, started_at FROM person_calls(%(national)s, %(pattern)s) ORDER BY started_at, call_id"
)
_REST: dict[str, LiteralString] = {
    "contacts": "SELECT id, name, number, company, email, notes, created_at FROM contacts"
    " WHERE number ~ %(pattern)s ORDER BY number",
    "commands": "SELECT o.id, o.created_at, o.name, o.arguments, o.status, o.detail, o.pbx, o.call_id,"
    " u.name AS asked_by FROM commands o LEFT JOIN users u ON u.id = o.user_id"
    " WHERE (o.arguments::text || o.detail) ~ %(pattern)s ORDER BY o.created_at, o.id",
    "dialled": "SELECT p.taken_at, p.number, p.purpose, p.call_id, u.name AS asked_by"
    " FROM dial_permits p LEFT JOIN users u ON u.id = p.user_id"
    " WHERE p.number ~ %(pattern)s ORDER BY p.taken_at, p.id",
    "refused": "SELECT f.refused_at, f.number, f.purpose, f.reason, f.detail, u.name AS asked_by"
    " FROM dial_refusals f LEFT JOIN users u ON u.id = f.user_id"
    " WHERE (f.number || ' ' || f.detail) ~ %(pattern)s ORDER BY f.refused_at, f.id",
}


class Gathering:
    """`api.privacy.export.Source` on PostgreSQL."""

    def __init__(self, database: Database, store: PrivacyStore) -> None:
        self._database = database
        self._recordings = RecordingRows(database)
        self.note = store.note

    async def calls(self, principal: Principal, person: Reading) -> list[tuple[str, datetime]]:
        """The person's calls, the oldest first."""
        async with self._database.seeing(principal.tenant) as connection:
            found = await _rows(connection, _CALLS, {"national": person.national, "pattern": person.pattern})
        return [(row["call_id"], row["started_at"].astimezone(UTC)) for row in found]

    async def rows(self, principal: Principal, keys: Sequence[tuple[str, datetime]]) -> list[CallRow]:
        """These calls as a list shows them."""
        wanted = {
            "calls": [call_id for call_id, _ in keys],
            "ordinals": [0] * len(keys),
            "moments": [at for _, at in keys],
        }
        async with self._database.seeing(principal.tenant) as connection:
            found = await _rows(connection, details_sql(Unit.CALL), wanted)
        return [call_row(row | {"at": row["at"].astimezone(UTC)}) for row in found]

    async def whole(self, principal: Principal, call_ids: Sequence[str]) -> list[CallOfPerson]:
        """These calls with all that is known of them; one that went meanwhile is left out."""
        found = []
        async with self._database.seeing(principal.tenant) as connection:
            for call_id in call_ids:
                try:
                    call = await read_whole(connection, call_id, None)
                    found.append(CallOfPerson(call, await read_events(connection, call_id, None)))
                except NotFound:
                    continue
        return found

    async def rest(self, principal: Principal, person: Reading) -> Rest:
        """What hangs on no call."""
        async with self._database.seeing(principal.tenant) as connection:
            found = {name: await _rows(connection, query, {"pattern": person.pattern}) for name, query in _REST.items()}
        return Rest(**found)

    async def recordings(self, principal: Principal, call_ids: Sequence[str]) -> list[Recording]:
        """The recordings of these calls that are there, the oldest first."""
        return await self._recordings.of_calls(principal, call_ids)


async def _rows(connection: Connection, statement: LiteralString, values: dict[str, Any]) -> list[dict[str, Any]]:
    return await (await connection.execute(statement, values)).fetchall()
