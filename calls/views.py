"""State as it is published: agents and queues in the form of `calls/live.py`. Pure."""

from calls.call import Call
from calls.live import AgentCall, AgentLive, QueueLive, Waiter
from calls.presence import PresenceState
from calls.state import Agent, Queue, State


def extension_of(interface: str) -> str:
    """`1001` for `PJSIP/1001` and for `Local/1001@agents/n`."""
    return interface.partition("/")[2].partition("@")[0] or interface


def agent_id(state: State, interface: str) -> str:
    """The id under which an interface's agent is known."""
    return state.settings.agent(interface).agent_id or interface


def agent_live(state: State, agent: Agent) -> AgentLive:
    """One agent as published."""
    member = state.settings.agent(agent.interface, agent.member_name)
    linkedid = agent.presence.call_id
    call = state.calls.get(linkedid) if linkedid else None
    return AgentLive(
        pbx=state.pbx,
        tenant=member.tenant or state.settings.default_tenant,
        agent_id=member.agent_id or agent.interface,
        name=member.name or agent.interface,
        interface=agent.interface,
        extension=extension_of(agent.interface),
        version=agent.version,
        presence=agent.presence,
        call=_call(agent, call) if call else None,
        queues=sorted(agent.queues),
        tallies=[(start, *it) for start, it in sorted(_worked(agent).items())],
    )


def _worked(agent: Agent) -> dict[int, tuple[int, float, float]]:
    return {start: (worked.handled, worked.talk_s, worked.hold_s) for start, worked in agent.worked.items()}


def _call(agent: Agent, call: Call) -> AgentCall:
    engaged = agent.engaged[call.linkedid]
    own = any(leg.interface == agent.interface and leg.stint is None and leg.rang_at is None for leg in call.legs)
    number = call.to_number if own else call.from_number
    return AgentCall(
        call_id=call.call_id,
        queue=engaged.queue,
        number=number or None,
        name=None if own else call.from_name or None,
        since=engaged.since,
        uniqueid=_channel(call, agent.interface),
    )


def _channel(call: Call, interface: str) -> str:
    """The agent's channel in a call: the one that talks, else the one that rings."""
    legs = (leg.uniqueid for leg in call.legs if leg.interface == interface and leg.ended_at is None)
    rings = (ring.uniqueid for ring in call.rings if ring.interface == interface)
    return next(legs, None) or next(rings, "")


def queue_live(state: State, queue: Queue) -> QueueLive:
    """One queue as published."""
    own = state.settings.queue(queue.queue_id)
    logged_in = sum(
        1
        for agent in state.agents.values()
        if queue.queue_id in agent.queues and agent.presence.state is not PresenceState.OFFLINE
    )
    return QueueLive(
        pbx=state.pbx,
        tenant=own.tenant or state.settings.default_tenant,
        queue_id=queue.queue_id,
        name=own.name or queue.queue_id,
        version=queue.version,
        waiting=[Waiter(f"{state.pbx}:{it.linkedid}", it.entered_at, it.number or None) for it in queue.waiting],
        agents=logged_in,
        service_level_s=own.service_level_s or 0.0,
        short_abandon_s=own.short_abandon_s or 0.0,
        target=own.target or 0.0,
        tallies=sorted(queue.tallies.items()),
    )
