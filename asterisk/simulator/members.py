"""Changes of queue membership: added, removed, paused, given a penalty.

Job: change a member and say so, on AMI and in queue_log, for the action handlers and for the simulated agents alike.
Contract: what is refused is refused before anything has changed. It must not answer actions (`actions` does).
"""

from collections.abc import Sequence

from asterisk.simulator.pbx import Pbx
from asterisk.simulator.world import Agent, Member, Queue


def pause(pbx: Pbx, members: Sequence[Member], *, paused: bool, reason: str) -> None:
    """Pause or unpause memberships. All of an agent's at once is logged as such, then each by itself."""
    verb = "PAUSE" if paused else "UNPAUSE"
    if not members:
        return
    agent = members[0].agent
    if len(members) == len(agent.members) > 1:
        pbx.log("NONE", "NONE", agent.name, f"{verb}ALL", reason)
    for member in members:
        pause_one(pbx, member, paused=paused, reason=reason)


def pause_one(pbx: Pbx, member: Member, *, paused: bool, reason: str) -> None:
    """Pause or unpause one membership. A repeated one is told again, with a new time."""
    changed, name = member.paused != paused, member.queue.name
    member.paused, member.reason = paused, reason if paused else ""
    if paused:
        member.last_pause = pbx.second
    if changed:
        pbx.device_state(f"Queue:{name}_pause_{member.agent.interface}", "INUSE" if paused else "NOT_INUSE")
    pbx.member_event("QueueMemberPause", member)
    pbx.log("NONE", name, member.agent.name, "PAUSE" if paused else "UNPAUSE", reason)
    if changed and not paused:
        pbx.on_free(member.agent)


def add(pbx: Pbx, queue: Queue, interface: str, name: str, *, penalty: int, paused: bool) -> Member:
    """Make an interface a dynamic member. A new interface is a new agent, who answers like the others."""
    agent = pbx.agents.get(interface) or Agent(interface, name or interface)
    member = pbx.add_member(queue, agent, dynamic=True)
    member.penalty, member.paused = penalty, paused
    pbx.device_state(f"Queue:{queue.name}_pause_{interface}", "INUSE" if paused else "NOT_INUSE")
    pbx.member_event("QueueMemberAdded", member)
    pbx.log("MANAGER", queue.name, agent.name, "ADDMEMBER", "PAUSED" if paused else "")
    pbx.on_free(agent)
    return member


def remove(pbx: Pbx, member: Member) -> None:
    """End a membership. A call in progress goes on."""
    member.queue.members.remove(member)
    member.agent.members.remove(member)
    pbx.member_event("QueueMemberRemoved", member)
    pbx.log("MANAGER", member.queue.name, member.agent.name, "REMOVEMEMBER", "")


def set_penalty(pbx: Pbx, member: Member, penalty: int) -> None:
    """Give a member another penalty."""
    member.penalty = penalty
    pbx.member_event("QueueMemberPenalty", member)
    pbx.log("NONE", member.queue.name, member.agent.interface, "PENALTY", penalty)


def set_ringinuse(pbx: Pbx, member: Member, *, ringinuse: bool) -> None:
    """Let a member be rung while talking, or not."""
    member.ringinuse = ringinuse
    pbx.member_event("QueueMemberRinginuse", member)
    pbx.log("NONE", member.queue.name, member.agent.interface, "RINGINUSE", int(ringinuse))
