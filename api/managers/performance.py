"""What one agent did in a range of time: the guide's report, and what it is made of: the marts, and rows beyond them.

A leg belongs to the instant at which it was answered; only legs that are over are counted, dialled calls among them.
States count for as much of them as lies in the range, the one that lasts up to now.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from api.database import Connection
from api.managers.past import Division
from calls.agent_metrics import AGENT_METRICS
from calls.agent_tally import AgentTally, state_tallies
from calls.live import decode_agent
from calls.presence import Interval, Presence, PresenceState, intervals

_AGENT = """
SELECT a.live::text AS live, a.pbx, a.agent_id, a.interface, a.name, a.extension, u.id AS user_id, u.username
FROM agent_extensions a LEFT JOIN users u ON u.id = a.user_id
WHERE a.agent_id = %s AND a.is_active ORDER BY a.pbx LIMIT 1
"""
_LEGS = """
SELECT count(*) AS handled, coalesce(sum(leg.talk_s), 0) AS talk_s, coalesce(sum(leg.hold_s), 0) AS hold_s
FROM legs leg JOIN call_sessions call ON call.call_id = leg.call_id
WHERE leg.interface = %(interface)s AND call.pbx = %(pbx)s AND leg.ended_at IS NOT NULL
  AND (leg.answered_at >= %(start)s AND leg.answered_at < %(first)s
    OR leg.answered_at >= %(last)s AND leg.answered_at < %(end)s)
"""
# Codes that are not offered any more count where calls have them. A call that the marts count is not counted again.
_DISPOSITIONS = """
SELECT code, sum(calls)::bigint AS calls FROM (
  SELECT code, 0 AS calls FROM dispositions WHERE is_active
  UNION ALL
  SELECT call.disposition, count(*) FROM call_sessions call WHERE call.disposition IS NOT NULL AND call.pbx = %(pbx)s
    AND EXISTS (SELECT FROM legs leg WHERE leg.call_id = call.call_id AND leg.interface = %(interface)s
      AND (leg.answered_at >= %(start)s AND leg.answered_at < %(first)s
        OR leg.answered_at >= %(last)s AND leg.answered_at < %(end)s))
    AND NOT EXISTS (SELECT FROM legs leg WHERE leg.call_id = call.call_id AND leg.interface = %(interface)s
      AND leg.answered_at >= %(first)s AND leg.answered_at < %(last)s)
  GROUP BY call.disposition
) found GROUP BY code ORDER BY code
"""
_STATES = """
SELECT state, started_at, ended_at FROM presence_intervals
WHERE pbx = %(pbx)s AND agent_id = %(agent)s
  AND (started_at < %(first)s AND ended_at > %(start)s OR started_at < %(end)s AND ended_at > %(last)s)
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
    """What was found of an agent: sums of the range, calls by code."""

    agent: Performer
    done: AgentTally
    dispositions: dict[str, int]


class Worker(Struct, frozen=True):
    """An agent, where it is reached, and what it is doing now."""

    agent: Performer
    interface: str
    presence: Presence


def performance_form(work: Work) -> Performance:
    """The report, by the definitions in calls/agent_metrics.py."""
    availability = AGENT_METRICS["availability"].value(work.done)
    return Performance(
        agent=work.agent,
        calls_handled=work.done.handled,
        avg_call_duration=_rounded(AGENT_METRICS["agent_call_duration"].value(work.done)),
        avg_wrap_up_time=_rounded(AGENT_METRICS["agent_wrap"].value(work.done)),
        availability=None if availability is None else round(100 * availability, 3),
        calls_by_disposition=work.dispositions,
    )


async def read_worker(connection: Connection, agent_id: str) -> Worker | None:
    """The agent; None when the tenant has no such agent."""
    row = await (await connection.execute(_AGENT, [agent_id])).fetchone()
    return None if row is None else Worker(_performer(row), row["interface"], decode_agent(row["live"]).presence)


async def read_work(connection: Connection, worker: Worker, part: Division, now: int) -> Work:
    """What an agent did in PostgreSQL's parts of a range; `now` in ms since the epoch."""
    agent = worker.agent
    wanted = {"agent": agent.id, "pbx": agent.pbx, "interface": worker.interface, **asdict(part)}
    legs = await (await connection.execute(_LEGS, wanted)).fetchone()
    codes = await (await connection.execute(_DISPOSITIONS, wanted)).fetchall()
    past = await (await connection.execute(_STATES, wanted)).fetchall()
    assert legs is not None  # a sum without groups always has one row
    done = AgentTally(handled=legs["handled"], talk_s=legs["talk_s"], hold_s=legs["hold_s"])
    for _, spent in state_tallies(_clipped([*map(_interval, past), *intervals(worker.presence, now)], part)):
        done = done + spent
    return Work(agent, done, {row["code"]: row["calls"] for row in codes})


def together(work: Work, done: AgentTally, dispositions: dict[str, int]) -> Work:
    """The work with what the marts know of it."""
    codes = Counter(work.dispositions)
    codes.update(dispositions)
    return Work(work.agent, work.done + done, dict(sorted(codes.items())))


def _clipped(states: list[Interval], part: Division) -> Iterator[Interval]:
    for begins, ends in part.fresh:
        start, end = _ms(begins), _ms(ends)
        yield from (replace(it, start=max(it.start, start), end=min(it.end, end)) for it in states)


def _performer(row: dict[str, Any]) -> Performer:
    user_id = None if row["user_id"] is None else str(row["user_id"])
    return Performer(row["agent_id"], row["name"], row["extension"], row["pbx"], user_id, row["username"])


def _interval(row: dict[str, Any]) -> Interval:
    return Interval(PresenceState(row["state"]), _ms(row["started_at"]), _ms(row["ended_at"]))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
