"""What PostgreSQL says of recordings, to whom it may say it, and each playback put down before it begins.

Supervisors, managers and administrators hear the recordings of their tenant's calls; administrators also those of no
call that is known. Agents hear those of their own calls, where their tenant lets them. All else is answered as missing.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from msgspec import Struct

from api.database import Connection, Database
from api.errors import NotAllowed, NotFound
from api.recordings.store import Stored
from api.roles import Role
from api.tokens import Principal

LISTENERS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR})
NO_SUCH = "There is no such recording."

_COLUMNS: LiteralString = (
    "r.id, r.call_id, r.pbx, r.started_at, r.ended_at, r.seconds, r.media_type, r.stored_at, r.deleted_at,"
    " r.deleted_because, r.path, r.recipient, r.size, encode(r.sha256, 'hex') AS sha256"
)
# Of whose calls an agent's recordings are: a leg of theirs is at one of the seats that the user was given.
_OWN: LiteralString = """
r.call_id IS NOT NULL AND EXISTS (SELECT FROM legs l JOIN call_sessions c ON c.call_id = l.call_id
  JOIN agent_extensions a ON a.pbx = c.pbx AND a.interface = l.interface
  WHERE l.call_id = r.call_id AND a.user_id = %(user)s)
"""
_MAY_HEAR: dict[Role, LiteralString] = {
    Role.AGENT: _OWN,
    Role.SUPERVISOR: "r.call_id IS NOT NULL",
    Role.MANAGER: "r.call_id IS NOT NULL",
    Role.ADMINISTRATOR: "true",
}
# A call that became part of another one may have been recorded before.
_OF_CALL: LiteralString = """
(%(call)s::text IS NULL OR r.call_id = %(call)s
  OR r.call_id IN (SELECT call_id FROM call_sessions WHERE merged_into = %(call)s))
"""


class Recording(Struct, frozen=True):
    """A row. `sha256` (hex) is that of the encrypted file, and differs whenever the file does."""

    id: UUID
    call_id: str | None
    pbx: str
    started_at: datetime | None
    ended_at: datetime
    seconds: float | None
    media_type: str
    stored_at: datetime
    deleted_at: datetime | None
    deleted_because: str | None
    stored: Stored
    sha256: str


class RecordingRows:
    """The table `stored_recordings`, as one user sees it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listed(
        self, principal: Principal, call_id: str | None, limit: int, offset: int
    ) -> tuple[list[Recording], int]:
        """Those that are there, newest first, of one call if it is named; and how many in all.

        Raises NotFound for a call that is not there, NotAllowed for an agent whose tenant lets none listen.
        """
        values = {"user": UUID(principal.user_id), "call": call_id, "limit": limit, "offset": offset}
        where: LiteralString = f"r.deleted_at IS NULL AND {_OF_CALL} AND {_MAY_HEAR[principal.role]}"
        async with self._listening(principal) as connection:
            if call_id is not None and not await _rows(
                connection, "SELECT FROM call_sessions WHERE call_id = %(call)s", values
            ):
                raise NotFound("Call session not found")
            rows = await _rows(
                connection,
                f"SELECT {_COLUMNS} FROM stored_recordings r WHERE {where}"
                " ORDER BY r.ended_at DESC, r.id LIMIT %(limit)s OFFSET %(offset)s",
                values,
            )
            count = await _rows(connection, f"SELECT count(*) AS total FROM stored_recordings r WHERE {where}", values)
        return [_recording(row) for row in rows], count[0]["total"]

    async def of_calls(self, principal: Principal, call_ids: Sequence[str]) -> list[Recording]:
        """Those of these calls that are there, the oldest first. Raises NotAllowed as `listed` does."""
        values = {"user": UUID(principal.user_id), "calls": list(call_ids)}
        async with self._listening(principal) as connection:
            rows = await _rows(
                connection,
                f"SELECT {_COLUMNS} FROM stored_recordings r WHERE r.deleted_at IS NULL AND r.call_id = ANY(%(calls)s)"
                f" AND {_MAY_HEAR[principal.role]} ORDER BY r.ended_at, r.id",
                values,
            )
        return [_recording(row) for row in rows]

    async def one(self, principal: Principal, identity: UUID) -> Recording:
        """The recording of that id. Raises NotFound, and NotAllowed as `listed` does."""
        values = {"user": UUID(principal.user_id), "id": identity}
        async with self._listening(principal) as connection:
            rows = await _rows(
                connection,
                f"SELECT {_COLUMNS} FROM stored_recordings r WHERE r.id = %(id)s AND {_MAY_HEAR[principal.role]}",
                values,
            )
        if not rows:
            raise NotFound(NO_SUCH)
        return _recording(rows[0])

    async def put_down(self, principal: Principal, action: str, recording: Recording, detail: dict[str, Any]) -> None:
        """Write into the audit log who hears what; it is there for good when this returns."""
        about = json.dumps({"callId": recording.call_id, **detail}, ensure_ascii=False)
        async with self._database.seeing(principal.tenant) as connection:
            await connection.execute(
                "SELECT append_audit(%s, %s, %s, %s)", [principal.user_id, action, str(recording.id), about]
            )

    @asynccontextmanager
    async def _listening(self, principal: Principal) -> AsyncIterator[Connection]:
        async with self._database.seeing(principal.tenant) as connection:
            if principal.role is Role.AGENT and not await _rows(
                connection, "SELECT FROM recording_settings WHERE agents_listen", {}
            ):
                raise NotAllowed("Your organisation does not let agents play recordings.")
            yield connection


async def _rows(connection: Connection, statement: LiteralString, values: dict[str, Any]) -> list[dict[str, Any]]:
    return await (await connection.execute(statement, values)).fetchall()


def _recording(row: dict[str, Any]) -> Recording:
    stored = Stored(row.pop("path"), row.pop("recipient"), row.pop("size"))
    return Recording(**row, stored=stored)
