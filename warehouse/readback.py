"""Calls as PostgreSQL has them, in the public form: what `trunkline replay --json` prints, after the live path.

Field for field the same as `calls.form`; a test and the demonstration compare the two. Reads, in one snapshot.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import DictRow, dict_row

from calls.form import CallForm, LegForm, MissedForm, RecordingForm, StintForm, TransferForm, iso
from calls.timeline import Step, Timeline
from warehouse.errors import LakeUnavailable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Calls whose parts are fetched together: few round trips, little memory.
BATCH = 1000
CONNECT_SECONDS = 5

_decode_steps = msgspec.json.Decoder(list[Step]).decode


def stored_calls(database: str, start: datetime, end: datetime) -> Iterator[CallForm]:
    """The calls that started from `start` until before `end`, by start and then id. `database` is a postgresql:// URL.

    Raises LakeUnavailable when the database does not answer.
    """
    with _snapshot(database) as connection, connection.cursor("stored_calls") as cursor:
        cursor.execute(
            "SELECT * FROM call_sessions WHERE started_at >= %s AND started_at < %s"
            ' ORDER BY started_at, call_id COLLATE "C"',
            [start, end],
        )
        while batch := list(islice(cursor, BATCH)):
            yield from _forms(connection, batch)


def stored_timeline(database: str, call_id: str) -> Timeline | None:
    """A call with the steps that made it what it is, in their order; None for one that is not there.

    Raises LakeUnavailable when the database does not answer.
    """
    with _snapshot(database) as connection:
        rows = connection.execute("SELECT * FROM call_sessions WHERE call_id = %s", [call_id]).fetchall()
        if not rows:
            return None
        (form,) = _forms(connection, rows)
        steps = connection.execute(
            "SELECT steps::text FROM call_timelines WHERE call_id = %s ORDER BY version", [call_id]
        )
        return Timeline(form, [step for row in steps for step in _decode_steps(row["steps"])])


@contextmanager
def _snapshot(database: str) -> Iterator[psycopg.Connection[DictRow]]:
    try:
        with psycopg.connect(
            database, row_factory=dict_row, connect_timeout=CONNECT_SECONDS, options="-c timezone=UTC"
        ) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield connection
    except psycopg.Error as error:
        raise LakeUnavailable(f"The calls cannot be read: {error}\n`trunkline up` starts the database.") from error


def _forms(connection: psycopg.Connection[DictRow], calls: Sequence[DictRow]) -> Iterator[CallForm]:
    wanted = [call["call_id"] for call in calls]
    parts = {table: _parts(connection, table, wanted) for table in ("stints", "legs", "missed_rings", "recordings")}
    for call in calls:
        mine = {table: found[call["call_id"]] for table, found in parts.items()}
        yield call_of_rows(call, mine["stints"], mine["legs"], mine["missed_rings"], mine["recordings"])


def _parts(connection: psycopg.Connection[DictRow], table: str, calls: list[str]) -> dict[str, list[DictRow]]:
    found: dict[str, list[DictRow]] = defaultdict(list)
    statement = sql.SQL("SELECT * FROM {} WHERE call_id = ANY(%s) ORDER BY call_id, ordinal")
    for row in connection.execute(statement.format(sql.Identifier(table)), [calls]):
        found[row["call_id"]].append(row)
    return found


def call_of_rows(
    call: DictRow,
    stints: Sequence[DictRow],
    legs: Sequence[DictRow],
    missed: Sequence[DictRow],
    recordings: Sequence[DictRow],
) -> CallForm:
    """The public form of a row of call_sessions and its parts, each in the order of `ordinal`."""
    return CallForm(
        call_id=call["call_id"],
        pbx=call["pbx"],
        tenant=call["tenant_id"],
        direction=call["direction"],
        from_number=call["from_number"],
        from_name=call["from_name"],
        to_number=call["to_number"],
        status=call["status"].lower(),
        certainty=call["certainty"],
        merged_into=call["merged_into"],
        started_at=_iso(call["started_at"]),
        answered_at=_iso_or_none(call["answered_at"]),
        ended_at=_iso_or_none(call["ended_at"]),
        hangup_cause=call["hangup_cause"],
        outcome=call["outcome"],
        stints=[_stint(row) for row in stints],
        legs=[_leg(row) for row in legs],
        missed=[
            MissedForm(row["stint"], row["agent"], row["interface"], _iso(row["rang_at"]), row["ring_s"])
            for row in missed
        ],
        recordings=[
            RecordingForm(row["file"], _iso(row["started_at"]), _iso_or_none(row["ended_at"])) for row in recordings
        ],
    )


def _stint(row: DictRow) -> StintForm:
    return StintForm(
        uniqueid=row["uniqueid"],
        queue=row["queue"],
        entered_at=_iso(row["entered_at"]),
        left_at=_iso_or_none(row["left_at"]),
        position=row["position"],
        outcome=row["outcome"],
        wait_s=row["wait_s"],
        agent=row["agent"],
    )


def _leg(row: DictRow) -> LegForm:
    kind: Any = row["transfer_kind"]
    return LegForm(
        stint=row["stint"],
        agent=row["agent"],
        interface=row["interface"],
        rang_at=_iso_or_none(row["rang_at"]),
        answered_at=_iso(row["answered_at"]),
        ended_at=_iso_or_none(row["ended_at"]),
        talk_s=row["talk_s"],
        hold_s=row["hold_s"],
        holds=row["holds"],
        ended_by=row["ended_by"],
        transfer=None if kind is None else TransferForm(kind, row["transfer_to"]),
        mos=row["mos"],
        mos_method=row["mos_method"],
    )


def _iso(moment: datetime) -> str:
    return iso((moment - EPOCH) // timedelta(milliseconds=1))


def _iso_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else _iso(moment)
