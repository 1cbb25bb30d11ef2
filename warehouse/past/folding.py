"""Records through the one reducer, as the live path folds them, and what of a state the wallboard shows. Pure."""

from collections.abc import Iterable

from msgspec.structs import replace

from asterisk.decode import events_of
from calls.codec import Record
from calls.live import AgentLive, QueueLive
from calls.past import PastBoard, Unheard
from calls.reducer import advance
from calls.state import Agent, AgentChanged, Change, Queue, QueueChanged, Rejected, State
from calls.views import agent_live, queue_live


def fold(state: State, record: Record) -> State:
    """The state after a record. As in the live path, an entry that makes us stumble does not take others with it."""
    try:
        return _fold(state, record)[0]
    except Exception:
        for entry in record.entries:
            state, _ = fold_entry(state, record, entry.seq)
        return state


def fold_entry(state: State, record: Record, seq: int) -> tuple[State, tuple[Change, ...]]:
    """The state after the entry of that number, and what changed; as before where it makes us stumble."""
    single = replace(record, entries=[entry for entry in record.entries if entry.seq == seq])
    try:
        return _fold(state, single)
    except Exception:
        return state, ()


def _fold(state: State, record: Record) -> tuple[State, tuple[Change, ...]]:
    changes: tuple[Change, ...] = ()
    for event in events_of(record):
        if not isinstance(event, Rejected):
            state, more = advance(state, event)
            changes += more
    return state, changes


def shown(state: State, tenant: str) -> PastBoard:
    """All that a tenant's wallboard shows of a PBX."""
    agents, queues = state.agents.values(), state.queues.values()
    return PastBoard(_agents(state, agents, tenant), _queues(state, queues, tenant), _unheard(state))


def changed(state: State, changes: Iterable[Change], tenant: str) -> PastBoard:
    """What of it is different by these changes, which led to this state."""
    agents = {it.agent.interface for it in changes if isinstance(it, AgentChanged)}
    queues = {it.queue.queue_id for it in changes if isinstance(it, QueueChanged)}
    return PastBoard(
        _agents(state, (it for name, it in state.agents.items() if name in agents), tenant),
        _queues(state, (it for name, it in state.queues.items() if name in queues), tenant),
    )


def _agents(state: State, agents: Iterable[Agent], tenant: str) -> list[AgentLive]:
    """An agent that is reached on two interfaces is shown as the one that changed last, as it is live."""
    newest: dict[str, AgentLive] = {}
    for live in (agent_live(state, agent) for agent in agents):
        known = newest.get(live.agent_id)
        if live.tenant == tenant and (known is None or known.version < live.version):
            newest[live.agent_id] = live
    return list(newest.values())


def _queues(state: State, queues: Iterable[Queue], tenant: str) -> list[QueueLive]:
    return [live for live in (queue_live(state, queue) for queue in queues) if live.tenant == tenant]


def _unheard(state: State) -> list[Unheard]:
    gap = state.resync.lost
    return [] if gap is None else [Unheard(state.pbx, gap.start, gap.cause)]
