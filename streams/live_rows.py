"""Agents, queues, what agents did, gaps and rejects, as rows. Pure.

`live` in a row is the very message that is published; gaps and rejects are as long in a row as they are.
"""

from msgspec import Raw

from calls.form import iso
from calls.live import AgentLive, GapLive, QueueLive, RejectLive, encode_live
from calls.presence import GUIDE_STATUS, Interval
from calls.settings import Settings
from calls.state import Agent
from streams.rows import AgentRow, GapRow, IntervalRow, QueueRow, RejectRow

# A message that is longer than a megabyte would never be taken, and would hold up all that come after it.
MOST_OF_A_REJECT = 64 * 1024


def agent_row(live: AgentLive) -> AgentRow:
    """The row of an agent as it is now."""
    presence = live.presence
    return AgentRow(
        pbx=live.pbx,
        agent_id=live.agent_id,
        tenant_id=live.tenant,
        name=live.name,
        interface=live.interface,
        extension=live.extension,
        status=GUIDE_STATUS[presence.state],
        state=presence.state.value,
        reason=presence.reason,
        since=iso(presence.since),
        until=None if presence.until is None else iso(presence.until),
        call_id=live.call.call_id if live.call else None,
        live=Raw(encode_live(live)),
        version=live.version,
    )


def queue_row(live: QueueLive, wrapup_s: float) -> QueueRow:
    """The row of a queue as it is now; `wrapup_s` is its setting, in seconds."""
    return QueueRow(
        pbx=live.pbx,
        queue_id=live.queue_id,
        tenant_id=live.tenant,
        name=live.name,
        service_level_s=live.service_level_s,
        short_abandon_s=live.short_abandon_s,
        wrapup_s=wrapup_s,
        target=live.target,
        live=Raw(encode_live(live)),
        version=live.version,
    )


def interval_row(pbx: str, settings: Settings, agent: Agent, spent: Interval) -> IntervalRow:
    """The row of a span that is over, of this agent."""
    person = settings.agent(agent.interface, agent.member_name)
    return IntervalRow(
        pbx=pbx,
        agent_id=person.agent_id or agent.interface,
        tenant_id=person.tenant or settings.default_tenant,
        state=spent.state.value,
        reason=spent.reason,
        started_at=iso(spent.start),
        ended_at=iso(spent.end),
    )


def gap_row(live: GapLive) -> GapRow:
    """The row of a gap. Without a start PostgreSQL knows from when the PBX was heard last."""
    started, ended = (None if at is None else iso(at) for at in (live.start, live.end))
    return GapRow(live.pbx, live.source, live.cause, started, ended, live.detail)


def reject_live(row: RejectRow) -> RejectLive:
    """A reject as it is published: of a long one the beginning."""
    reason, raw = row.reason[:MOST_OF_A_REJECT], row.raw[:MOST_OF_A_REJECT]
    return RejectLive(row.pbx, row.source, row.ingester, row.epoch, row.seq, reason, raw)
