"""How much of a range the published marts answer, and what PostgreSQL has to add.

The marts are as new as the last load. So a range is cut at whole quarters of an hour: what lies before the first thing
that changed since is summed from the marts, the rest and the edges from PostgreSQL, and the sums add up. Where nobody
can say what changed (no marts yet, other thresholds, an agent who is reached elsewhere now) PostgreSQL answers alone.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from api.database import Connection
from warehouse.marts import Marts, MartsMissing, QueueName, open_marts

T = TypeVar("T")
OpenMarts = Callable[[str], Marts]
QUARTER = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING, EVERYTHING = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

# A call's parts may have begun a day before it does now, where the PBX's files put its start right since.
_CALLS = """
SELECT min(call.started_at - CASE WHEN EXISTS (
  SELECT FROM corrections put WHERE put.call_id = call.call_id AND put.at >= %(settled)s
) THEN interval '1 day' ELSE interval '0' END) AS first
FROM call_sessions call WHERE call.changed_at >= %(settled)s
"""
_STATES = """
SELECT min(started_at) AS first FROM presence_intervals
WHERE changed_at >= %(settled)s AND pbx = %(pbx)s AND agent_id = %(agent)s AND state <> 'offline'
"""
_THRESHOLDS = "SELECT pbx, queue_id, service_level_s, short_abandon_s, wrapup_s FROM queues"


class Division(Struct, frozen=True):
    """[start, end) in three: [first, last) is the marts', before and after it PostgreSQL's; any may be empty."""

    start: datetime
    first: datetime
    last: datetime
    end: datetime

    @property
    def is_past(self) -> bool:
        """Whether the marts have a part."""
        return self.first < self.last

    @property
    def fresh(self) -> list[tuple[datetime, datetime]]:
        """PostgreSQL's parts."""
        return [span for span in ((self.start, self.first), (self.last, self.end)) if span[0] < span[1]]


def divide(start: datetime, end: datetime, until: datetime) -> Division:
    """The range with the quarters that are over before `until` as the marts' part; of less than one there is none."""
    first = start + (_EPOCH - start) % QUARTER
    bound = min(end, until)
    last = bound - (bound - _EPOCH) % QUARTER if bound > first else first
    return Division(start, first, last, end) if first < last else Division(start, end, end, end)


def marts_under(data: Path) -> OpenMarts:
    """Opens each tenant's marts under the data folder once per process."""
    return cache(partial(open_marts, data))


async def calls_until(connection: Connection, marts: Marts) -> datetime:
    """What began before this instant is in the marts as PostgreSQL has it; NOTHING where that is not known.

    `connection` sees the tenant whose marts these are.
    """
    settled = marts.settled()
    if settled is None or not await _same_thresholds(connection, marts):
        return NOTHING
    return await _first(connection, _CALLS, {"settled": settled})


async def agent_until(connection: Connection, marts: Marts, pbx: str, agent_id: str, interface: str) -> datetime:
    """The same of an agent's work that is over."""
    settled = marts.settled()
    if settled is None or await _asked(lambda: marts.interface_of(pbx, agent_id), None) != interface:
        return NOTHING
    wanted = {"settled": settled, "pbx": pbx, "agent": agent_id}
    return min([await _first(connection, text, wanted) for text in (_CALLS, _STATES)])


async def _first(connection: Connection, text: str, wanted: dict[str, object]) -> datetime:
    row = await (await connection.execute(text.encode(), wanted)).fetchone()
    return row["first"] if row and row["first"] else EVERYTHING


async def _same_thresholds(connection: Connection, marts: Marts) -> bool:
    """Whether each queue is still counted by what the marts count it by."""
    nothing: list[QueueName] = []
    known = {(it.pbx, it.queue): it[3:6] for it in await _asked(marts.queue_names, nothing)}
    now = await (await connection.execute(_THRESHOLDS)).fetchall()
    rows = (tuple(row.values()) for row in now)
    return bool(known) and all(known.get((row[0], row[1]), row[2:]) == row[2:] for row in rows)


async def _asked(ask: Callable[[], T], without: T) -> T:
    try:
        return await asyncio.to_thread(ask)
    except MartsMissing:
        return without
