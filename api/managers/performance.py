"""What one agent did in a range of time: the guide's report, and the rows that it is made of.

A leg belongs to the instant at which it was answered; only legs that are over are counted, dialled calls among them.
States count for as much of them as lies in the range, the one that lasts up to now.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from msgspec import Struct

from api.database import Connection
from calls.live import decode_agent
from calls.presence import Interval, PresenceState, intervals

_AGENT = """
SELECT a.live::text AS live, a.pbx, a.agent_id, a.interface, a.name, a.extension, u.id AS user_id, u.username
FROM agent_extensions a LEFT JOIN users u ON u.id = a.user_id
WHERE a.agent_id = %s AND a.is_active ORDER BY a.pbx LIMIT 1
"""
_LEGS = """
SELECT count(*) AS handled, coalesce(sum(leg.talk_s + leg.hold_s), 0) AS seconds
FROM legs leg JOIN call_sessions call ON call.call_id = leg.call_id
WHERE leg.interface = %(interface)s AND call.pbx = %(pbx)s AND leg.ended_at IS NOT NULL
  AND leg.answered_at >= %(start)s AND leg.answered_at < %(end)s
"""
# Codes that are not offered any more count where calls have them.
_DISPOSITIONS = """
SELECT code, sum(calls)::bigint AS calls FROM (
  SELECT code, 0 AS calls FROM dispositions WHERE is_active
  UNION ALL
  SELECT call.disposition, count(*) FROM call_sessions call WHERE call.disposition IS NOT NULL AND call.pbx = %(pbx)s
    AND EXISTS (SELECT FROM legs leg WHERE leg.call_id = call.call_id AND leg.interface = %(interface)s
      AND leg.answered_at >= %(start)s AND leg.answered_at < %(end)s)
  GROUP BY call.disposition
) found GROUP BY code ORDER BY code
"""
_STATES = """
SELECT state, started_at, ended_at FROM presence_intervals
WHERE pbx = %(pbx)s AND agent_id = %(agent)s AND started_at < %(end)s AND ended_at > %(start)s
"""


class Performer(Struct, frozen=True, rename="camel"):
    """The agent, and the user who sits there: null where nobody was mapped."""

    id: str
    name: str
    extension: str
    pbx: str
    user_id: str | None
    username: str | None


class Performance(Struct, frozen=True, rename="camel"):
    """The report. Durations are seconds, `availability` a percentage; of nothing both are null.

    `availability` is the time in which the agent was available, of that logged in. `avg_wrap_up_time` is the time in
    wrap-up per handled call.
    """

    agent: Performer
    calls_handled: int
    avg_call_duration: float | None
    avg_wrap_up_time: float | None
    availability: float | None
    calls_by_disposition: dict[str, int]


class Work(Struct, frozen=True):
    """What was found of an agent: handled legs, their seconds, calls by code, spans of states."""

    agent: Performer
    handled: int
    seconds: float
    dispositions: dict[str, int]
    states: list[Interval]


def performance_form(work: Work, start: int, end: int) -> Performance:
    """The report of [start, end), ms since the epoch."""
    spent: Counter[PresenceState] = Counter()
    for span in work.states:
        spent[span.state] += max(0, min(span.end, end) - max(span.start, start))
    logged_in = sum(ms for state, ms in spent.items() if state is not PresenceState.OFFLINE)
    return Performance(
        agent=work.agent,
        calls_handled=work.handled,
        avg_call_duration=_each(work.seconds, work.handled),
        avg_wrap_up_time=_each(spent[PresenceState.WRAP_UP] / 1000, work.handled),
        availability=round(100 * spent[PresenceState.AVAILABLE] / logged_in, 3) if logged_in else None,
        calls_by_disposition=work.dispositions,
    )


async def read_work(connection: Connection, agent_id: str, start: datetime, end: datetime, now: int) -> Work | None:
    """What an agent did in [start, end); None when the tenant has no such agent."""
    agent = await (await connection.execute(_AGENT, [agent_id])).fetchone()
    if agent is None:
        return None
    wanted = {"agent": agent_id, "pbx": agent["pbx"], "interface": agent["interface"], "start": start, "end": end}
    legs = await (await connection.execute(_LEGS, wanted)).fetchone()
    codes = await (await connection.execute(_DISPOSITIONS, wanted)).fetchall()
    past = await (await connection.execute(_STATES, wanted)).fetchall()
    assert legs is not None  # a sum without groups always has one row
    return Work(
        agent=_performer(agent),
        handled=legs["handled"],
        seconds=legs["seconds"],
        dispositions={row["code"]: row["calls"] for row in codes},
        states=[*map(_interval, past), *intervals(decode_agent(agent["live"]).presence, now)],
    )


def _performer(row: dict[str, Any]) -> Performer:
    user_id = None if row["user_id"] is None else str(row["user_id"])
    return Performer(row["agent_id"], row["name"], row["extension"], row["pbx"], user_id, row["username"])


def _interval(row: dict[str, Any]) -> Interval:
    return Interval(PresenceState(row["state"]), _ms(row["started_at"]), _ms(row["ended_at"]))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _each(total: float, count: int) -> float | None:
    return round(total / count, 3) if count else None
