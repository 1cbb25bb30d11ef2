"""The answers of the manager's routes, field by field as the reference guide names them, and how they are made. Pure.

Durations are seconds, times ISO 8601 UTC. A mean or rate of nothing is null, never 0 and never 100 %.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from calls.form import iso
from calls.live import AgentLive, QueueLive
from calls.metrics import ABANDONED, ANSWERED, ASA, CALL_DURATION, OFFERED, SERVICE_LEVEL
from calls.presence import GUIDE_STATUS, PresenceState, presence_at
from calls.tally import Tally

IN_CALL = frozenset({PresenceState.RINGING, PresenceState.ON_CALL, PresenceState.ON_HOLD})


class CallSession(Struct, frozen=True, rename="camel"):
    """The call an agent is on. `id` is the row's, `call_id` the PBX's; `duration` seconds since the agent came in."""

    id: str
    call_id: str
    direction: str
    from_number: str | None
    from_name: str | None
    to_number: str | None
    status: str
    started_at: str
    answered_at: str | None
    queue: str | None
    duration: float


class AgentForm(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One agent. `status` is the guide's: AVAILABLE, BUSY, AWAY or OFFLINE."""

    id: str
    name: str
    extension: str
    status: str
    pbx: str
    current_call: CallSession | UnsetType = UNSET


class Agents(Struct, frozen=True):
    """All agents."""

    agents: list[AgentForm]


class QueueForm(Struct, frozen=True, rename="camel"):
    """One queue: how many wait, how many agents are logged in, how long the first has waited."""

    id: str
    name: str
    waiting: int
    agents: int
    longest_wait: float
    pbx: str


class Queues(Struct, frozen=True):
    """All queues."""

    queues: list[QueueForm]


class MetricsForm(Struct, frozen=True, rename="camel"):
    """Figures of a range of time; calls are stays in a queue. `service_level` is in percent."""

    total_calls: int
    answered_calls: int
    abandoned_calls: int
    avg_wait_time: float | None
    avg_call_duration: float | None
    service_level: float | None


def agent_form(agent: AgentLive, row: dict[str, Any] | None, now: int) -> AgentForm:
    """An agent as of `now` (ms since the epoch); `row` is that of the call it is on, if any."""
    state = presence_at(agent.presence, now).state
    busy = row is not None and agent.call is not None and state in IN_CALL
    return AgentForm(
        id=agent.agent_id,
        name=agent.name,
        extension=agent.extension,
        status=GUIDE_STATUS[state],
        pbx=agent.pbx,
        current_call=_session(agent, row, now) if busy and row else UNSET,
    )


def queue_form(queue: QueueLive, now: int) -> QueueForm:
    """A queue as of `now` (ms since the epoch)."""
    return QueueForm(
        id=queue.queue_id,
        name=queue.name,
        waiting=len(queue.waiting),
        agents=queue.agents,
        longest_wait=_since(queue.waiting[0].entered_at, now) if queue.waiting else 0.0,
        pbx=queue.pbx,
    )


def metrics_form(tally: Tally) -> MetricsForm:
    """The guide's figures of these facts, by the definitions in calls/metrics.py."""
    level = SERVICE_LEVEL.value(tally)
    return MetricsForm(
        total_calls=int(OFFERED.value(tally) or 0),
        answered_calls=int(ANSWERED.value(tally) or 0),
        abandoned_calls=int(ABANDONED.value(tally) or 0),
        avg_wait_time=ASA.value(tally),
        avg_call_duration=CALL_DURATION.value(tally),
        service_level=None if level is None else level * 100,
    )


def _session(agent: AgentLive, row: dict[str, Any], now: int) -> CallSession:
    return CallSession(
        id=str(row["id"]),
        call_id=row["call_id"],
        direction=row["direction"],
        from_number=row["from_number"],
        from_name=row["from_name"],
        to_number=row["to_number"],
        status=row["status"],
        started_at=_iso(row["started_at"]) or "",
        answered_at=_iso(row["answered_at"]),
        queue=agent.call.queue if agent.call else None,
        duration=_since(agent.call.since, now) if agent.call else 0.0,
    )


def _iso(at: Any) -> str | None:
    return None if at is None else iso(round(at.timestamp() * 1000))


def _since(at: int, now: int) -> float:
    return max(0, now - at) / 1000
